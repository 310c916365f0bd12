"""No address of the product shows a secret value that a program printed: each that is about an execution or a job is
asked, those of tomorrow too."""

import base64
import json
import re
from collections.abc import Iterator

import httpx
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from capsulier.core.access import Role
from capsulier.logs.files import LogName
from capsulier.services.progress import progress_path
from capsulier.services.run_job import run_job
from capsulier.services.set_variable import set_variable
from capsulier.services.variable_scope import Scope
from capsulier.store.models import Execution, Job, Lease, Variable
from tests.builders import make_actor, make_job, make_user
from tests.web.past import past_execution, write_logs

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

OF_JOB, OF_PLATFORM, OF_RUN = "hunter22-of-job", "hunter22-of-platform", "hunter22-of-run"
SAID = b"".join(b"before %s after\n" % each.encode() for each in (OF_JOB, OF_PLATFORM, OF_RUN))
PATTERN = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
NOT_MASKED = "api/v2/executions/{execution_id}/files/{name}"
"""What a program makes is handed out byte for byte: docs/decisions/0009."""
STREAMS = {"api/v2/events"}
"""Ids only, and they have no end."""
QUESTIONS = [
    "",
    "?tail=2&stream=stdout&show=full&q=before&path=said.txt&download=true",
    "?at=0&stream=stderr&q=before&pattern=true&path=said.ipynb&part",
]
"""Everything that any of them may be asked at once; each takes what it knows."""


