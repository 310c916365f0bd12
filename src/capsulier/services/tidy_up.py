"""Remove what nobody can reach any more: jobs 30 days in the trash, packages that no version names, uploads that were
cut off, used links, ended sessions, past values of variables, environments out of use."""

import shutil
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from capsulier.clock import now_us
from capsulier.packages.storage import remove_strays
from capsulier.services.attempts import KEPT_US
from capsulier.services.clean_environments import clean_environments
from capsulier.services.delete_job import KEPT
from capsulier.services.drafts import utc_now
from capsulier.services.execution_files import execution_directories
from capsulier.services.forget_variables import forget_variables
from capsulier.store.models import Attempts, Execution, Job, Noted, Package, Platform, SignInLink, Version

_UNREFERENCED = timedelta(hours=24)


def tidy_up() -> None:
    """Doing it twice is the same as once. Files go after their rows: what a crash leaves behind is only space."""
    now = utc_now()
    for job in Job.objects.filter(deleted_at__lt=now - KEPT):
        purge(job, now - KEPT)
    used = Version.objects.filter(package=OuterRef("pk"))
    for package in Package.objects.filter(~Exists(used), uploaded_at__lt=now - _UNREFERENCED):
        package.delete()
    remove_strays(now - _UNREFERENCED, set(Package.objects.values_list("sha256", flat=True)))
    SignInLink.objects.filter(expires_at__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Noted.objects.filter(expires__lt=now).delete()
    Attempts.objects.filter(began_us__lt=now_us() - KEPT_US).delete()
    forget_variables()
    clean_environments(now)


def purge(job: Job, before: datetime) -> None:
    """Remove the job and all it had, if it was deleted before then, and still is."""
    placements = list(Execution.objects.filter(job=job).values_list("id", "placement"))
    with transaction.atomic():
        if not Job.objects.filter(id=job.pk, deleted_at__lt=before).update(current_version=None):
            return  # restored a moment ago
        Platform.objects.filter(id=job.platform_id).update(
            past_successes=F("past_successes") + job.successes,
            past_failures=F("past_failures") + job.failures,
            past_kills=F("past_kills") + job.kills,
        )
        Execution.objects.filter(job=job).delete()
        Version.objects.filter(job=job).delete()
        job.delete()
    for execution_id, placement in placements:
        for directory in execution_directories(execution_id, placement):
            shutil.rmtree(directory, ignore_errors=True)
