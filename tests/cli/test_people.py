"""`capsulier members` and `capsulier people`."""

from tests.cli.conftest import Capsulier


def test_people_are_invited_listed_and_kept_out(capsulier: Capsulier) -> None:
    link = capsulier("members", "invite", "--role", "operator", "--days", 2).said.strip()
    assert "/invitation/" in link
    [invitation] = capsulier("members", "invitations", "--json").json
    assert (invitation["role"], "url" in invitation) == ("operator", False)
    assert capsulier("members", "revoke", invitation["id"]).code == 0
    assert capsulier("members", "set", "admin", "--role", "viewer", "--json").json["role"] == "viewer"
    assert [row["username"] for row in capsulier("members", "--json").json] == ["admin"]
    assert capsulier("members", "remove", "admin").said == "admin is no member of “main” any more.\n"
    [admin] = capsulier("people", "--json").json
    assert (admin["username"], admin["is_administrator"]) == ("admin", True)
    for deed in ("deactivate", "dismiss"):
        refused = capsulier("people", deed, "admin")
        assert (refused.code, "last administrator" in refused.refused) == (1, True)
    assert capsulier("people", "appoint", "admin").code == 0
    assert capsulier("people", "reactivate", "admin").code == 0
    assert capsulier("people", "remove-second-factor", "admin").said == "admin has no second factor now.\n"
    assert capsulier("members", "set", "nobody", "--role", "viewer").code == 1
    assert capsulier("members", "set", "admin", "--role", "king").code == 1
