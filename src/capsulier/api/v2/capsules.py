"""What there is to make jobs in; and who one is."""

from ninja import Router

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.platforms import shown
from capsulier.api.v2.shapes.capsule import BrokenCapsuleOut, CapsuleOut, CapsulePage, Me
from capsulier.capsules.shelf import broken_capsules, capsules
from capsulier.config import config
from capsulier.services.capsule_health import health_of
from capsulier.services.finding import platforms_of

router = Router(tags=["Installation"])


@router.get("/capsules", response=CapsulePage)
def list_capsules(request: AskedRequest) -> CapsulePage:
    """List the capsules that a job can be made in, and what of each is on this machine."""
    own = config().data_dir / "capsules"
    return CapsulePage(
        items=[CapsuleOut.of(each, health_of(each)) for each in capsules(own).values()],
        next=None,
        broken=[BrokenCapsuleOut(file=each.file, line=each.line, what=each.what) for each in broken_capsules(own)],
    )


@router.get("/me", response=Me)
def me(request: AskedRequest) -> Me:
    """Who you are, and what you may do."""
    actor = request.auth
    return Me(
        name=actor.name,
        via=actor.via,
        is_administrator=actor.is_superuser,
        platforms=[shown(actor, each) for each in platforms_of(actor)],
    )
