"""Administration: the shell around its pages, each of which is a page family of its own, and the page of the system."""
