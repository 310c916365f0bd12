"""What a platform may take, and how much of its history is kept."""

from ninja import Router

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.shapes.limits import LimitsOut, LimitsPatch
from capsulier.services.edit_limits import edit_limits
from capsulier.services.finding import find_platform

router = Router(tags=["Platforms"])


@router.get("/{slug:name}/limits", response=LimitsOut)
def get_limits(request: AskedRequest, name: str) -> LimitsOut:
    """Look at the limits of a platform."""
    return LimitsOut.of(find_platform(request.auth, name))


@router.patch("/{slug:name}/limits", response=LimitsOut)
def change_limits(request: AskedRequest, name: str, body: LimitsPatch) -> LimitsOut:
    """Change what is given. For its administrators; limits of the installation they can make stricter, not looser."""
    return LimitsOut.of(edit_limits(request.auth, name, body.model_dump(exclude_unset=True)))
