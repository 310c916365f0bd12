"""What the platform did, what comes, and what became of each due instant."""
