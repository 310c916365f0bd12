"""The trash: deleted jobs, to be restored while they are kept."""
