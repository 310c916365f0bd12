"""The guide, point 8: the statuses of a job, each by its own word and icon, on the board and on the job's page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager
from tests.servers import Server

pytestmark = pytest.mark.browser

Job = dict[str, Any]
SLOW_CAPSULE = """
id = "slow-to-prepare"
label = "Slow to prepare"
icon = "terminal-2"
colour = "green"
categories = ["processing"]
command = "true"

[[steps]]
label = "Take long"
command = "exec sleep 600"
"""


@pytest.fixture(scope="module", autouse=True)
def slow_capsule(server: Server) -> Iterator[None]:
    """Its jobs stay in preparation, which is the status Pending."""
    path = server.data_dir / "capsules" / "slow-to-prepare.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(SLOW_CAPSULE)
    yield
    path.unlink()


def ended(command: str) -> Callable[[Manager, str], Job]:
    def make(manager: Manager, name: str) -> Job:
        job = manager.make_job(name, command)
        manager.finish(job)
        return job

    return make


def live(command: str, **more: Any) -> Callable[[Manager, str], Job]:
    def make(manager: Manager, name: str) -> Job:
        job = manager.make_job(name, command, **more)
        manager.run_job(job)
        return job

    return make


def killed(manager: Manager, name: str) -> Job:
    job = manager.make_job(name, "sleep 60")
    execution = manager.run_job(job)
    with manager.server.api() as client:
        client.post(f"/executions/{execution['id']}/stop").raise_for_status()
        manager.server.wait_for_end(client, execution["id"])
    return job


def scheduled(manager: Manager, name: str) -> Job:
    return manager.make_job(name, schedule={"cron": "0 8 * * *", "timezone": "UTC"})


def never(manager: Manager, name: str) -> Job:
    return manager.make_job(name)


STATUSES = {
    "success": ("Success", "circle-check", ended("true")),
    "failed": ("Failed", "circle-x", ended("exit 3")),
    "killed": ("Killed", "ban", killed),
    "queued": ("Queued", "hourglass", live("exit 1", retries=1, retry_delay_s=3600)),  # its retry waits
    "pending": ("Pending", "loader-2", live("true", capsule="slow-to-prepare")),
    "running": ("Running", "player-play-filled", live("sleep 60")),
    "waiting": ("Waiting next schedule run", "clock-play", scheduled),
    "never": ("Never launched", "circle-dashed", never),
}


def check(manager: Manager, status: str) -> None:
    word, icon, make = STATUSES[status]
    job = make(manager, f"status-{status}-{'desk' if (manager.page.viewport_size or {})['width'] > 400 else 'phone'}")
    page = manager.go(f"/?q={job['name']}")
    shown = manager.row(job).locator(f".status-{status}").first
    expect(shown).to_be_visible()
    expect(shown).to_contain_text(word)
    expect(shown.locator(f"use[href$='#{icon}']")).to_have_count(1)
    assert found_by_filter(page, status)
    manager.go(f"/jobs/{job['id']}")
    expect(page.locator(f"#job-head .status-{status}")).to_contain_text(word)
    assert not find_barriers(page)
    with manager.server.api() as client:
        client.delete(f"/jobs/{job['id']}").raise_for_status()


def found_by_filter(page: Page, status: str) -> bool:
    page.get_by_role("button", name="Filter jobs by").click()
    page.locator(f"#status-filter input[value={status}]").check()
    page.wait_for_url(f"**status={status}*")
    return page.locator(".job").count() == 1


@pytest.mark.parametrize("status", STATUSES)
def test_on_a_desk(desk: Manager, status: str) -> None:
    check(desk, status)


@pytest.mark.parametrize("status", STATUSES)
def test_on_a_phone(pocket: Manager, status: str) -> None:
    check(pocket, status)
    assert not pocket.scrolls_sideways


def test_no_two_statuses_look_alike(desk: Manager) -> None:
    assert len({icon for _, icon, _ in STATUSES.values()}) == len(STATUSES) == 8
    page = desk.go("/")
    page.get_by_role("button", name="Filter jobs by").click()
    colours = page.locator("#status-filter .status").evaluate_all(
        "all => all.map(each => getComputedStyle(each).color)"
    )
    assert len(set(colours)) == 8


def test_a_waiting_job_shows_first_how_it_last_ended(desk: Manager) -> None:
    job = desk.make_job("waiting-after-failure", "exit 3", schedule={"cron": "0 8 * * *", "timezone": "UTC"})
    desk.finish(job)
    desk.go("/?q=waiting-after-failure")
    shown = desk.row(job).locator(".status").first
    expect(shown).to_have_attribute("title", "Failed, waiting next schedule run")
    icons = shown.locator("use").evaluate_all("all => all.map(each => each.getAttribute('href').split('#')[1])")
    assert icons == ["circle-x", "clock-play"]
