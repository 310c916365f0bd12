"""The mail of an alert: text and HTML that read well on a phone."""

from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path

from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

from capsulier.config import config
from capsulier.services.alert_facts import AlertFacts, alert_facts
from capsulier.services.alert_lines import other_lines
from capsulier.services.manager_address import manager_address
from capsulier.services.mute_alerts import mute_key
from capsulier.store.models import Alert

_COLOURS = {"success": "#1a7f37", "failed": "#c0262d", "killed": "#6e4a00", "notice": "#0a7285"}
_MARKS = {"success": "✓", "failed": "✕", "killed": "⊘", "notice": "•"}

_engine = Engine(dirs=[str(Path(__file__).with_name("templates"))])


def alert_mail(alerts: Sequence[Alert]) -> EmailMultiAlternatives:
    """Of alerts to one address. It tells of the newest at length and counts the others up. All mails of a job make one
    thread. They come with what `alert_facts` wants of them."""
    newest = max(alerts, key=lambda each: each.pk)
    facts, also = alert_facts(newest), other_lines(alerts, newest)
    others = len(alerts) - 1
    mute_url = _mute_url(newest)
    message = EmailMultiAlternatives(
        subject=facts.subject + (f", {others:,} more" if others else ""),
        body=_text(facts, also, mute_url),
        from_email=config().mail_from,
        to=[newest.target],
        headers=_headers(newest, mute_url),
    )
    message.attach_alternative(_html(facts, also, mute_url), "text/html")
    return message


def _mute_url(alert: Alert) -> str | None:
    base = manager_address()
    return f"{base}/alerts/mute/{mute_key(alert.job_id, alert.target)}" if base and alert.job_id else None


def _headers(alert: Alert, mute_url: str | None) -> dict[str, str]:
    """Sent again after a doubt, it has the Message-ID that it had: the reader's mail server may know it by that."""
    domain = parseaddr(config().mail_from)[1].rpartition("@")[2]
    thread = f"job-{alert.job_id}" if alert.job_id else "tests"
    headers = {
        "Message-ID": f"<alert-{alert.pk}-{alert.created_us}@{domain}>",
        "In-Reply-To": f"<{thread}@{domain}>",
        "References": f"<{thread}@{domain}>",
        "List-Id": f"<{thread}.{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    if mute_url:  # RFC 8058: what the reader's program offers as "Unsubscribe"
        headers |= {"List-Unsubscribe": f"<{mute_url}/now>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def _text(facts: AlertFacts, also: list[str], mute_url: str | None) -> str:
    lines = [facts.sentence, ""]
    width = max((len(label) for label, _ in facts.rows), default=0) + 2
    lines += [f"{label:<{width}}{value}" for label, value in facts.rows]
    links = [(label, url) for label, url in (("Log", facts.log_url), ("Job", facts.job_url)) if url]
    lines += [""] * bool(links) + [f"{label}: {url}" for label, url in links]
    if also:
        lines += ["", "Since the last mail also:", *also]
    if facts.changes:
        lines += ["", "Since it last worked:", *facts.changes]
    if facts.log:
        lines += ["", f"The end of its {facts.log.label}:", "", *facts.log.lines]
    if mute_url:
        lines += ["", f"Hear no more of this job for a while: {mute_url}"]
    return "\n".join(lines) + "\n"


def _html(facts: AlertFacts, also: list[str], mute_url: str | None) -> str:
    context = {
        "facts": facts,
        "also": also,
        "mute_url": mute_url,
        "colour": _COLOURS[facts.tone],
        "mark": _MARKS[facts.tone],
    }
    return _engine.get_template("alert.html").render(Context(context))
