"""Remove what nobody can reach any more: jobs 30 days in the trash, packages that no version names, used links,
environments out of use."""

import shutil
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from capsulier.packages.storage import package_path
from capsulier.services.clean_environments import clean_environments
from capsulier.services.delete_job import KEPT
from capsulier.services.drafts import utc_now
from capsulier.services.execution_files import execution_directories
from capsulier.store.models import Execution, Job, Package, SignInLink, Version

_UNREFERENCED = timedelta(hours=24)


def tidy_up() -> None:
    """Doing it twice is the same as once. Files go after their rows: what a crash leaves behind is only space."""
    now = utc_now()
    for job in Job.objects.filter(deleted_at__lt=now - KEPT):
        _purge(job)
    used = Version.objects.filter(package=OuterRef("pk"))
    for package in Package.objects.filter(~Exists(used), uploaded_at__lt=now - _UNREFERENCED):
        _drop(package, now - _UNREFERENCED)
    SignInLink.objects.filter(expires_at__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    clean_environments(now)


def _purge(job: Job) -> None:
    placements = list(Execution.objects.filter(job=job).values_list("id", "placement"))
    with transaction.atomic():
        Job.objects.filter(id=job.pk).update(current_version=None)
        Execution.objects.filter(job=job).delete()
        Version.objects.filter(job=job).delete()
        job.delete()
    for execution_id, placement in placements:
        for directory in execution_directories(execution_id, placement):
            shutil.rmtree(directory, ignore_errors=True)


def _drop(package: Package, before: datetime) -> None:
    package.delete()
    path = package_path(package.sha256)
    if Package.objects.filter(sha256=package.sha256).exists() or not path.exists():
        return
    if path.stat().st_mtime < before.timestamp():  # else somebody is uploading the same bytes right now
        path.unlink()
