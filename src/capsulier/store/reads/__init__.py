"""What pages read: one module a page, each query bounded."""
