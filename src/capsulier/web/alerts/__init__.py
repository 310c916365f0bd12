"""Alerts of a platform: its channels, what new jobs tell whom, and how the outbox is doing."""
