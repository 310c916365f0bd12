"""The command line of users: a client of the API, over HTTP only."""
