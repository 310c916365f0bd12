"""A passkey: added to the account, then enough to sign in, with Chromium's own virtual authenticator."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import find_barriers
from tests.servers import Server

pytestmark = pytest.mark.browser


def test_a_passkey_is_added_and_signs_in(server: Server, desktop: Page) -> None:
    home = server.url.replace("127.0.0.1", "localhost")  # an address of numbers cannot have passkeys
    devtools = desktop.context.new_cdp_session(desktop)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    desktop.goto(server.sign_in_link().replace(server.url, home))
    desktop.goto(f"{home}/account/second-factor/webauthn/add/")
    assert find_barriers(desktop) == []
    desktop.get_by_label("Name").fill("Laptop")
    desktop.get_by_label("It signs in by itself").check()
    desktop.get_by_role("button", name="Add").click()
    expect(desktop).to_have_url(re.compile("recovery-codes|second-factor/$"))
    desktop.goto(f"{home}/account/second-factor/webauthn/")
    expect(desktop.get_by_text("Laptop")).to_be_visible()
    desktop.context.clear_cookies()
    desktop.goto(f"{home}/sign-in")
    desktop.get_by_role("button", name="Sign in with a passkey").click()
    expect(desktop).to_have_url(f"{home}/")
    expect(desktop.get_by_role("button", name="Menu of admin")).to_be_visible()
