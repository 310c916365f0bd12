"""A few jobs that show what jobs can do."""

from collections.abc import Sequence

from django.db import transaction

from capsulier.services.create_job import JobDraft, create_job
from capsulier.services.drafts import ScheduleDraft, SettingsDraft, VersionDraft
from capsulier.services.identity import actor_of_user, administrator
from capsulier.services.invent_past import check_empty
from capsulier.services.run_job import run_job
from capsulier.store.models import Job, Platform

_PRICES = """\
for day in 1 2 3 4 5; do
  echo "$(date +%T) day $day of 5: 240 prices"
  [ "$day" = 3 ] && echo "warning: 3 lines without a price" >&2
  sleep 1
done
"""
_CATALOGUE = """\
i=0
while [ "$i" -lt 100 ]; do
  i=$((i + 1))
  echo "{\\"progress\\": $(printf '%d.%02d' $((i / 100)) $((i % 100))), \\"note\\": \\"page $i of 100\\"}" \\
    > "$CAPSULIER_JOB_PROGRESS"
  sleep 0.2
done
"""
_ORDERS = 'echo "connecting to the shop"; echo "no answer within 2 s" >&2; exit 3'

_DRAFTS = (
    JobDraft(
        "Prices of the day",
        "bash",
        VersionDraft(command=_PRICES, note="First version"),
        "extraction",
        SettingsDraft(description="Fetches them every five minutes, with a warning now and then."),
        ScheduleDraft(cron="*/5 * * * *"),
    ),
    JobDraft(
        "Orders of the shop",
        "bash",
        VersionDraft(command=_ORDERS, note="First version"),
        "extraction",
        SettingsDraft(description="Fails, and is tried again a minute later.", retries=1, retry_delay_s=60),
    ),
    JobDraft(
        "Catalogue",
        "bash",
        VersionDraft(command=_CATALOGUE, note="First version"),
        "processing",
        SettingsDraft(description="Tells how far it is."),
    ),
    JobDraft(
        "Yearly report",
        "bash",
        VersionDraft(command='echo "Nothing to report yet."', note="First version"),
        "smart-apps",
        SettingsDraft(description="Waits for the first of January."),
        ScheduleDraft(cron="0 6 1 1 *"),
    ),
)
_RUN_AT_ONCE = 3


@transaction.atomic
def make_demo() -> Sequence[Job]:
    """Make them in `main` and run those that do not wait for their time. For an installation without jobs only."""
    check_empty()
    actor, platform = actor_of_user(administrator(), via="command line"), Platform.objects.get(name="main")
    jobs = [create_job(actor, platform.pk, draft) for draft in _DRAFTS]
    for job in jobs[:_RUN_AT_ONCE]:
        run_job(actor, job.pk)
    return jobs
