"""Variables and secrets, of a platform on a page of Administration and of a job on a panel of its own."""
