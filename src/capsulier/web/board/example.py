"""A job to look at, for who has none yet."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from capsulier.core.names import with_suffix
from capsulier.services.create_job import JobDraft, create_job, is_name_free
from capsulier.services.drafts import SettingsDraft, VersionDraft
from capsulier.services.run_job import run_job
from capsulier.web.base.actor import actor_of_request, platform_of_request

_COMMAND = """\
for i in $(seq 1 20); do
  echo "step $i of 20"
  [ $((i % 5)) -eq 0 ] && echo "warning: $i is a multiple of 5" >&2
  sleep 1
done
echo "done"
"""


@require_POST
def make_example(request: HttpRequest) -> HttpResponse:
    """Make it, run it, and show its log."""
    actor, platform = actor_of_request(request), platform_of_request(request)
    draft = JobDraft(
        name=with_suffix("Example", lambda name: not is_name_free(name, platform.id)),
        capsule="bash",
        version=VersionDraft(command=_COMMAND, note="First version"),
        settings=SettingsDraft(description="Counts to 20, a step a second, with a warning now and then."),
    )
    job = create_job(actor, platform.id, draft)
    run_job(actor, job.pk)
    return HttpResponseRedirect(f"/jobs/{job.pk}/logs")
