"""The pages of one's account and of people: nobody is kept out by how they are made, nothing scrolls sideways."""

import pytest

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser

PATHS = (
    "/account",
    "/account/second-factor/",
    "/account/second-factor/webauthn/",
    "/account/second-factor/webauthn/add/",
    "/account/sessions/",
    "/account/tokens",
    "/administration/tokens",
    "/administration/people",
    "/administration/everybody",
)


def test_none_has_a_barrier_or_scrolls_sideways_on_a_phone_in_the_dark(pocket: Manager) -> None:
    """The administrator has a name as long as they come, and a member beside them."""
    with pocket.server.api() as api:
        invited = api.post("/platforms/main/invitations", json={"role": "administrator"}).json()["url"]
    page = pocket.page
    page.emulate_media(color_scheme="dark")
    page.goto(f"{pocket.server.url}/invitation/{invited.rpartition('/')[2]}")
    page.get_by_role("button", name="Join as admin").click()
    page.wait_for_url("**/?platform=main")
    wrong = []
    for path in PATHS:
        page.goto(f"{pocket.server.url}{path}")
        wrong += [f"{path}: {barrier}" for barrier in find_barriers(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{path} scrolls sideways")
    assert wrong == []
