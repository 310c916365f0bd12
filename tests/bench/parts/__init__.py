"""A file for each subject. Its `measure(directory)` starts what it needs over that directory, which is not there yet,
and yields `Measure`s."""
