"""The platforms of the installation: what there are, their names and limits; new ones, archived ones."""
