"""Platforms: list, make, look at, change, archive, restore."""

from django.http import HttpResponse
from ninja import Router, Status

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.shapes.platform import NewPlatform, PlatformOut, PlatformPatch
from capsulier.api.v2.shapes.shape import Page
from capsulier.core.access import Actor, Role
from capsulier.services.archive_platform import archive_platform
from capsulier.services.create_platform import create_platform
from capsulier.services.edit_platform import edit_platform
from capsulier.services.finding import find_platform, platforms_of
from capsulier.services.restore_platform import restore_platform
from capsulier.store.models import Platform

router = Router(tags=["Platforms"])


@router.get("", response=Page[PlatformOut])
def list_platforms(request: AskedRequest, archived: bool = False) -> Page[PlatformOut]:
    """List the platforms that you may see. `archived=true` lists those that are archived instead."""
    return Page(items=[shown(request.auth, each) for each in platforms_of(request.auth, archived=archived)], next=None)


@router.post("", response={201: PlatformOut})
def create(request: AskedRequest, body: NewPlatform, response: HttpResponse) -> Status[PlatformOut]:
    """Make a platform. For administrators of the installation."""
    platform = create_platform(
        request.auth, body.name, label=body.label, max_running=body.max_running, run_as=body.run_as
    )
    response.headers["Location"] = f"/api/v2/platforms/{platform.name}"
    return Status(201, shown(request.auth, platform))


@router.get("/{slug:name}", response=PlatformOut)
def get(request: AskedRequest, name: str) -> PlatformOut:
    """Look at a platform; also at one that is archived."""
    return shown(request.auth, find_platform(request.auth, name, archived=True))


@router.patch("/{slug:name}", response=PlatformOut)
def edit(request: AskedRequest, name: str, body: PlatformPatch) -> PlatformOut:
    """Change what is given. Another name or account is for administrators of the installation."""
    given = body.model_dump(exclude_unset=True)
    new_name = given.pop("name", None)
    return shown(request.auth, edit_platform(request.auth, name, new_name=new_name, **given))


@router.post("/{slug:name}/archive", response=PlatformOut)
def archive(request: AskedRequest, name: str) -> PlatformOut:
    """Put a platform to rest: what it has running is stopped, no schedule fires, its members do not see it."""
    return shown(request.auth, archive_platform(request.auth, name))


@router.post("/{slug:name}/restore", response=PlatformOut)
def restore(request: AskedRequest, name: str) -> PlatformOut:
    """Let an archived platform go on."""
    return shown(request.auth, restore_platform(request.auth, name))


def shown(actor: Actor, platform: Platform) -> PlatformOut:
    return PlatformOut(
        name=platform.name,
        label=platform.label,
        max_running=platform.max_running,
        run_as=platform.run_as,
        role=Role.ADMINISTRATOR if actor.is_superuser else actor.roles[platform.pk],
        archived_at=platform.archived_at,
    )
