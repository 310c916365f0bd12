"""`capsulier migrate`: bring the database's tables up to date. The other commands do so by themselves."""

import argparse

from capsulier.operations.setup import open_installation


def main(argv: list[str]) -> int:
    argparse.ArgumentParser(prog="capsulier migrate", description=__doc__).parse_args(argv)
    open_installation()
    return 0
