"""What a program finds and what is kept of it."""

import hashlib
import sys
import time
from pathlib import Path

import pytest

from capsulier.core.launch import PlacedFile
from capsulier.core.reasons import Reason
from capsulier.engines.protocol import Phase
from tests.engines.conformance.kit import Kit
from tests.engines.watched import PATH, Watched


class Running(Kit):
    async def test_streams_are_kept_apart_and_byte_for_byte(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit(r"printf 'out\377\000\r\n\303'; printf 'err\376' >&2")
        await watched.end_of(handle)
        assert await self.read_log(place, handle, "stdout") == b"out\xff\x00\r\n\xc3"
        assert await self.read_log(place, handle, "stderr") == b"err\xfe"

    async def test_a_program_that_succeeds_ends_with_zero(self, watched: Watched) -> None:
        before_us = time.time_ns() // 1000
        standing = await watched.run(":")
        assert (standing.phase, standing.exit_code, standing.reason) == (Phase.ENDED, 0, Reason.EXIT)
        assert standing.started_us is not None
        assert standing.ended_us is not None
        assert before_us - 50_000 <= standing.started_us <= standing.ended_us <= time.time_ns() // 1000 + 50_000

    @pytest.mark.parametrize("code", [1, 3, 74, 75, 127, 200, 255])
    async def test_an_exit_code_is_the_programs_own(self, watched: Watched, code: int) -> None:
        standing = await watched.run(f"exit {code}")
        assert (standing.exit_code, standing.signal, standing.reason) == (code, None, Reason.EXIT)

    async def test_a_signal_is_told_from_an_exit(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("kill -SEGV $$")
        standing = await watched.end_of(handle)
        assert (standing.exit_code, standing.signal, standing.reason) == (139, 11, Reason.SIGNAL)
        assert await self.read_log(place, handle, "stderr") == b"", "the wrapper keeps its words to itself"

    async def test_running_is_told_before_the_end_and_each_once(self, watched: Watched) -> None:
        handle = await watched.submit("exit 1")
        await watched.end_of(handle)
        assert [each.phase for each in watched.told[handle["name"]]] == [Phase.RUNNING, Phase.ENDED]

    async def test_an_unknown_command_exits_127_and_its_error_log_says_so(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("no-such-program --at-all")
        assert (await watched.end_of(handle)).exit_code == 127
        assert b"no-such-program" in await self.read_log(place, handle, "stderr")

    async def test_the_program_sees_its_launch_s_environment_and_nothing_of_ours(
        self, watched: Watched, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OF_THE_SERVER", "secret")
        given = {"A": "two\nlines  and “quotes'", "EMPTY": "", "IFS": ":", "PS4": "x", "code": "17", "1": "one"}
        dump = f"exec {sys.executable} -c 'import os; print(dict(os.environ))'"
        handle = await watched.submit(dump, env=given)
        await watched.end_of(handle)
        seen = eval(await self.read_log(place, handle, "stdout"))
        added = {
            name
            for name in seen
            if name.startswith("CAPSULIER_") or name in ("PWD", "OLDPWD", "_", "SHLVL", "LC_CTYPE")
        }
        expected = PATH | given
        del expected["1"]  # No shell hands on what is no name to it.
        expected["IFS"] = seen.get("IFS", ":")
        assert {name: seen[name] for name in seen if name not in added} | {"IFS": expected["IFS"]} == expected

    async def test_the_program_starts_with_default_signals_and_three_descriptors(
        self, watched: Watched, place: Path
    ) -> None:
        handle = await watched.submit("grep -E 'Sig(Blk|Ign)' /proc/self/status; exec ls /proc/self/fd")
        await watched.end_of(handle)
        lines = (await self.read_log(place, handle, "stdout")).decode().splitlines()
        of_the_c_library = 1 << 31 | 1 << 32
        assert [int(line.split()[1], 16) & ~of_the_c_library for line in lines[:2]] == [0, 0]
        assert lines[2:] == ["0", "1", "2", "3"], "the last is that of ls itself"

    async def test_a_package_stands_in_the_working_directory_under_its_name(
        self, watched: Watched, place: Path, tmp_path: Path
    ) -> None:
        source = tmp_path / "3f2a"
        source.write_bytes(content := b"a,b\n" * 100_000)
        file = PlacedFile(str(source), "data-1.2.csv", hashlib.sha256(content).hexdigest(), len(content))
        handle = await watched.submit("ls; wc -c <data-1.2.csv; echo more >>data-1.2.csv", files=(file,))
        assert (await watched.end_of(handle)).exit_code == 0
        assert (await self.read_log(place, handle, "stdout")).split() == [b"data-1.2.csv", b"400000"]
        assert source.read_bytes() == content, "a program may write into its own copy only"

    async def test_a_missing_package_is_a_failed_setup(self, watched: Watched) -> None:
        standing = await watched.run(":", files=(PlacedFile("/nowhere/3f2a", "a.zip", "", 3),))
        assert (standing.phase, standing.reason) == (Phase.ENDED, Reason.SETUP)
        assert "a.zip" in standing.detail

    async def test_a_damaged_package_is_a_failed_setup(self, watched: Watched, tmp_path: Path) -> None:
        (tmp_path / "half").write_bytes(b"12")
        standing = await watched.run(":", files=(PlacedFile(str(tmp_path / "half"), "a.zip", "", 3),))
        assert standing.reason is Reason.SETUP
        assert "damaged" in standing.detail

    async def test_two_hundred_at_once_all_end_with_their_own_code(self, watched: Watched) -> None:
        handles = [await watched.submit(f"sleep 0.5; exit {number % 100}") for number in range(200)]
        ends = [await watched.end_of(handle, within_s=40) for handle in handles]
        assert [standing.exit_code for standing in ends] == [number % 100 for number in range(200)]

    async def test_it_has_nodes_and_counts_what_runs_there(self, watched: Watched) -> None:
        handle = await watched.submit("sleep 60")
        await watched.hear(handle, Phase.RUNNING)
        nodes = await watched.engine.nodes()
        assert sum(node.executions for node in nodes) == 1
        assert all(node.cpus > 0 and node.memory_bytes > 0 for node in nodes)
        await watched.engine.stop(handle, force=True)
        await watched.end_of(handle)
