"""Commands that act on an installation. Each module has `main(argv)`, which answers the exit code."""
