"""Limits and retention of a platform."""
