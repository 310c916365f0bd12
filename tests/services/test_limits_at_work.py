"""The limits of a platform, where executions meet them."""

import pytest

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.core.disk import Disk
from capsulier.core.launch import Limits
from capsulier.ledger.placing import place_next
from capsulier.ledger.queueing import queue
from capsulier.services.launches import known_launch
from capsulier.store.models import Job, Platform
from tests.builders import make_job, make_platform, new_execution

pytestmark = [pytest.mark.database, pytest.mark.django_db]

FULL = Disk(free_bytes=3_000_000_000, min_free_bytes=1_000_000_000)


def queued(job: Job) -> int:
    return queue([new_execution(job)], now_us())[0].id


def limits_of(job: Job, **limits: int | None) -> Limits:
    Platform.objects.filter(id=job.platform_id).update(**limits)
    execution_id = queued(job)
    [facts] = place_next(engine="local", node="here", now_us=now_us(), most=10)
    assert facts.id == execution_id
    return known_launch(facts).limits


def test_the_log_limit_is_that_of_the_platform_or_of_the_installation_the_stricter_one() -> None:
    job = make_job()
    assert limits_of(job, max_log_mb=5).log_bytes == 5_000_000
    assert limits_of(job, max_log_mb=None).log_bytes == config().max_log_bytes
    assert limits_of(job, max_log_mb=2_000_000_000).log_bytes == config().max_log_bytes


def test_executions_wait_where_their_platform_wants_more_disk_than_is_free() -> None:
    careful, other = make_platform("careful"), make_platform("other")
    Platform.objects.filter(id=careful.id).update(min_free_mb=5000)
    waiting, going = queued(make_job(platform=careful)), queued(make_job(platform=other))
    placed = place_next(engine="local", node="here", now_us=now_us(), most=10, disk=FULL)
    assert [each.id for each in placed] == [going]
    roomy = Disk(free_bytes=6_000_000_000, min_free_bytes=0)
    placed = place_next(engine="local", node="here", now_us=now_us(), most=10, disk=roomy)
    assert [each.id for each in placed] == [waiting]
