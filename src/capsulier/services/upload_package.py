"""Take an uploaded package in."""

from collections.abc import Iterable

from capsulier.core.access import Action, Actor
from capsulier.core.names import safe_file_name
from capsulier.packages.storage import store
from capsulier.store.models import Package


def upload_package(actor: Actor, platform_id: int, file_name: str, chunks: Iterable[bytes]) -> Package:
    """Store the file as its bytes come; answer the package to name in a version. One that no version names within
    24 h is removed. An upload that breaks off leaves nothing."""
    actor.require(Action.CREATE, platform_id, "The platform")
    stored = store(chunks)
    return Package.objects.create(
        platform_id=platform_id,
        name=safe_file_name(file_name),
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        uploaded_by_id=actor.user_id,
    )
