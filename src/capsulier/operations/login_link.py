"""`capsulier login-link`: print a link that signs in once."""

import argparse

from capsulier.operations.setup import open_installation


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier login-link", description=__doc__)
    parser.add_argument("--user", default="", help="whom to sign in (default: the first administrator)")
    arguments = parser.parse_args(argv)
    open_installation()
    from capsulier.services.identity import administrator, create_sign_in_key
    from capsulier.services.manager_address import manager_address
    from capsulier.store.models import User

    user = User.objects.filter(username=arguments.user).first() if arguments.user else administrator()
    if user is None:
        parser.error(f"There is no user “{arguments.user}”.")
    print(f"{manager_address() or 'http://127.0.0.1:7410'}/sign-in/{create_sign_in_key(user)}")
    return 0
