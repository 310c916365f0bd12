"""Who may ask for what: every address of the product, page by page and call by call.

`tests/access/test_every_address.py` asks each of them as everybody there is. A new address has its line here, or that
test fails: its route as the URL resolver spells it, or its method and path as the OpenAPI does, and for each method the
least that one must be.
"""

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from capsulier.core.access import Role


class Least(IntEnum):
    """The least that one must be. Each may do what those before it may."""

    ANYBODY = 0
    """Nobody is asked who they are."""
    SIGNED_IN = 1
    """Whoever is signed in, a member of this platform or not."""
    VIEWER = 2
    OPERATOR = 3
    EDITOR = 4
    ADMINISTRATOR = 5
    """Of the platform."""
    SUPERUSER = 6
    """An administrator of the installation."""

    @classmethod
    def of(cls, role: Role) -> "Least":
        return cls[role.name]


ANYBODY, SIGNED_IN, VIEWER, OPERATOR, EDITOR, ADMINISTRATOR, SUPERUSER = Least


@dataclass(frozen=True)
class Address:
    """Where it is, and what each method needs; the methods that are left out must be refused with 405."""

    route: str
    needs: dict[str, Least]
    path: str = ""
    """What is asked for, where the names in the route are not all in `scene.PLACES`."""
    data: dict[str, Any] = field(default_factory=dict)
    """What is sent: a form, or JSON to the API, where it is refused before it is looked at who sends it."""
    is_ones_own: bool = False
    """About something of the asker's, which they may not have: nothing is found then. Its pages are allauth's, which
    take a PUT for a POST."""


def page(route: str, *, get: Least | None = None, post: Least | None = None, path: str = "", **data: Any) -> Address:
    needs = {method: least for method, least in (("GET", get), ("POST", post)) if least is not None}
    return Address(route, needs, path, data)


def own(route: str, *, get: Least | None = SIGNED_IN, post: Least | None = None, path: str = "") -> Address:
    return replace(page(route, get=get, post=post, path=path), is_ones_own=True)


def call(method: str, route: str, least: Least, path: str = "", **data: Any) -> Address:
    return Address(route, {method: least}, path, data)


