from dataclasses import asdict

from django import forms
from django.http import QueryDict

from capsulier.config import config
from capsulier.core.errors import CapsulierError, InvalidFields
from capsulier.core.wording import size_in_words
from capsulier.services.edit_limits import LIMITS, limits_of
from capsulier.store.models import Platform
from capsulier.web.job_forms.numbers import whole_number

_ALL = "all"


class LimitsForm(forms.Form):
    """Without rules of its own: the service has them."""

    max_running = whole_number("Executions at once", hint="Over all its jobs; the others wait in the queue.", least=1)
    max_log_mb = whole_number(
        "Log of an execution, at most MB", hint="Standard and error log together; one that writes more is stopped."
    )
    min_free_mb = whole_number(
        "Free disk wanted, MB", hint="With less free, executions wait in the queue until there is room again."
    )
    keep_days = whole_number("Executions, for days", placeholder=_ALL)
    keep_executions = whole_number("Executions of a job, at most", placeholder=_ALL)
    keep_log_days = whole_number("Logs and files, for days", placeholder=_ALL)
    keep_mb = whole_number("Logs and files of a job, at most MB", placeholder=_ALL)
    keep_work_days = whole_number("Working directories, for days", placeholder=_ALL)

    def __init__(self, platform: Platform, given: QueryDict | None) -> None:
        super().__init__(given, initial=asdict(limits_of(platform)))
        for name, own in (("max_log_mb", config().max_log_bytes), ("min_free_mb", config().min_free_bytes)):
            self.fields[name].widget.attrs["placeholder"] = f"the installation's: {size_in_words(own)}"
        self.fields["max_running"].required = True

    def limits(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in LIMITS}

    def take_refusal(self, refusal: CapsulierError) -> None:
        for error in refusal.errors if isinstance(refusal, InvalidFields) else [refusal]:
            self.add_error(error.field if error.field in self.fields else None, error.sentence)
