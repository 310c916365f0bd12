"""`/metrics`: what Prometheus reads.

Three sources: facts of the installation, which every web process tells alike, from the database; the figures of this
web process; those that the leading conductor has handed over.
"""

import shutil
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from capsulier.api.figures import FIGURES
from capsulier.api.v2.asking import ask
from capsulier.api.v2.problems import problem_of
from capsulier.config import config
from capsulier.core.access import Action, Actor
from capsulier.core.errors import NotAllowed
from capsulier.core.states import State
from capsulier.services.figures import CONDUCTOR, handed_over
from capsulier.services.readiness import is_led
from capsulier.store.models import Platform
from capsulier.store.reads.totals import read_totals


@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """For whoever may see every platform: the figures tell of all of them."""
    try:
        _require_all(ask(request))
        text = _of_the_installation() + FIGURES.text() + handed_over(CONDUCTOR)
    except Exception as error:
        return problem_of(error)
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _require_all(actor: Actor) -> None:
    if not all(
        actor.may(Action.SEE, each) for each in Platform.objects.filter(archived_at=None).values_list("id", flat=True)
    ):
        raise NotAllowed("The metrics are of all platforms: to read them you need the role viewer in each.")


def _of_the_installation() -> str:
    registry = CollectorRegistry()
    registry.register(_Facts())
    return generate_latest(registry).decode()


class _Facts(Collector):
    def describe(self) -> Iterator[Metric]:
        yield from ()

    def collect(self) -> Iterator[Metric]:
        ended = CounterMetricFamily(
            "capsulier_executions_ended", "Executions that have ended, by outcome.", labels=["platform", "outcome"]
        )
        live = GaugeMetricFamily(
            "capsulier_executions", "Executions that have not ended, by state.", labels=["platform", "state"]
        )
        jobs = GaugeMetricFamily("capsulier_jobs", "Jobs, those in the trash left out.", labels=["platform"])
        for each in read_totals():
            ended.add_metric([each.platform, State.SUCCESS], each.successes)
            ended.add_metric([each.platform, State.FAILED], each.failures)
            ended.add_metric([each.platform, State.KILLED], each.kills)
            live.add_metric([each.platform, State.QUEUED], each.queued)
            live.add_metric([each.platform, State.PENDING], each.pending)
            live.add_metric([each.platform, State.RUNNING], each.running)
            jobs.add_metric([each.platform], each.jobs)
        yield from (ended, live, jobs)
        yield GaugeMetricFamily("capsulier_leader", "1 while a conductor leads.", value=is_led())
        disk = shutil.disk_usage(config().data_dir)
        yield GaugeMetricFamily("capsulier_disk_free_bytes", "Free where the data directory is.", value=disk.free)
        yield GaugeMetricFamily("capsulier_disk_size_bytes", "Of the disk of the data directory.", value=disk.total)