@pytest.fixture
def execution() -> Execution:
    """It has ended, and the values that it was given are others by now."""
    from capsulier.services.take_turn import Post, take_turn  # noqa: PLC0415

    job, admin = make_job("masked"), make_actor(Role.ADMINISTRATOR)
    past_execution(job)
    set_variable(admin, Scope(job.platform_id, job), "A", OF_JOB, is_secret=True)
    set_variable(admin, Scope(job.platform_id), "B", OF_PLATFORM, is_secret=True)
    queued = run_job(admin, job.pk, secrets={"C": OF_RUN})
    take_turn(Lease.objects.get().epoch, [], posts=[Post("local", "here")], most=1, look=False)
    ended = {"state": "failed", "reason": "exit", "exit_code": 3, "started_us": 1, "ended_us": 2}
    Execution.objects.filter(id=queued.pk).update(**ended)
    for name in ("A", "B"):
        Variable.objects.filter(name=name).update(ended_us=1)
    execution = Execution.objects.get(id=queued.pk)
    write_logs(execution, {str(name): SAID for name in LogName})
    work = progress_path(execution.pk, execution.placement).parent
    work.mkdir(exist_ok=True)
    told = {"progress": 0.5, "note": f"with {OF_JOB}", "outputs": {OF_PLATFORM: f"and {OF_RUN}"}}
    progress_path(execution.pk, execution.placement).write_text(json.dumps(told))
    (work / "said.txt").write_bytes(SAID)
    cell = {"cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "text": [SAID.decode()]}]}
    (work / "said.ipynb").write_text(json.dumps({"cells": [cell]}))
    return execution


@pytest.fixture
def browser(address: str, execution: Execution) -> Iterator[httpx.Client]:
    """Signed in, so that pages and API answer alike."""
    client = Client(headers={"Host": "localhost"})
    client.force_login(make_user("ana", Role.ADMINISTRATOR))
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with httpx.Client(base_url=address, cookies=cookies, timeout=30, trust_env=False) as browser:
        yield browser


def test_no_address_shows_what_is_secret(browser: httpx.Client, execution: Execution) -> None:
    masked = set[str]()
    for address in _addresses():
        for named in _named(address, execution):
            for question in QUESTIONS if "execution_id" in address else [""]:
                answer = browser.get(f"/{named}{question}")
                assert answer.status_code < 500, f"{named}{question}: {answer.text[:300]}"
                shown = _decoded(answer.text)
                assert "hunter" not in shown, f"{named}{question} shows a secret value"
                if "before *****" in shown or "with *****" in shown:
                    masked.add(address)
    for kind in ("logs/{name}", "logs/{name}/follow", "logs/{name}/search", "log/lines", "{execution_id}", "/file"):
        assert any(address.endswith(kind) for address in masked), f"nothing was masked at …{kind}"


def test_no_list_shows_what_a_running_program_tells_in_clear(browser: httpx.Client, execution: Execution) -> None:
    Execution.objects.filter(id=execution.pk).update(state="running", reason="", exit_code=None, ended_us=None)
    Job.objects.filter(id=execution.job_id).update(pending=0, running=1)
    masked = set[str]()
    for address in _addresses(without=True):
        if address in STREAMS:
            continue
        answer = browser.get(f"/{address}")
        assert answer.status_code < 500, f"{address}: {answer.text[:300]}"
        assert "hunter" not in answer.text, f"{address} shows a secret value"
        if "with *****" in answer.text:
            masked.add(address)
    assert {"", "api/v2/executions"} <= masked


def test_a_search_does_not_tell_what_a_secret_value_is(browser: httpx.Client, execution: Execution) -> None:
    for wanted in ("hunter22", OF_JOB, "hunt", "22-of-r"):
        found = browser.get(f"/executions/{execution.pk}/log/search", params={"q": wanted}).json()
        assert found == {"total": 0, "hits": []}
        for name in LogName:
            of_api = browser.get(f"/api/v2/executions/{execution.pk}/logs/{name}/search", params={"q": wanted}).json()
            assert (of_api["total"], of_api["items"]) == (0, [])


def test_a_secret_value_does_not_show_across_the_edges_of_ranges(browser: httpx.Client, execution: Execution) -> None:
    url = f"/api/v2/executions/{execution.pk}/logs/stdout"
    ranges = [(start, start + 6) for start in range(0, len(SAID) - 7, 7)]
    parts = [browser.get(url, headers={"Range": f"bytes={start}-{end}"}).text for start, end in ranges]
    assert "".join(parts) == browser.get(url).text[: ranges[-1][1] + 1]
    assert "hunter" not in "".join(parts)


def test_what_cannot_be_masked_is_not_shown(browser: httpx.Client, execution: Execution) -> None:
    Variable.objects.filter(name="A").update(sealed="of a key that is lost")
    for address in (f"/executions/{execution.pk}", f"/api/v2/executions/{execution.pk}/logs/stdout"):
        answer = browser.get(address)
        assert answer.status_code == 500
        assert "secret value of A cannot be decrypted" in answer.text
        assert "before" not in answer.text


def _addresses(patterns: object = None, before: str = "", *, without: bool = False) -> Iterator[str]:
    """All that lead to an execution or a job, as `executions/{execution_id}/log/lines`; or those `without` any part to
    fill in."""
    for each in get_resolver().url_patterns if patterns is None else patterns:  # type: ignore[attr-defined]
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _addresses(each.url_patterns, route, without=without)
        elif isinstance(each, URLPattern) and (
            not PATTERN.search(route) if without else "execution_id" in route or "job_id" in route
        ):
            yield PATTERN.sub(lambda found: f"{{{found['name']}}}", route)


def _named(address: str, execution: Execution) -> Iterator[str]:
    if address == NOT_MASKED:
        return
    names = LogName if "/logs/{name}" in address else [""]
    for name in names:
        # A part that is not known here: say what it stands for, so that its address is looked at too.
        known = {"execution_id": execution.pk, "job_id": execution.job_id, "name": name, "path": "made"}
        yield address.format(**known, placement=1, number=1)


def _decoded(text: str) -> str:
    """Followed logs come in Base64."""
    data = re.findall(r'"data":"([A-Za-z0-9+/=]+)"', text)
    return text + "".join(base64.b64decode(each).decode(errors="replace") for each in data)
