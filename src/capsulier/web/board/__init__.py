"""The Manager's first page: every job, by category and capsule or as a table."""
