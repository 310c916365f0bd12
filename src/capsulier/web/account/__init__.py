"""What allauth does for us: second factors, passkeys, single sign-on, sessions, forgotten passwords; in our look."""
