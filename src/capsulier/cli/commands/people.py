"""People: members of a platform and their roles, invitations, everybody."""

from typing import Annotated, Any, TypeAlias

import typer

from capsulier.cli.bodies import given
from capsulier.cli.connection import connect
from capsulier.cli.options import Json
from capsulier.cli.output import print_json, print_table, say, say_aside
from capsulier.cli.standing import distance

_IN = typer.Option("--platform", envvar="CAPSULIER_PLATFORM", help="The platform.", show_envvar=False)
Platform: TypeAlias = Annotated[str, _IN]
User: TypeAlias = Annotated[str, typer.Argument(metavar="USER", help="The user name.")]
Role: TypeAlias = Annotated[str, typer.Option(help="viewer, operator, editor or administrator.")]

members = typer.Typer(help="List members; add, change, remove and invite some.", invoke_without_command=True)
people = typer.Typer(help="List everybody; keep out, let in, appoint and dismiss.", invoke_without_command=True)


@members.callback()
def list_members(context: typer.Context, platform: Platform = "main", as_json: Json = False) -> None:
    if context.invoked_subcommand is not None:
        return
    rows = list(connect().items(f"platforms/{platform}/members"))
    if as_json:
        print_json(rows)
        return
    print_table(
        ("User", "Name", "Role", "Last sign-in"),
        ((row["username"], row["name"], row["role"], _last(row)) for row in rows),
        empty="Nobody is a member.",
    )


@members.command("set")
def set_role(user: User, *, role: Role, platform: Platform = "main", as_json: Json = False) -> None:
    """Add a person who has an account, or change their role."""
    member = connect().send("PUT", f"platforms/{platform}/members/{user}", {"role": role})
    print_json(member) if as_json else say(f"{member['name']} is {member['role']} of “{platform}”.")


@members.command()
def remove(user: User, platform: Platform = "main") -> None:
    """Take a person out of the platform."""
    connect().send("DELETE", f"platforms/{platform}/members/{user}")
    say(f"{user} is no member of “{platform}” any more.")


@members.command()
def invite(
    *,
    role: Role,
    email: Annotated[str | None, typer.Option(help="Whom to mail the link to, where mail is set up.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="For how long the link works.")] = None,
    platform: Platform = "main",
    as_json: Json = False,
) -> None:
    """Print a link that makes whoever opens it a member, once."""
    made = connect().send("POST", f"platforms/{platform}/invitations", {"role": role} | given(email=email, days=days))
    if as_json:
        print_json(made)
        return
    say(made["url"])
    if made["mailed"]:
        say_aside(f"It is on its way to {made['email']}, too.")


@members.command()
def invitations(platform: Platform = "main", as_json: Json = False) -> None:
    """List the invitations that nobody has used yet."""
    rows = list(connect().items(f"platforms/{platform}/invitations"))
    if as_json:
        print_json(rows)
        return
    print_table(
        (">Id", "For", "Role", "Expires"),
        ((str(row["id"]), row["email"], row["role"], distance(row["expires_at"])) for row in rows),
        empty="There is no invitation.",
    )


@members.command()
def revoke(
    invitation: Annotated[int, typer.Argument(metavar="ID", help="The invitation's id.")], platform: Platform = "main"
) -> None:
    """Make the link of an invitation useless."""
    connect().send("DELETE", f"platforms/{platform}/invitations/{invitation}")
    say(f"Invitation {invitation} is revoked.")


@people.callback()
def list_people(context: typer.Context, as_json: Json = False) -> None:
    if context.invoked_subcommand is not None:
        return
    rows = list(connect().items("people"))
    if as_json:
        print_json(rows)
        return
    print_table(
        ("User", "Name", "Roles", "Last sign-in"),
        ((row["username"], row["name"], _roles(row), _last(row)) for row in rows),
        empty="There is nobody.",
    )


@people.command()
def deactivate(user: User, as_json: Json = False) -> None:
    """Sign a person out and keep them out; their tokens open nothing."""
    _change(user, {"is_active": False}, "is deactivated", as_json)


@people.command()
def reactivate(user: User, as_json: Json = False) -> None:
    """Let a person in again."""
    _change(user, {"is_active": True}, "may sign in again", as_json)


@people.command()
def remove_second_factor(user: User, as_json: Json = False) -> None:
    """Let a person who has lost their second factor in with the password alone."""
    _change(user, {"has_second_factor": False}, "has no second factor now", as_json)


@people.command()
def appoint(user: User, as_json: Json = False) -> None:
    """Make a person an administrator of the installation."""
    _change(user, {"is_administrator": True}, "administers the installation now", as_json)


@people.command()
def dismiss(user: User, as_json: Json = False) -> None:
    """Make a person an administrator of the installation no more."""
    _change(user, {"is_administrator": False}, "administers the installation no more", as_json)


def _change(user: str, changes: dict[str, bool], words: str, as_json: bool) -> None:
    person = connect().send("PATCH", f"people/{user}", changes)
    print_json(person) if as_json else say(f"{person['name']} {words}.")


def _last(row: dict[str, Any]) -> str:
    if not row["is_active"]:
        return "deactivated"
    return distance(row["last_sign_in_at"]) if row["last_sign_in_at"] else "never"


def _roles(person: dict[str, Any]) -> str:
    roles = [f"{each['role']} of {each['platform']}" for each in person["roles"]]
    return ", ".join((["administrator of the installation"] if person["is_administrator"] else []) + roles)
