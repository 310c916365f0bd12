"""People: the members of a platform and its invitations; everybody of the installation."""
