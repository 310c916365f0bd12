"""The log screen, and what its viewer asks for."""
