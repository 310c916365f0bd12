"""The Manager as a person has it: a page of a browser, signed in, before a real server."""

from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import APIResponse, Locator, Page, Route

from tests.servers import Server


@dataclass
class Manager:
    server: Server
    page: Page

    def go(self, path: str) -> Page:
        self.page.goto(self.server.url + path)
        return self.page

    def row(self, job: dict[str, Any]) -> Locator:
        """The job's line on the board, in either view."""
        return self.page.locator(f"#job-{job['id']}")

    def choose(self, job: dict[str, Any], entry: str) -> Page:
        """From the arrow beside the job on the board."""
        page = self.go(f"/?q={job['name']}")
        self.row(job).get_by_role("button", name=f"More for {job['name']}").click()
        self.row(job).locator(".dropdown-menu").get_by_role("link", name=entry).click()
        return page

    def hold(self, pattern: str) -> list[Route]:
        """Keep the answer to the next such request back until the test lets it go on."""
        held: list[Route] = []

        def keep(route: Route) -> None:
            held.append(route)

        self.page.route(pattern, keep, times=1)
        return held

    def wait_until_held(self, held: list[Any]) -> None:
        """A request that was on its way already may be the one that is held."""
        while not held:
            self.page.wait_for_timeout(20)

    def hold_answer(self, pattern: str) -> list[tuple[Route, APIResponse]]:
        """The same, of one that the server has given."""
        held: list[tuple[Route, APIResponse]] = []

        def keep(route: Route) -> None:
            held.append((route, route.fetch()))

        self.page.route(pattern, keep, times=1)
        return held

    @property
    def scrolls_sideways(self) -> bool:
        """Of the page that is there or on its way."""
        self.page.wait_for_function("() => document.documentElement && document.readyState !== 'loading'")
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    def make_job(self, name: str, command: str = "true", **more: Any) -> dict[str, Any]:
        """As a program would, through the API."""
        answer = self._api("POST", "/jobs", json={"name": name, "capsule": "bash", "command": command, **more})
        made: dict[str, Any] = answer.json()
        return made

    def run_job(self, job: dict[str, Any]) -> dict[str, Any]:
        started: dict[str, Any] = self._api("POST", f"/jobs/{job['id']}/run").json()
        return started

    def upgrade_job(self, job: dict[str, Any], command: str) -> None:
        self._api("POST", f"/jobs/{job['id']}/versions", json={"command": command})

    def read_job(self, job: dict[str, Any]) -> dict[str, Any]:
        read: dict[str, Any] = self._api("GET", f"/jobs/{job['id']}").json()
        return read

    def find_jobs(self, search: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._api("GET", "/jobs", params={"search": search}).json()["items"]
        return found

    def finish(self, job: dict[str, Any]) -> dict[str, Any]:
        """Run it to its end."""
        execution = self.run_job(job)
        with self.server.api() as client:
            return self.server.wait_for_end(client, execution["id"])

    def _api(self, method: str, path: str, **more: Any) -> httpx.Response:
        with self.server.api() as client:
            return client.request(method, path, **more).raise_for_status()
