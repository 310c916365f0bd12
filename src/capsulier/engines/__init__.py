"""Where executions run. An engine places them and tells how they ended; it knows nothing of jobs or the database."""
