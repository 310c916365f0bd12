"""What `capsulier doctor` looks at, a file for each subject: what is wrong, and what can be put right."""
