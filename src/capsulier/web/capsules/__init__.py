"""The page of Administration on capsules and engines: what jobs are made in and where they run, and what is missing."""
