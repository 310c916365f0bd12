"""The API: the same services as the pages, as JSON and streams over HTTP."""
