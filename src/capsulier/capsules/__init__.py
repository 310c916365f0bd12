"""The technologies that jobs are made in: one TOML file each. Adding a technology is adding a file."""
