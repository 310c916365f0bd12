"""The mail of an alert: text and HTML that read well on a phone."""

from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path

from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

from capsulier.config import config
from capsulier.core.states import State
from capsulier.services.alert_facts import AlertFacts, alert_facts, one_line, why
from capsulier.store.models import Execution, Mail

_COLOURS = {State.SUCCESS: "#1a7f37", State.FAILED: "#c0262d", State.KILLED: "#6e4a00"}
_MARKS = {State.SUCCESS: "✓", State.FAILED: "✕", State.KILLED: "⊘"}
_MOST_OTHERS = 20
_LONGEST_NAME = 80
"""In a subject, where a list shows fewer."""

_engine = Engine(dirs=[str(Path(__file__).with_name("templates"))])


def alert_mail(mails: Sequence[Mail]) -> EmailMultiAlternatives:
    """Of alerts to one address about executions of one job. It tells of the newest at length and counts the others up.
    All mails of a job make one thread. They come with their executions, as `alert_facts` wants them."""
    *others, newest = sorted(mails, key=lambda each: each.execution.number)
    facts = alert_facts(newest.execution)
    also = [_line(each.execution) for each in reversed(others[-_MOST_OTHERS:])]
    if len(others) > _MOST_OTHERS:
        also.append(f"and {len(others) - _MOST_OTHERS:,} more")
    message = EmailMultiAlternatives(
        subject=_subject(newest.execution, len(others)),
        body=_text(facts, also),
        from_email=config().mail_from,
        to=[newest.address],
        headers=_headers(newest),
    )
    message.attach_alternative(_html(facts, also), "text/html")
    return message


def _subject(execution: Execution, others: int) -> str:
    """ "Failed: nightly #12, exit 3"."""
    name = one_line(execution.job.name)
    name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    more = f"{others:,} more" if others else ""
    told = (f"{name} #{execution.number}", why(execution, is_short=True), more)
    return f"{execution.state.capitalize()}: {', '.join(filter(None, told))}"


def _headers(mail: Mail) -> dict[str, str]:
    """Sent again after a doubt, it has the Message-ID that it had: the reader's mail server may know it by that."""
    domain = parseaddr(config().mail_from)[1].rpartition("@")[2]
    job_id = mail.execution.job_id
    return {
        "Message-ID": f"<execution-{mail.execution_id}-{mail.pk}@{domain}>",
        "In-Reply-To": f"<job-{job_id}@{domain}>",
        "References": f"<job-{job_id}@{domain}>",
        "List-Id": f"<job-{job_id}.{domain}>",
        "Auto-Submitted": "auto-generated",
    }


def _line(execution: Execution) -> str:
    """ "#11 failed, exit 3"."""
    return ", ".join(filter(None, (f"#{execution.number} {execution.state}", why(execution, is_short=True))))


def _text(facts: AlertFacts, also: list[str]) -> str:
    lines = [_headline(facts), ""]
    width = max(len(label) for label, _ in facts.rows) + 2
    lines += [f"{label:<{width}}{value}" for label, value in facts.rows]
    links = [(label, url) for label, url in (("Log", facts.log_url), ("Job", facts.job_url)) if url]
    lines += [""] * bool(links) + [f"{label}: {url}" for label, url in links]
    if also:
        lines += ["", "Since the last mail also:", *also]
    if facts.log:
        lines += ["", f"The end of its {facts.log.label}:", "", *facts.log.lines]
    return "\n".join(lines) + "\n"


def _headline(facts: AlertFacts) -> str:
    return f"{facts.outcome}: {facts.job_name}" + (f", {facts.why}" if facts.why else "")


def _html(facts: AlertFacts, also: list[str]) -> str:
    context = {"facts": facts, "also": also, "colour": _COLOURS[facts.state], "mark": _MARKS[facts.state]}
    return _engine.get_template("alert.html").render(Context(context))
