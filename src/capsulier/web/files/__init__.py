"""Files to look at: those of a version's package, how they differ between two versions, those of an execution."""