PAGES = (
    page("", get=VIEWER),
    page("activity", get=VIEWER),
    page("board/changes", get=VIEWER),
    page("board/bulk", post=VIEWER),  # what it does to each job is refused by itself
    page("board/example", post=EDITOR),
    page("palette", get=VIEWER),
    page("trash", get=VIEWER),
    # A job.
    page("jobs/new", get=EDITOR, post=EDITOR),
    page("jobs/<int:job_id>", get=VIEWER),
    page("jobs/<int:job_id>/news", get=VIEWER),
    page("jobs/<int:job_id>/head", get=VIEWER),
    page("jobs/<int:job_id>/run-button", get=VIEWER),
    page("jobs/<int:job_id>/executions", get=VIEWER),
    page("jobs/<int:job_id>/fires", get=VIEWER),
    page("jobs/<int:job_id>/changes", get=VIEWER),
    page("jobs/<int:job_id>/logs", get=VIEWER),
    page("jobs/<int:job_id>/versions", get=VIEWER),
    page("jobs/<int:job_id>/versions/compare", get=VIEWER, path="jobs/{job_id}/versions/compare?from=1&to=2"),
    page(
        "jobs/<int:job_id>/versions/compare/file",
        get=VIEWER,
        path="jobs/{job_id}/versions/compare/file?from=1&to=2&path=load.py",
    ),
    page("jobs/<int:job_id>/versions/<int:number>", get=VIEWER),
    page("jobs/<int:job_id>/versions/<int:number>/file", get=VIEWER, path="jobs/{job_id}/versions/1/file?path=load.py"),
    page("jobs/<int:job_id>/versions/<int:number>/rollback", get=EDITOR, post=EDITOR),
    page("jobs/<int:job_id>/versions/<int:number>/star", post=EDITOR),
    page("jobs/<int:job_id>/versions/<int:number>/unstar", post=EDITOR),
    page("jobs/<int:job_id>/upgrade", get=EDITOR, post=EDITOR),
    page("jobs/<int:job_id>/settings", get=EDITOR, post=EDITOR),
    page("jobs/<int:job_id>/variables", get=VIEWER),
    page("jobs/<int:job_id>/new-variable", get=EDITOR, post=EDITOR),
    page("jobs/<int:job_id>/variables/<str:name>", get=EDITOR, post=EDITOR, path="jobs/{job_id}/variables/OWN"),
    page("jobs/<int:job_id>/variables/<str:name>/unset", post=EDITOR, path="jobs/{job_id}/variables/OWN/unset"),
    page("jobs/<int:job_id>/variables/<str:name>/restore", post=EDITOR, path="jobs/{job_id}/variables/GONE/restore"),
    page("jobs/<int:job_id>/run", post=OPERATOR),
    page("jobs/<int:job_id>/stop", post=OPERATOR),
    page("jobs/<int:job_id>/queue/clear", get=OPERATOR, post=OPERATOR),
    page("jobs/<int:job_id>/pause", post=EDITOR),
    page("jobs/<int:job_id>/resume", get=EDITOR, post=EDITOR),
    page("jobs/<int:job_id>/delete", get=EDITOR, post=EDITOR),
    page("jobs/<int:job_id>/restore", post=EDITOR),
    page("retries/preview", post=SIGNED_IN),
    page("schedules/preview", post=SIGNED_IN),
    # An execution, and what it has written.
    page("executions/<int:execution_id>", get=VIEWER),
    page("executions/<int:execution_id>/chooser", get=VIEWER),
    page("executions/<int:execution_id>/stop", post=OPERATOR),
    page("executions/<int:execution_id>/log/lines", get=VIEWER),
    page("executions/<int:execution_id>/log/search", get=VIEWER),
    page("executions/<int:execution_id>/log/marks", get=VIEWER),
    page("executions/<int:execution_id>/files", get=VIEWER),
    page("executions/<int:execution_id>/file", get=VIEWER, path="executions/{execution_id}/file?path=made.txt"),
    page("executions/<int:execution_id>/image", get=VIEWER, path="executions/{execution_id}/image?path=made.png"),
    # Administration.
    page("administration", get=ADMINISTRATOR),
    page("administration/system", get=SUPERUSER),
    page("administration/capsules", get=SUPERUSER),
    page("administration/audit", get=ADMINISTRATOR),
    page("administration/variables", get=ADMINISTRATOR),
    page("administration/new-variable", get=ADMINISTRATOR, post=ADMINISTRATOR),
    page(
        "administration/variables/<str:name>",
        get=ADMINISTRATOR,
        post=ADMINISTRATOR,
        path="administration/variables/SHARED",
    ),
    page("administration/variables/<str:name>/unset", post=ADMINISTRATOR, path="administration/variables/SHARED/unset"),
    page(
        "administration/variables/<str:name>/restore", post=ADMINISTRATOR, path="administration/variables/GONE/restore"
    ),
    page("administration/people", get=ADMINISTRATOR),
    page("administration/people/add", post=ADMINISTRATOR),
    page("administration/people/invite", post=ADMINISTRATOR),
    page("administration/people/invitations/<int:invitation_id>/revoke", post=ADMINISTRATOR),
    page("administration/people/<str:username>/role", post=ADMINISTRATOR, role="viewer"),
    page("administration/people/<str:username>/remove", post=ADMINISTRATOR),
    page("administration/tokens", get=ADMINISTRATOR),
    page("administration/tokens/<int:token_id>/revoke", post=ADMINISTRATOR),
    page("administration/everybody", get=SUPERUSER),
    page("administration/everybody/<str:username>", post=SUPERUSER, do="deactivate"),
    page("administration/limits", get=ADMINISTRATOR, post=ADMINISTRATOR),
    page("administration/platforms", get=ADMINISTRATOR),
    page("administration/new-platform", get=SUPERUSER, post=SUPERUSER),
    page("administration/platforms/<slug:name>", get=ADMINISTRATOR, post=ADMINISTRATOR),
    page("administration/platforms/<slug:name>/archive", get=SUPERUSER, post=SUPERUSER),
    page("administration/platforms/<slug:name>/restore", post=SUPERUSER),
    page("administration/alerts", get=ADMINISTRATOR),
    page("administration/alerts/defaults", post=ADMINISTRATOR),
    page("administration/alerts/new-channel", get=ADMINISTRATOR, post=ADMINISTRATOR),
    page("administration/alerts/channels/<int:channel_id>", get=ADMINISTRATOR, post=ADMINISTRATOR),
    page("administration/alerts/channels/<int:channel_id>/delete", get=ADMINISTRATOR, post=ADMINISTRATOR),
    page("administration/alerts/channels/<int:channel_id>/test", post=EDITOR),
    page("alerts/test", post=EDITOR),
    # Oneself.
    page("sign-in", get=ANYBODY, post=ANYBODY),
    page("sign-in/<str:key>", get=ANYBODY),
    page("sign-out", post=ANYBODY),
    page("account", get=SIGNED_IN, post=SIGNED_IN),
    page("account/tokens", get=SIGNED_IN, post=SIGNED_IN),
    own("account/tokens/<int:token_id>/revoke", get=None, post=SIGNED_IN, path="account/tokens/0/revoke"),
    page("sign-in/go-on", get=ANYBODY),
    page("sign-up", get=ANYBODY),
    own("account/inactive", get=ANYBODY, post=ANYBODY),
    own("account/confirm", post=SIGNED_IN),
    own("account/forgotten", get=ANYBODY, post=ANYBODY),
    own("account/forgotten/sent", get=ANYBODY, post=ANYBODY),
    own(
        r"^account/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        get=ANYBODY,
        post=ANYBODY,
        path="account/forgotten/1-none/",
    ),
    own("account/forgotten/done", get=ANYBODY, post=ANYBODY),
    own("account/second-factor/"),
    own("account/second-factor/authenticate/", get=ANYBODY, post=ANYBODY),  # between the password and being signed in
    own("account/second-factor/reauthenticate/", post=SIGNED_IN),
    own("account/second-factor/totp/activate/", post=SIGNED_IN),
    own("account/second-factor/totp/deactivate/", post=SIGNED_IN),
    own("account/second-factor/recovery-codes/"),
    own("account/second-factor/recovery-codes/generate/", post=SIGNED_IN),
    own("account/second-factor/recovery-codes/download/"),
    own("account/second-factor/webauthn/"),
    own("account/second-factor/webauthn/add/", post=SIGNED_IN),
    own("account/second-factor/webauthn/reauthenticate/", post=SIGNED_IN),
    own("account/second-factor/webauthn/keys/<int:pk>/remove/", post=SIGNED_IN),
    own("account/second-factor/webauthn/keys/<int:pk>/edit/", post=SIGNED_IN),
    own("account/second-factor/webauthn/login/", get=ANYBODY, post=ANYBODY),
    own("account/sessions/", post=SIGNED_IN),
    own("account/sessions/<int:session_id>/end", get=None, post=SIGNED_IN),
    own("account/single-sign-on/", post=SIGNED_IN),
    own("account/single-sign-on/login/cancelled/", get=ANYBODY),
    own("account/single-sign-on/login/error/", get=ANYBODY),
    own("account/single-sign-on/signup/", get=ANYBODY, post=ANYBODY),
    own("account/single-sign-on/<slug:provider_id>/login/", get=None, post=ANYBODY),
    own("account/single-sign-on/<slug:provider_id>/login/callback/", get=ANYBODY, post=ANYBODY),
    # Who holds the link may use it.
    page("invitation/<str:key>", get=ANYBODY, post=ANYBODY),
    page("alerts/mute/<str:key>", get=ANYBODY, post=ANYBODY),
    page("alerts/mute/<str:key>/now", post=ANYBODY),
    # What has no operation in the API's schema.
    page("metrics", get=SUPERUSER),  # or who may see every platform
    page("api/v2/docs", get=ANYBODY),
    page("api/v2/openapi.json", get=ANYBODY),
    page("api/v2/", get=ANYBODY),
    page("api/", get=ANYBODY),
)

