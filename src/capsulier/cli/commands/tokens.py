"""API tokens."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

import typer

from capsulier.cli.bodies import given
from capsulier.cli.connection import connect
from capsulier.cli.named_token import find_token
from capsulier.cli.options import Json
from capsulier.cli.output import print_json, print_table, say
from capsulier.cli.standing import distance

Platform: TypeAlias = Annotated[
    str | None, typer.Option(help="The tokens that open this platform, not only your own. For its administrators.")
]

tokens = typer.Typer(help="Make, list and revoke the tokens that programs come with.", no_args_is_help=True)


@tokens.command()
def create(
    *,
    name: Annotated[str, typer.Option(help="What it is for, such as ci.")],
    role: Annotated[str, typer.Option(help="viewer, operator, editor or administrator.")] = "administrator",
    platform: Annotated[str | None, typer.Option(help="Only this platform.")] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=36500, help="For how long it is good. Default: until it is revoked.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a token of your own and print it, once."""
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat() if days else None
    made = connect().send("POST", "tokens", {"name": name, "role": role} | given(platform=platform, expires_at=until))
    print_json(made) if as_json else say(made["token"])


@tokens.command("list")
def list_all(platform: Platform = None, as_json: Json = False) -> None:
    """Show your tokens, not what they are."""
    rows = list(connect().items("tokens", **given(platform=platform)))
    if as_json:
        print_json(rows)
        return
    print_table(
        ("Token", "Of", "Role", "Platform", "Last used", "Ends"),
        (
            (
                row["name"],
                row["username"],
                row["role"],
                row["platform"] or "every one",
                distance(row["last_used_at"]) if row["last_used_at"] else "never",
                distance(row["expires_at"]) if row["expires_at"] else "",
            )
            for row in rows
        ),
        empty="There is no token.",
    )


@tokens.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="Its name, or its id.")], platform: Platform = None
) -> None:
    """Make a token useless."""
    connection = connect()
    found = find_token(connection, token, platform)
    connection.send("DELETE", f"tokens/{found['id']}")
    say(f"“{found['name']}” opens nothing any more.")
