from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.capsules.capsule import CATEGORIES, Capsule
from capsulier.capsules.shelf import broken_capsules, capsules, own_files
from capsulier.config import config
from capsulier.services.capsule_health import Health, health_of
from capsulier.services.engines import list_engines
from capsulier.store.reads.jobs import count_by_capsule
from capsulier.web.administration.shell import enter
from capsulier.web.base.htmx import wants_part


@dataclass(frozen=True, slots=True)
class ShownCapsule:
    capsule: Capsule
    health: Health
    categories: str
    jobs: int
    file: str
    """Of one's own; empty for one of the product's."""


@require_safe
def show_capsules(request: HttpRequest) -> HttpResponse:
    """The whole page, or for htmx only its engines, which change while one looks."""
    actor, _, context = enter(request, "/administration/capsules")
    context["engines"] = list_engines(actor)
    if wants_part(request):
        return render(request, "capsules/engines.html", context)
    own = config().data_dir / "capsules"
    context |= {
        "capsules": _shown_capsules(),
        "broken": [each.sentence for each in broken_capsules(own)],
        "own_directory": own,
    }
    return render(request, "capsules/page.html", context)


def _shown_capsules() -> list[ShownCapsule]:
    """Those that cannot be used as they are come first."""
    own = config().data_dir / "capsules"
    jobs, files = count_by_capsule(), own_files(own)
    shown = [
        ShownCapsule(
            capsule=capsule,
            health=health_of(capsule),
            categories=", ".join(CATEGORIES[each] for each in capsule.categories),
            jobs=jobs.get(capsule.id, 0),
            file=files.get(capsule.id, ""),
        )
        for capsule in capsules(own).values()
    ]
    return sorted(shown, key=lambda each: each.health.is_healthy)
