"""Take an uploaded package in."""

from collections.abc import Iterable

from django.db import transaction

from capsulier.core.access import Action, Actor
from capsulier.core.names import safe_file_name
from capsulier.core.trail import Subject
from capsulier.packages.storage import store
from capsulier.services.trail import note
from capsulier.store.models import Package


def upload_package(actor: Actor, platform_id: int, file_name: str, chunks: Iterable[bytes]) -> Package:
    """Store the file as its bytes come; answer the package to name in a version. One that no version names within
    24 h is removed. An upload that breaks off leaves nothing."""
    actor.require(Action.CREATE, platform_id, "The platform")
    stored, name = store(chunks), safe_file_name(file_name)
    with transaction.atomic():
        package = Package.objects.create(
            platform_id=platform_id,
            name=name,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            uploaded_by_id=actor.user_id,
        )
        told = {"bytes": stored.size_bytes, "sha256": stored.sha256}
        note(actor, Subject.PACKAGE, name, "uploaded", platform_id=platform_id, after=told)
    return package
