"""What the provider of a single sign-on says of a person."""

from allauth.socialaccount.models import SocialLogin

from capsulier.config import config


def claim_of(sociallogin: SocialLogin) -> object:
    """From the identity token, or else from what the provider tells when asked."""
    told = sociallogin.account.extra_data or {}
    for source in (told.get("id_token"), told.get("userinfo"), told):
        if isinstance(source, dict) and config().oidc_claim in source:
            return source[config().oidc_claim]
    return []
