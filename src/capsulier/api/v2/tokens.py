"""API tokens: one's own, and those that open a platform."""

from django.http import HttpResponse
from ninja import Router, Status

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.ids import TokenId
from capsulier.api.v2.shapes.shape import Page, in_utc
from capsulier.api.v2.shapes.token import MadeToken, TokenIn, TokenOut
from capsulier.core.access import Action
from capsulier.services.finding import find_platform
from capsulier.services.issue_token import TokenDraft, issue_token
from capsulier.services.revoke_token import revoke_token
from capsulier.store.reads.tokens import read_tokens_into, read_tokens_of

router = Router(tags=["Tokens"])


@router.get("", response=Page[TokenOut])
def list_tokens(request: AskedRequest, platform: str | None = None) -> Page[TokenOut]:
    """List your own tokens; with a platform, for its administrators, all that open it."""
    if platform is None:
        rows = read_tokens_of(int(request.auth.user_id or 0))
    else:
        rows = read_tokens_into(find_platform(request.auth, platform, Action.ADMINISTER).pk)
    return Page(items=[TokenOut.of(each) for each in rows], next=None)


@router.post("", response={201: MadeToken})
def create(request: AskedRequest, body: TokenIn, response: HttpResponse) -> Status[MadeToken]:
    """Make a token of your own. What it is is in this answer only. A token makes none that may more than itself."""
    token, key = issue_token(
        request.auth, TokenDraft(body.name, body.role, body.platform or "", in_utc(body.expires_at))
    )
    response.headers["Cache-Control"] = "no-store"
    return Status(201, MadeToken(**TokenOut.of(token).model_dump(), token=key))


@router.delete("/{int:token_id}", response={204: None})
def revoke(request: AskedRequest, token_id: TokenId) -> Status[None]:
    """Revoke a token of yours, or of a platform that you administer: it opens nothing any more."""
    revoke_token(request.auth, token_id)
    return Status(204, None)
