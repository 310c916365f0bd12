"""The pages that pictures are taken of: every address of the Manager that shows one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    name: str
    view: str
    """The name of its address, as in the `urls.py` of its family."""
    path: str
    press: str = ""
    """What is pressed before the picture is taken, as a selector; left out where it is not there to be seen."""
    keys: tuple[str, str] | None = None
    """A key, then what is typed."""


SHOWN = (
    Shown("board", "board:page", "/"),
    Shown("board-filter", "board:page", "/?status=failed&status=running", ".filters .dropdown > .btn"),
    Shown("board-search", "board:page", "/?q=customer"),
    Shown("board-nothing", "board:page", "/?q=priecs"),
    Shown("board-menu", "board:page", "/", "#menu-{report}"),
    Shown("board-delete", "board:page", "/", "#job-{report} [title=Delete]"),
    Shown("table", "board:page", "/?view=table&sort=status"),
    Shown("palette", "palette:offer", "/", keys=("Control+k", "sales")),
    Shown("job", "job:overview", "/jobs/{report}"),
    Shown("job-actions", "job:overview", "/jobs/{report}", ".job-actions-button"),
    Shown("job-running", "job:overview", "/jobs/{running}"),
    Shown("job-healthy", "job:overview", "/jobs/{healthy}"),
    Shown("job-never", "job:overview", "/jobs/{never}"),
    Shown("job-pending", "job:overview", "/jobs/{pending}"),
    Shown("job-long-name", "job:overview", "/jobs/{long_name}"),
    Shown("job-paused", "job:overview", "/jobs/{paused}"),
    Shown("job-deleted", "job:overview", "/jobs/{deleted}"),
    Shown("executions", "job:executions", "/jobs/{report}/executions"),
    Shown("executions-none", "job:executions", "/jobs/{never}/executions"),
    Shown("fires", "job:fires", "/jobs/{report}/fires"),
    Shown("fires-why", "job:fires", "/jobs/{report}/fires?at=2026-11-24T03:00"),
    Shown("log-last", "logs:last", "/jobs/{running}/logs"),
    Shown("log-none", "logs:last", "/jobs/{never}/logs"),
    Shown("log", "logs:page", "/executions/{failed}?stream=both"),
    Shown("log-tools", "logs:page", "/executions/{failed}?stream=both", ".log-tools-button"),
    Shown("log-choose", "logs:page", "/executions/{failed}", "#log-choose"),
    Shown("log-pending", "logs:page", "/executions/{preparing}"),
    Shown("versions", "job:versions", "/jobs/{report}/versions"),
    Shown("version", "job:version", "/jobs/{report}/versions/3"),
    Shown("compare", "job:compare", "/jobs/{report}/versions/compare?from=3&to=4"),
    Shown("package-file", "files:of_package", "/jobs/{report}/versions/3/file?path=__main__.py"),
    Shown("package-compare", "files:compare", "/jobs/{report}/versions/compare/file?from=3&to=4&path=__main__.py"),
    Shown("execution-files", "files:of_execution", "/executions/{failed}/files"),
    Shown("execution-file", "files:of_work", "/executions/{failed}/file?path=__main__.py"),
    Shown("rollback", "job:rollback", "/jobs/{report}/versions/3/rollback"),
    Shown("upgrade", "job_forms:upgrade", "/jobs/{report}/upgrade"),
    Shown("settings", "job_forms:settings", "/jobs/{report}/settings"),
    Shown("changes", "job:changes", "/jobs/{report}/changes"),
    Shown("changes-runs", "job:changes", "/jobs/{report}/changes?runs"),
    Shown("variables", "variables:of_job", "/jobs/{report}/variables"),
    Shown("variable-new", "variables:new_of_job", "/jobs/{report}/new-variable"),
    Shown("variable", "variables:change_of_job", "/jobs/{report}/variables/REPORT_DAY"),
    Shown("resume", "job_actions:resume", "/jobs/{paused}/resume"),
    Shown("delete", "job_actions:delete", "/jobs/{report}/delete"),
    Shown("new-choose", "job_forms:new", "/jobs/new"),
    Shown("new", "job_forms:new", "/jobs/new?capsule=python&category=extraction"),
    Shown("new-schedule", "job_forms:new", "/jobs/new?capsule=python&category=extraction", "text=On a schedule"),
    Shown("new-from", "job_forms:new", "/jobs/new?from={report}"),
    Shown("activity", "activity:page", "/activity"),
    Shown("activity-short", "activity:page", "/activity?by=capsule"),
    Shown("activity-week", "activity:page", "/activity?zoom=7d&by=capsule&fires=not"),
    Shown("platform-switch", "board:page", "/", ".platform-switch > button"),
    Shown("administration-platforms", "platforms:list", "/administration/platforms"),
    Shown("administration-platform-new", "platforms:new", "/administration/new-platform"),
    Shown("administration-platform", "platforms:platform", "/administration/platforms/marketing"),
    Shown("administration-platform-archive", "platforms:archive", "/administration/platforms/marketing/archive"),
    Shown("administration-limits", "limits:page", "/administration/limits"),
    Shown("administration-alerts", "alerts:list", "/administration/alerts"),
    Shown("administration-channel", "alerts:new", "/administration/alerts/new-channel"),
    Shown("administration-capsules", "capsules:page", "/administration/capsules"),
    Shown("administration-variables", "variables:of_platform", "/administration/variables"),
    Shown("administration-variable-new", "variables:new_of_platform", "/administration/new-variable"),
    Shown("administration-variable", "variables:change_of_platform", "/administration/variables/WAREHOUSE_PASSWORD"),
    Shown("administration-audit", "audit:page", "/administration/audit"),
    Shown("administration-people", "people:members", "/administration/people"),
    Shown("administration-everybody", "people:everybody", "/administration/everybody"),
    Shown("administration-system", "administration:system", "/administration/system"),
    Shown("trash", "trash:page", "/trash"),
    Shown("account", "sign_in:account", "/account"),
    Shown("sign-in", "sign_in:page", "/sign-in"),
    Shown("sign-in-used", "sign_in:link", "/sign-in/used"),
    Shown("not-found", "board:page", "/jobs/999999"),
)
WITHOUT_SESSION = frozenset({"sign_in:page", "sign_in:link"})

NOT_PAGES = frozenset(
    {
        "administration:first",
        "alerts:channel",
        "alerts:defaults",
        "alerts:delete",
        "alerts:test",
        "alerts:test_addresses",
        "board:changes",
        "board:bulk",
        "board:example",
        "files:image",
        "job:news",
        "job:head",
        "job:run_button",
        "job:star",
        "job:unstar",
        "job_actions:clear_queue",
        "job_actions:run",
        "job_actions:stop",
        "job_actions:restore",
        "job_actions:pause",
        "job_forms:preview",
        "job_forms:preview_retries",
        "logs:chooser",
        "logs:stop",
        "logs:lines",
        "logs:search",
        "logs:marks",
        "mute:page",  # its address comes with a mail
        "mute:now",
        "invitation:page",  # its address is shown once
        "people:add",
        "people:invite",
        "people:revoke",
        "people:role",
        "people:remove",
        "people:change",
        "platforms:restore",
        "sign_in:go_on",
        "sign_in:out",
        "variables:restore_of_job",
        "variables:restore_of_platform",
        "variables:unset_of_job",
        "variables:unset_of_platform",
    }
)
"""Parts of pages, what their buttons post to, and what their scripts ask."""
