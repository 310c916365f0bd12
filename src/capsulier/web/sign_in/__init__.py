"""Signing in, by password or by a one-time link; signing out; one's own account."""
