"""The package of a form: uploaded before by the script, or sent along with the form where there is none."""

from collections.abc import Callable

from django.http import HttpRequest, QueryDict

from capsulier.core.access import Actor
from capsulier.core.errors import CapsulierError
from capsulier.services.finding import find_package
from capsulier.services.upload_package import upload_package
from capsulier.store.models import Package


def posted(request: HttpRequest, actor: Actor, platform_id: int, refuse: Callable[[CapsulierError], None]) -> QueryDict:
    """What was posted, with a file sent along stored and named as if it had been uploaded before: so it survives an
    error elsewhere in the form."""
    data = request.POST.copy()
    file = request.FILES.get("package_file")
    if file is not None and file.name:
        try:
            data["package"] = str(upload_package(actor, platform_id, file.name, file.chunks()).pk)
        except CapsulierError as error:
            error.field = "package"
            refuse(error)
    return data


def named_package(actor: Actor, platform_id: int, package_id: object) -> Package | None:
    """The package that a form names, for showing it."""
    if not str(package_id or "").isdecimal() or len(str(package_id)) > 18:
        return None
    try:
        return find_package(actor, int(str(package_id)), platform_id)
    except CapsulierError:
        return None
