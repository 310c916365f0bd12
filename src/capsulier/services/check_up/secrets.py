"""What is sealed, held against the keys that are there."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from capsulier.ledger.giving import sealed_variables
from capsulier.services.check_up.finding import Finding
from capsulier.services.given_variables import SEALED
from capsulier.services.rotate_secrets import SEALED_OF_FACTORS
from capsulier.services.secret_keys import KeysDamaged, are_keys_given, keys_path, secret_keys
from capsulier.store.models import Channel, Variable

_BATCH = 500
_MOST_TOLD = 5


def check_secrets(repair: bool) -> Iterator[Finding]:
    """Whether every secret still opens with one of the keys."""
    if not are_keys_given() and not keys_path().exists():
        # Looked for here: whoever asks for a key makes one where there is none.
        if any(True for _ in _sealed()):
            yield Finding(f"{keys_path()} is missing, and secrets were sealed with it. Bring it back from a backup.")
        return
    try:
        fernet = MultiFernet([Fernet(key) for key in secret_keys()])
    except KeysDamaged as error:
        yield Finding(error.sentence)
        return
    lost = [whose for whose, sealed in _sealed() if not _opens(fernet, sealed)]
    if lost:
        told = ", ".join(lost[:_MOST_TOLD]) + (
            f" and {len(lost) - _MOST_TOLD:,} more" if len(lost) > _MOST_TOLD else ""
        )
        where = "CAPSULIER_SECRETS_KEY" if are_keys_given() else str(keys_path())
        yield Finding(
            f"No key in {where} opens {told}. Bring back the key that they were sealed with, or set them again; logs "
            "of executions that were given them cannot be shown without it."
        )


def _opens(fernet: MultiFernet, sealed: str) -> bool:
    try:
        fernet.decrypt(sealed)
    except InvalidToken:
        return False
    return True


def _sealed() -> Iterator[tuple[str, str]]:
    """Everything that is sealed, and whose it is, in words."""
    for row in Variable.objects.exclude(sealed="").select_related("platform", "job").order_by("id").iterator(_BATCH):
        past = ", as it was once," if row.ended_us is not None else ""
        yield f"{row.name}{past} of {row.job or row.platform}", row.sealed
    for channel in Channel.objects.order_by("id").iterator(_BATCH):
        yield f"the address of the channel “{channel}”", channel.url
        if channel.secret:
            yield f"the key of the channel “{channel}”", channel.secret
    for factor in Authenticator.objects.select_related("user").order_by("id").iterator(_BATCH):
        for name in SEALED_OF_FACTORS:
            if name in factor.data:
                yield f"the second factor of {factor.user}", factor.data[name]
    after = 0
    while executions := sealed_variables(after, _BATCH):
        after = executions[-1][0]
        for execution_id, variables in executions:
            for name, value in variables.items():
                if isinstance(value, dict):
                    yield f"{name} of execution {execution_id}", value[SEALED]
