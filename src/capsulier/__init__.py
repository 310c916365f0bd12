"""Capsulier: a self-hosted job manager."""