_JOB = {"name": "new", "capsule": "bash", "command": "true"}
_SCHEDULE = {"cron": "0 8 * * *"}

CALLS = (
    call("GET", "jobs", VIEWER),
    call("POST", "jobs", EDITOR, **_JOB),
    call("GET", "jobs/{job_id}", VIEWER),
    call("PATCH", "jobs/{job_id}", EDITOR, description="new"),
    call("DELETE", "jobs/{job_id}", EDITOR),
    call("POST", "jobs/{job_id}/restore", EDITOR),
    call("POST", "jobs/{job_id}/copy", EDITOR),
    call("POST", "jobs/{job_id}/run", OPERATOR),
    call("POST", "jobs/{job_id}/stop", OPERATOR),
    call("DELETE", "jobs/{job_id}/queue", OPERATOR),
    call("GET", "jobs/{job_id}/changes", VIEWER),
    call("GET", "jobs/{job_id}/versions", VIEWER),
    call("POST", "jobs/{job_id}/versions", EDITOR, command="true"),
    call("GET", "jobs/{job_id}/versions/{number}", VIEWER),
    call("POST", "jobs/{job_id}/versions/{number}/rollback", EDITOR),
    call("PUT", "jobs/{job_id}/versions/{number}/major", EDITOR),
    call("DELETE", "jobs/{job_id}/versions/{number}/major", EDITOR),
    call("GET", "jobs/{job_id}/versions/{number}/package", VIEWER),
    call("GET", "jobs/{job_id}/versions/{number}/files", VIEWER),
    call("GET", "jobs/{job_id}/versions/{number}/files/{name}", VIEWER, "jobs/{job_id}/versions/1/files/load.py"),
    call("GET", "jobs/{job_id}/executions", VIEWER),
    call("PUT", "jobs/{job_id}/schedule", EDITOR, **_SCHEDULE),
    call("DELETE", "jobs/{job_id}/schedule", EDITOR),
    call("POST", "jobs/{job_id}/schedule/pause", EDITOR),
    call("POST", "jobs/{job_id}/schedule/resume", EDITOR),
    call("GET", "jobs/{job_id}/fires", VIEWER),
    call("GET", "jobs/{job_id}/fires/why", VIEWER, "jobs/{job_id}/fires/why?at=2026-11-24T03:00:00Z"),
    call("GET", "executions", VIEWER),
    call("GET", "executions/{execution_id}", VIEWER),
    call("POST", "executions/{execution_id}/stop", OPERATOR),
    call("GET", "executions/{execution_id}/logs/{name}", VIEWER, "executions/{execution_id}/logs/stdout"),
    call(
        "GET",
        "executions/{execution_id}/logs/{name}/search",
        VIEWER,
        "executions/{execution_id}/logs/stdout/search?q=x",
    ),
    call("GET", "executions/{execution_id}/logs/{name}/follow", VIEWER, "executions/{execution_id}/logs/stdout/follow"),
    call("GET", "executions/{execution_id}/files", VIEWER),
    call("GET", "executions/{execution_id}/files/{name}", VIEWER, "executions/{execution_id}/files/made.txt"),
    call("POST", "packages", EDITOR),
    call("GET", "platforms", SIGNED_IN),
    call("POST", "platforms", SUPERUSER, name="new"),
    call("GET", "platforms/{name}", VIEWER, "platforms/main"),
    call("PATCH", "platforms/{name}", ADMINISTRATOR, "platforms/main", label="new"),
    call("GET", "platforms/{name}/limits", VIEWER, "platforms/main/limits"),
    call("PATCH", "platforms/{name}/limits", ADMINISTRATOR, "platforms/main/limits"),
    call("POST", "platforms/{name}/archive", SUPERUSER, "platforms/main/archive"),
    call("POST", "platforms/{name}/restore", SUPERUSER, "platforms/main/restore"),
    call("GET", "channels", VIEWER),
    call("POST", "channels", ADMINISTRATOR, name="new", kind="webhook", url="https://example.org"),
    call("PATCH", "channels/{channel_id}", ADMINISTRATOR, name="new"),
    call("DELETE", "channels/{channel_id}", ADMINISTRATOR),
    call("POST", "channels/{channel_id}/test", EDITOR),
    call("POST", "alerts/test", EDITOR),
    call("GET", "executions/{execution_id}/what-changed", VIEWER),
    call("GET", "variables", VIEWER),
    call("GET", "variables/{name}", VIEWER, "variables/SHARED"),
    call("PUT", "variables/{name}", ADMINISTRATOR, "variables/SHARED", value="new"),
    call("DELETE", "variables/{name}", ADMINISTRATOR, "variables/SHARED"),
    call("POST", "variables/{name}/restore", ADMINISTRATOR, "variables/GONE/restore"),
    call("GET", "jobs/{job_id}/variables", VIEWER),
    call("GET", "jobs/{job_id}/variables/{name}", VIEWER, "jobs/{job_id}/variables/OWN"),
    call("PUT", "jobs/{job_id}/variables/{name}", EDITOR, "jobs/{job_id}/variables/OWN", value="new"),
    call("DELETE", "jobs/{job_id}/variables/{name}", EDITOR, "jobs/{job_id}/variables/OWN"),
    call("POST", "jobs/{job_id}/variables/{name}/restore", EDITOR, "jobs/{job_id}/variables/GONE/restore"),
    call("GET", "changes", ADMINISTRATOR, "changes?platform=main"),
    call("GET", "changes/export", ADMINISTRATOR, "changes/export?platform=main"),
    call("GET", "platforms/{name}/members", ADMINISTRATOR),
    call("PUT", "platforms/{name}/members/{username}", ADMINISTRATOR, role="viewer"),
    call("DELETE", "platforms/{name}/members/{username}", ADMINISTRATOR),
    call("GET", "platforms/{name}/invitations", ADMINISTRATOR),
    call("POST", "platforms/{name}/invitations", ADMINISTRATOR, role="viewer"),
    call("DELETE", "platforms/{name}/invitations/{invitation_id}", ADMINISTRATOR),
    call("GET", "people", SUPERUSER),
    call("PATCH", "people/{username}", SUPERUSER, is_active=False),
    call("POST", "schedules/preview", SIGNED_IN, **_SCHEDULE),
    call("GET", "tokens", ADMINISTRATOR),  # of a platform; one's own without naming one
    call("POST", "tokens", VIEWER, name="new", role="viewer", platform="main"),
    call("DELETE", "tokens/{token_id}", ADMINISTRATOR),
    call("GET", "events", VIEWER),
    call("GET", "totals", VIEWER),
    call("GET", "engines", SUPERUSER),
    # Of launchers: they are known by the token of their placement and by nothing else.
    call("POST", "placements/{execution_id}/{placement}/claim", ANYBODY, "placements/{execution_id}/1/claim"),
    call("POST", "placements/{execution_id}/{placement}/beat", ANYBODY, "placements/{execution_id}/1/beat"),
    call("PUT", "placements/{execution_id}/{placement}/work/{path}", ANYBODY, "placements/{execution_id}/1/work/made"),
    call("GET", "placements/{execution_id}/{placement}/files/{number}", ANYBODY, "placements/{execution_id}/1/files/0"),
    call("GET", "capsules", SIGNED_IN),
    call("GET", "me", SIGNED_IN),
)
