"""A data team's platform, for pictures: its jobs, the programs that they call, and what has been."""
