"""What an alert says: what ended how, the last lines of the error log, the way to more."""

import re
from email.utils import parseaddr

from django.core.mail import EmailMultiAlternatives
from django.utils.html import format_html, format_html_join

from capsulier.clock import as_datetime
from capsulier.config import config
from capsulier.core.reasons import Reason, in_words
from capsulier.core.states import State
from capsulier.core.wording import duration_in_words
from capsulier.logs.display import to_text
from capsulier.logs.files import LogName
from capsulier.logs.pages import tail
from capsulier.services.execution_files import execution_directory
from capsulier.store.models import Execution, Mail

_LINES = 20
_COLOURS = re.compile(r"\x1b\[[0-9;:]*m")


def alert_mail(mail: Mail) -> EmailMultiAlternatives:
    """The mail for one address; all mails of a job make one thread."""
    execution = mail.execution
    job, domain = execution.job, parseaddr(config().mail_from)[1].rpartition("@")[2] or "capsulier"
    thread = f"<job-{job.pk}@{domain}>"
    message = EmailMultiAlternatives(
        subject=_one_line(f"{_outcome(execution)}: {job.name} #{execution.number}"),
        body=_text(execution),
        from_email=config().mail_from,
        to=[mail.address],
        headers={
            "Message-ID": f"<execution-{execution.pk}-{mail.pk}@{domain}>",
            "In-Reply-To": thread,
            "References": thread,
            "List-Id": f"<job-{job.pk}.{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(_html(execution), "text/html")
    return message


def _outcome(execution: Execution) -> str:
    """"Failed, exit 3"."""
    state = State(execution.state)
    reason = Reason(execution.reason) if execution.reason else None
    words = in_words(state, reason, execution.exit_code, execution.signal, execution.detail)
    return ", ".join(filter(None, (state.value.capitalize(), words)))


def _facts(execution: Execution) -> list[tuple[str, str]]:
    facts = [
        ("Job", execution.job.name),
        ("Outcome", _outcome(execution)),
        ("Execution", f"#{execution.number}, version {execution.version.number}, attempt {execution.attempt}"),
    ]
    if execution.ended_us is not None:
        facts.append(("Ended", f"{as_datetime(execution.ended_us):%d %B %Y %H:%M:%S} UTC"))
        if execution.started_us is not None:
            facts.append(("Took", duration_in_words((execution.ended_us - execution.started_us) / 1_000_000)))
    if config().public_url:
        facts.append(("Log", f"{config().public_url.rstrip('/')}/executions/{execution.pk}"))
    return facts


def _last_errors(execution: Execution) -> list[str]:
    path = LogName.STDERR.in_directory(execution_directory(execution.pk, execution.placement))
    if execution.state != State.FAILED or not path.exists():
        return []
    return [_COLOURS.sub("", to_text(line.data)) for line in tail(path, _LINES)]


def _text(execution: Execution) -> str:
    lines = [f"{name}: {value}" for name, value in _facts(execution)]
    errors = _last_errors(execution)
    if errors:
        lines += ["", "Last lines of the error log:", "", *errors]
    return "\n".join(lines) + "\n"


def _html(execution: Execution) -> str:
    rows = format_html_join("", "<tr><td>{}</td><td><b>{}</b></td></tr>", _facts(execution))
    errors = _last_errors(execution)
    log = format_html("<p>Last lines of the error log:</p><pre>{}</pre>", "\n".join(errors)) if errors else ""
    return format_html('<html><body style="font-family:sans-serif"><table>{}</table>{}</body></html>', rows, log)


def _one_line(text: str) -> str:
    return " ".join(text.split())
