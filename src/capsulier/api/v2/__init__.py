"""Version 2, at `/api/v2/`: a file per resource; what it looks like on the wire is in `shapes/`."""
