"""The command palette's answers: jobs to go to or to run, and places."""
