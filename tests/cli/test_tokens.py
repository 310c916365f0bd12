"""`capsulier token`."""

from tests.cli.conftest import Capsulier


def test_tokens_are_made_listed_and_revoked(capsulier: Capsulier) -> None:
    key = capsulier("token", "create", "--name", "cli ci", "--role", "viewer", "--platform", "main", "--days", 2).said
    assert key.startswith("cap_")
    [ci] = [row for row in capsulier("token", "list", "--json").json if row["name"] == "cli ci"]
    assert (ci["role"], ci["platform"], ci["expires_at"] is None, "token" in ci) == ("viewer", "main", False, False)
    assert "cli ci" in capsulier("token", "list", "--platform", "main").said
    assert capsulier("token", "create", "--name", "cli ci").code == 1
    assert capsulier("token", "revoke", "cli ci").said == "“cli ci” opens nothing any more.\n"
    gone = capsulier("token", "revoke", "cli ci")
    assert (gone.code, "There is no token" in gone.refused) == (1, True)
