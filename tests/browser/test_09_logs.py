"""The guide, point 9: choose the execution, last lines or the full log, standard or error, download, read online."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from capsulier.engines.local.paths import placement_directory
from tests.browser.manager import Manager
from tests.servers import Server

pytestmark = pytest.mark.browser

# Not whether its last line is in view, which has come only just: whether the box stands at its end.
AT_END = """() => {
  const {scrollHeight, scrollTop, clientHeight} = document.querySelector("[data-log-box]");
  return scrollHeight - scrollTop - clientHeight < clientHeight;
}"""
COUNT = re.compile(r"^[\d,]+ of [\d,]+$")


def write_log(server: Server, execution: dict[str, Any], stdout: bytes, stderr: bytes = b"") -> Path:
    """In place of what its program wrote."""
    directory = placement_directory(server.data_dir / "executions", execution["id"], 1)
    (directory / "stdout.log").write_bytes(stdout)
    (directory / "stderr.log").write_bytes(stderr)
    for left in ("times", "stdout.idx", "stderr.idx"):
        (directory / left).unlink(missing_ok=True)
    return directory


def numbered(count: int) -> bytes:
    return b"".join(b"line %d of the log\n" % number for number in range(1, count + 1))


def first_seen(page: Page) -> str:
    """The number of the first line in the box."""
    return str(
        page.evaluate(
            """() => {
              const {top} = document.querySelector("[data-log-box]").getBoundingClientRect();
              const lines = [...document.querySelectorAll(".log-line")];
              const seen = lines.find(line => line.getBoundingClientRect().bottom > top + 1);
              return seen.querySelector(".log-number").dataset.number ?? "";
            }"""
        )
    )


def test_executions_are_chosen_by_list_and_by_steps(desk: Manager) -> None:
    job = desk.make_job("choosing", "echo execution $CAPSULIER_JOB_EXECUTION")
    for _ in range(3):
        desk.finish(job)
    page = desk.go(f"/jobs/{job['id']}/logs")
    expect(page.locator(".log-box")).to_contain_text("execution 3")
    page.get_by_role("link", name="Execution 2, the one before").click()
    expect(page.locator(".log-box")).to_contain_text("execution 2")
    page.locator("#log-choose").click()
    page.locator(".log-choices").get_by_role("link", name="#1", exact=False).first.click()
    expect(page.locator(".log-box")).to_contain_text("execution 1")


def test_last_lines_or_all_of_it(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("last-or-full"))
    write_log(desk.server, execution, numbered(3000))
    page = desk.go(f"/executions/{execution['id']}")
    expect(page.get_by_text("line 3000 of the log")).to_be_in_viewport()
    page.locator("[data-log-box]").evaluate("box => { box.scrollTop = 0 }")
    expect(page.get_by_text("line 2501 of the log")).to_be_in_viewport()
    page.wait_for_timeout(300)
    assert page.get_by_text("line 2500 of the log").count() == 0
    page.get_by_role("link", name="Full", exact=True).click()
    expect(page.get_by_text("line 3000 of the log")).to_be_in_viewport()
    page.locator("[data-log-box]").press("Home")
    expect(page.get_by_text("line 1 of the log", exact=True)).to_be_in_viewport()


def test_scrolling_up_through_the_whole_log_leaves_no_line_out(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("whole"))
    write_log(desk.server, execution, numbered(3000))
    page = desk.go(f"/executions/{execution['id']}?show=full&stream=stdout")
    expect(page.get_by_text("line 3000 of the log")).to_be_in_viewport()
    seen: set[str] = set()
    for _ in range(400):
        seen |= set(
            page.evaluate(
                """() => {
                  const {top, bottom} = document.querySelector("[data-log-box]").getBoundingClientRect();
                  return [...document.querySelectorAll(".log-line")]
                    .filter(e => e.getBoundingClientRect().bottom > top && e.getBoundingClientRect().top < bottom)
                    .map(e => e.querySelector(".log-number").dataset.number);
                }"""
            )
        )
        if "1" in seen:
            break
        page.locator("[data-log-box]").evaluate("box => { box.scrollTop -= box.clientHeight * 0.9 }")
        page.wait_for_timeout(40)
    assert seen == {str(number) for number in range(1, 3001)}


def test_standard_error_and_both(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("streams", "echo good; sleep 0.3; echo bad >&2; sleep 0.3; echo again"))
    page = desk.go(f"/executions/{execution['id']}")
    expect(page.locator(".log-line .log-text")).to_have_text(["good", "bad", "again"])
    expect(page.locator(".log-line.log-stderr")).to_have_count(1)
    page.get_by_role("link", name="Standard", exact=True).click()
    expect(page.locator(".log-line .log-text")).to_have_text(["good", "again"])
    page.get_by_role("link", name="Error", exact=True).click()
    expect(page.locator(".log-line .log-text")).to_have_text(["bad"])


def test_both_logs_are_downloaded_as_separate_files(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("downloads", "echo good; echo bad >&2"))
    page = desk.go(f"/executions/{execution['id']}")
    for name, content in (("Download standard logs", "good\n"), ("Download error logs", "bad\n")):
        with page.expect_download() as downloading:
            page.get_by_role("link", name=name).click()
        assert Path(downloading.value.path()).read_text() == content
        assert "downloads" in downloading.value.suggested_filename


def test_a_live_log_is_followed_until_one_scrolls_up(desk: Manager) -> None:
    job = desk.make_job("following", "i=0; while [ $i -lt 4000 ]; do i=$((i+1)); echo tick $i; sleep 0.03; done")
    execution = desk.run_job(job)
    page = desk.go(f"/executions/{execution['id']}")
    follow = page.get_by_role("button", name="Follow", exact=True)
    see_more(page)
    expect(follow).to_have_attribute("aria-pressed", "true")
    page.locator("[data-log-box]").hover()
    page.mouse.wheel(0, -500)
    expect(follow).to_have_attribute("aria-pressed", "false")
    at = first_seen(page)
    page.wait_for_timeout(1000)  # more is written meanwhile
    assert first_seen(page) == at
    page.get_by_role("button", name="Jump to end").click()
    expect(follow).to_have_attribute("aria-pressed", "true")
    see_more(page)


def test_a_log_that_is_written_in_bursts_is_followed_though_no_answer_holds_a_whole_one(desk: Manager) -> None:
    """Following was given up whenever more had been written than one answer holds."""
    command = "for i in $(seq 400); do seq 3000; echo burst $i; sleep 0.3; done"
    execution = desk.run_job(desk.make_job("bursts", command))
    page = desk.go(f"/executions/{execution['id']}")
    follow = page.get_by_role("button", name="Follow", exact=True)
    expect(follow).to_have_attribute("aria-pressed", "true")
    page.evaluate(
        """() => {
          window.given_up = 0;
          const follow = document.querySelector("[data-log-follow]");
          const look = () => { window.given_up += follow.ariaPressed === "false" };
          new MutationObserver(look).observe(follow, {attributes: true});
        }"""
    )
    last = int(page.get_by_text(re.compile(r"^burst \d+$")).last.inner_text().split()[1])
    page.wait_for_function(
        """(enough) => [...document.querySelectorAll(".log-text")].some(
          ({textContent}) => textContent.startsWith("burst ") && Number(textContent.slice(6)) > enough)""",
        arg=last + 8,
    )
    page.wait_for_function(AT_END)
    assert page.evaluate("window.given_up") == 0


def see_more(page: Page) -> None:
    """More ticks than fill the box are written, and the last one is in view."""
    last = int(page.locator(".log-text").last.inner_text().split()[1])
    expect(page.get_by_text(f"tick {last + 60}", exact=True)).to_be_attached(timeout=30_000)
    page.wait_for_function(AT_END)


def test_every_line_of_a_live_log_gets_its_time_and_none_comes_twice(desk: Manager) -> None:
    command = "for i in $(seq 40); do printf 'out %s' $i; echo err $i >&2; sleep 0.03; echo; done; sleep 60"
    execution = desk.run_job(desk.make_job("timed", command))
    page = desk.go(f"/executions/{execution['id']}")
    page.get_by_role("button", name="Times").click()
    expect(page.get_by_text("out 40", exact=True)).to_be_visible()
    expect(page.locator(".log-line")).to_have_count(80)
    expect(page.locator(".log-line:has(.log-time:empty)")).to_have_count(0)
    written = page.locator(".log-text").all_inner_texts()
    assert [text for text in written if text.startswith("out")] == [f"out {number}" for number in range(1, 41)]
    assert [text for text in written if text.startswith("err")] == [f"err {number}" for number in range(1, 41)]


def test_the_first_line_shows_though_it_is_not_yet_complete(desk: Manager) -> None:
    job = desk.make_job("first-byte", "printf 'how far: 10 %%'; sleep 2; printf ' 20 %%'; sleep 60")
    execution = desk.run_job(job)
    page = desk.go(f"/executions/{execution['id']}")
    expect(page.locator(".log-text")).to_have_text(["how far: 10 %"])
    expect(page.locator(".log-text")).to_have_text(["how far: 10 % 20 %"])


def test_search_counts_all_of_the_log_and_goes_from_match_to_match(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("searching"))
    write_log(desk.server, execution, numbered(20_000))
    page = desk.go(f"/executions/{execution['id']}?stream=stdout")
    expect(page.get_by_text("line 20000 of the log")).to_be_in_viewport()
    page.keyboard.press("/")
    page.keyboard.type("LINE 1999")
    count = page.locator("[data-log-count]")
    expect(count).to_have_text("2 of 11")  # the nearest
    expect(page.locator("mark")).to_have_text(["line 1999"] * 10)  # the first is far above
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("1 of 11")
    expect(page.get_by_text("line 1999 of the log")).to_be_in_viewport()
    page.get_by_role("button", name="Next match").click()
    expect(count).to_have_text("2 of 11")
    expect(page.get_by_text("line 19990 of the log")).to_be_in_viewport()
    page.get_by_role("button", name="Match case").click()
    expect(count).to_have_text("No match")
    page.get_by_role("button", name="Match case").click()
    page.get_by_role("button", name="Regular expression").click()
    page.get_by_role("searchbox").fill("line [0-9]{5} ")
    expect(count).to_have_text(re.compile(" of 10,001$"))
    page.get_by_role("searchbox").fill("line (")
    expect(count).to_contain_text("cannot be searched for")


def test_lines_have_links_that_lead_to_them(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("linking"))
    write_log(desk.server, execution, numbered(20_000))
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = desk.go(f"/executions/{execution['id']}?stream=stdout#L120-L123")
    expect(page.get_by_text("line 120 of the log")).to_be_in_viewport()
    expect(page.locator(".is-chosen .log-text")).to_have_text(
        [f"line {number} of the log" for number in range(120, 124)]
    )
    page.get_by_role("link", name="Line 125", exact=True).click()
    page.get_by_role("link", name="Line 127", exact=True).click(modifiers=["Shift"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link to these lines is copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith(f"/executions/{execution['id']}?stream=stdout#L125-L127")


def test_the_numbers_of_lines_are_reached_and_chosen_by_keyboard(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("numbers-by-keyboard"))
    write_log(desk.server, execution, numbered(1000))
    page = desk.go(f"/executions/{execution['id']}")
    expect(page.get_by_text("line 1000 of the log")).to_be_in_viewport()
    page.get_by_role("region", name="Lines of the log").focus()
    first = int(first_seen(page))
    expect(page.locator(f"[data-number='{first}']")).to_have_attribute("tabindex", "0")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=f"Line {first}", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"#L{first + 1}$"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    expect(page).to_have_url(re.compile(rf"#L{first + 1}-L{first + 3}$"))
    expect(page.locator(".is-chosen")).to_have_count(3)
    assert len(page.context.pages) == 1
    assert page.locator(".log-number[tabindex='0']").count() == 1


def test_a_line_of_the_job_s_page_leads_to_the_same_line_of_the_whole_log(desk: Manager) -> None:
    job = desk.make_job("part-of-a-log", "seq 1 30")
    execution = desk.finish(job)
    page = desk.go(f"/jobs/{job['id']}")
    page.get_by_role("link", name="Line 29").click()
    page.wait_for_url(f"**/executions/{execution['id']}?stream=both#L29")
    expect(page.locator(".is-chosen .log-text")).to_have_text("29")


def test_colours_and_what_is_no_text(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("colours"))
    text = (
        b"\x1b[1;31mred\x1b[0m \x1b[38;5;208morange\x1b[0m \x1b[38;2;1;2;3mrgb\x1b[0m\n10%\r99%\n\xff\x00<b>bold</b>\n"
    )
    write_log(desk.server, execution, text)
    page = desk.go(f"/executions/{execution['id']}")
    expect(page.locator(".log-text")).to_have_text(["red orange rgb", "99%", "�␀<b>bold</b>"])
    expect(page.get_by_text("red", exact=True)).to_have_class("ansi-bold ansi-1")
    expect(page.get_by_text("orange", exact=True)).to_have_css("--own", "rgb(255 135 0)")
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_text("rgb", exact=True)).to_have_css("color", re.compile(r"^oklch\(0.72 "))


def test_times_and_wrapping_are_switched_on_and_stay(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("switches", "echo now; sleep 0.3; head -c 3000 /dev/zero | tr '\\0' x"))
    page = desk.go(f"/executions/{execution['id']}")
    box = page.locator("[data-log-box]")
    expect(page.locator(".log-time").first).to_be_hidden()
    page.get_by_role("button", name="Times").click()
    expect(page.locator(".log-time").first).to_have_text(re.compile(r"^\d\d:\d\d:\d\d\.\d$"))
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    page.get_by_role("button", name="Wrap").click()
    page.reload()
    expect(page.locator(".log-time").first).to_be_visible()
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_a_line_of_50_mb_is_shown_in_pieces(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("one-line"))
    write_log(desk.server, execution, b"begin " + b"x" * 50_000_000 + b"\nend of it\n")
    page = desk.go(f"/executions/{execution['id']}?stream=stdout")
    expect(page.get_by_text("end of it")).to_be_in_viewport()
    expect(page.locator(".log-text").first).to_contain_text("begin xxx")
    more = page.get_by_role("button", name="MB more")
    drawn = page.locator(".log-text").first.inner_text()
    more.click()  # what was delivered
    more.click()  # the next piece from the server
    expect(more).to_be_enabled()
    assert len(page.locator(".log-text").first.inner_text()) > len(drawn) + 100_000
    assert page.evaluate("document.querySelectorAll('.log-line').length") == 2


@pytest.mark.long
def test_a_log_of_a_gigabyte_opens_at_its_end_and_any_line_of_it_is_reached(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("gigabyte"))
    directory = write_log(desk.server, execution, b"")
    block = b"".join(b"%09d the quick brown fox jumps over the lazy dog\n" % number for number in range(100_000))
    with (directory / "stdout.log").open("wb") as log:
        while log.tell() < 1_000_000_000:
            log.write(block)
    lines = (directory / "stdout.log").stat().st_size // len(block) * 100_000
    page = desk.go(f"/executions/{execution['id']}?stream=stdout&show=full")
    expect(page.get_by_text("000099999 the quick")).to_be_in_viewport()
    expect(page.locator(f"[data-number='{lines}']")).to_be_visible()
    page.locator("[data-log-box]").evaluate("box => { box.scrollTop = box.scrollHeight / 2 }")
    page.wait_for_timeout(1000)
    assert abs(int(first_seen(page)) - lines / 2) < lines / 100
    page.locator("[data-log-box]").press("Home")
    expect(page.get_by_role("link", name="Line 1", exact=True)).to_be_visible()
    page.get_by_role("searchbox").fill("000012345 the")
    expect(page.locator("[data-log-count]")).to_have_text(f"1 of {lines // 100_000}")
    assert page.evaluate("document.querySelectorAll('.log-line').length") < 3000


def test_without_scripts_the_last_lines_are_there_with_links_to_the_rest(desk: Manager) -> None:
    execution = desk.finish(desk.make_job("plain", "echo plainly; echo wrong >&2"))
    desk.page.route("**/*.js", lambda route: route.abort())
    page = desk.go(f"/executions/{execution['id']}")
    expect(page.get_by_text("plainly")).to_be_visible()
    expect(page.get_by_text("wrong")).to_be_visible()
    assert page.get_by_role("link", name="Download error logs").get_attribute("href")


def test_on_a_phone_the_tools_fold_into_one_button_and_lines_wrap(pocket: Manager) -> None:
    job = pocket.make_job("pocket-log", "head -c 500 /dev/zero | tr '\\0' x; echo; echo end")
    execution = pocket.finish(job)
    page = pocket.go(f"/executions/{execution['id']}")
    expect(page.get_by_text("end", exact=True)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("[data-log-box]").evaluate("box => box.scrollWidth <= box.clientWidth")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    page.get_by_role("button", name="Tools of the log").tap()
    page.get_by_role("searchbox").fill("end")
    expect(page.locator("[data-log-count]")).to_have_text("1 of 1")
