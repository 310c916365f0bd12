"""What API tokens are called."""

from capsulier.core.errors import Invalid

LONGEST_TOKEN_NAME = 100


def check_token_name(text: str) -> str:
    """The name without the space around it. It stands on the audit trail as the way that somebody came by."""
    name = text.strip()
    if not name:
        raise Invalid("Say what the token is for.", field="name")
    if len(name) > LONGEST_TOKEN_NAME:
        raise Invalid(f"A token's name has at most {LONGEST_TOKEN_NAME} characters.", field="name")
    if not name.isprintable():
        raise Invalid("A token's name is one line without control characters.", field="name")
    return name
