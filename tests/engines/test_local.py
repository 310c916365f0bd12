"""What the local engine's way of starting programs promises."""

import errno
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from capsulier.core.launch import Limits, PlacedFile
from capsulier.core.reasons import Reason
from capsulier.engines.local import LocalEngine
from capsulier.engines.local.paths import directory_of
from capsulier.engines.local.spawn import keep_wrapper
from capsulier.engines.local.times import RECORD, append_times, last_sizes
from capsulier.engines.protocol import Handle, Phase
from tests.engines.conformance.kit import NewEngine
from tests.engines.local import OnLocal
from tests.engines.watched import Watched, until

OPEN_FILES = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
"""Read before any engine is started."""


def times_of(place: Path, handle: Handle) -> list[tuple[int, ...]]:
    file = directory_of(place, handle["name"]) / "times"
    return list(RECORD.iter_unpack(file.read_bytes())) if file.exists() else []


class TestSpawning(OnLocal):
    async def test_descriptor_one_is_the_log_file_itself(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit(
            "readlink /proc/self/fd/1; readlink /proc/self/fd/2; stat -L -c %F /proc/self/fd/0"
        )
        await watched.end_of(handle)
        directory = directory_of(place, handle["name"])
        seen = (await self.read_log(place, handle, "stdout")).decode().splitlines()
        assert seen == [f"{directory}/stdout.log", f"{directory}/stderr.log", "character special file"]

    async def test_the_command_has_a_session_without_a_terminal(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("read -r line </proc/$$/stat; echo $line")
        await watched.end_of(handle)
        fields = (await self.read_log(place, handle, "stdout")).split()
        assert fields[3] == fields[5], "the session is the wrapper's"
        assert int(fields[5]) != os.getsid(0)
        assert fields[6] == b"0"

    async def test_programs_get_the_limit_of_open_files_that_we_were_started_with(
        self, watched: Watched, place: Path
    ) -> None:
        handle = await watched.submit("ulimit -S -n")
        await watched.end_of(handle)
        assert int(await self.read_log(place, handle, "stdout")) == OPEN_FILES

    async def test_cpus_are_shared_out_to_the_least_used(self, watched: Watched, place: Path) -> None:
        if len(os.sched_getaffinity(0)) < 2:
            pytest.skip("one processor only")
        command = "grep Cpus_allowed_list /proc/self/status; sleep 60"
        handles = [await watched.submit(command, limits=Limits(cpus=0.5)) for _ in range(2)]
        for handle in handles:
            await self.wait_for_output(place, handle, b"\n")
        seen = {(await self.read_log(place, handle, "stdout")).split()[1] for handle in handles}
        assert len(seen) == 2
        assert len(os.sched_getaffinity(0)) >= 2, "we keep our own"
        for handle in handles:
            await watched.engine.stop(handle, force=True)
            await watched.end_of(handle)

    async def test_a_missing_shell_is_an_error_of_the_engine(self, tmp_path: Path) -> None:
        watched = await Watched(LocalEngine(tmp_path, shell="/no/such/shell")).start()
        standing = await watched.run(":")
        assert (standing.phase, standing.reason) == (Phase.ENDED, Reason.ENGINE)
        assert "No such file" in standing.detail
        await watched.engine.close()

    async def test_a_command_longer_than_the_system_takes_is_an_error_of_the_engine(self, watched: Watched) -> None:
        standing = await watched.run(": " + "x" * 200_000)
        assert standing.reason is Reason.ENGINE
        assert "longer" in standing.detail

    @pytest.mark.parametrize("facts", [{"command": "echo \0"}, {"command": ":", "env": {"A=B": "1"}}])
    async def test_what_no_process_can_be_given_is_an_error_of_the_engine(
        self, watched: Watched, facts: dict[str, Any]
    ) -> None:
        assert (await watched.run(**facts)).reason is Reason.ENGINE

    async def test_no_descriptor_left_to_watch_with_costs_no_end(
        self, watched: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused = iter([OSError(errno.EMFILE, "Too many open files")] * 2)
        pidfd_open = os.pidfd_open

        def refuse_twice(pid: int) -> int:
            for error in refused:
                raise error
            return pidfd_open(pid)

        monkeypatch.setattr(os, "pidfd_open", refuse_twice)
        assert (await watched.run("sleep 1.2; exit 4")).exit_code == 4
        assert next(refused, None) is None

    async def test_a_command_may_remove_its_own_directory(self, watched: Watched, place: Path) -> None:
        standing = await watched.run("rm -rf ../../*; exit 4")
        assert (standing.phase, standing.exit_code) == (Phase.ENDED, 4)

    async def test_no_zombie_and_no_descriptor_is_left(self, watched: Watched) -> None:
        before = psutil.Process().num_fds()
        others = psutil.Process().children()  # servers of other tests
        for _ in range(20):
            await watched.run(":")
        assert psutil.Process().num_fds() == before
        assert psutil.Process().children() == others


class TestTimes(OnLocal):
    async def test_the_index_says_when_which_bytes_were_there(self, watched: Watched, place: Path) -> None:
        before_us = time.time_ns() // 1000
        handle = await watched.submit("echo 12345; sleep 0.7; echo 12 >&2; sleep 0.7; echo 123")
        await watched.end_of(handle)
        records = times_of(place, handle)
        assert [sizes for _, *sizes in records] == [[6, 0], [6, 3], [10, 3]]
        seconds = [(at_us - before_us) / 1e6 for at_us, *_ in records]
        assert seconds[1] - seconds[0] == pytest.approx(0.7, abs=0.1)
        assert seconds[2] - seconds[1] == pytest.approx(0.7, abs=0.1)

    async def test_it_goes_on_where_an_earlier_process_stopped(self, new_engine: NewEngine, place: Path) -> None:
        first = await new_engine()
        launch_env = {"HERE": str(place.parent)}
        handle = await first.submit('echo one; until [ -e "$HERE/go" ]; do sleep 0.02; done; echo two', env=launch_env)
        await until(lambda: times_of(place, handle))
        await first.engine.close()
        (place.parent / "go").touch()
        await self.wait_for_output(place, handle, b"two")
        second = await new_engine()
        await second.engine.stop(handle)  # finds it by its name
        await until(lambda: [sizes for _, *sizes in times_of(place, handle)] == [[4, 0], [8, 0]])

    def test_an_incomplete_record_is_written_over(self, place: Path) -> None:
        place.mkdir()
        append_times(str(place), 1, (10, 0))
        with (place / "times").open("ab") as times:
            times.write(b"torn")
        assert last_sizes(str(place)) == (10, 0)
        append_times(str(place), 2, (10, 5))
        assert list(RECORD.iter_unpack((place / "times").read_bytes())) == [(1, 10, 0), (2, 10, 5)]

    async def test_a_log_that_its_program_truncates_is_noticed(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("echo 123456789; sleep 0.5; echo 12 >/dev/stdout; sleep 0.5; echo 345")
        await watched.end_of(handle)
        assert [sizes[0] for _, *sizes in times_of(place, handle)] == [10, 3, 7]
        assert await self.read_log(place, handle, "stdout") == b"12\n345\n"


class TestFullDisk(OnLocal):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Iterator[Path]:
        """A file system of 260 KiB."""
        place = tmp_path / "place"
        place.mkdir(exist_ok=True)
        if os.system(f"mount -t tmpfs -o size=260k,nr_inodes=25 capsulier-test {place} 2>/dev/null"):
            pytest.skip("may not mount")
        yield place
        os.system(f"umount -l {place}")

    async def test_a_package_that_does_not_fit_says_that_the_disk_is_full(
        self, watched: Watched, place: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "large").write_bytes(bytes(1_000_000))
        standing = await watched.run(":", files=(PlacedFile(str(tmp_path / "large"), "large.zip", "", 1_000_000),))
        assert (standing.phase, standing.reason, standing.detail) == (Phase.ENDED, Reason.SETUP, "the disk is full")

    async def test_a_disk_that_fills_up_meanwhile_costs_no_exit_code(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("cat /dev/zero >&2; cat /dev/zero; exit 6")
        assert (await watched.end_of(handle)).exit_code == 6
        later = await Watched(LocalEngine(place)).start()
        assert (await later.engine.poll([handle]))[handle["name"]].exit_code == 6
        await later.engine.close()

    async def test_no_room_for_another_execution_is_told_and_nothing_runs(
        self, watched: Watched, place: Path, here: dict[str, str], tmp_path: Path
    ) -> None:
        (place / "filler").write_bytes(b"")
        with (place / "filler").open("ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass
        standing = await watched.run('touch "$HERE/ran"', env=here)
        assert (standing.phase, standing.reason, standing.detail) == (Phase.ENDED, Reason.SETUP, "the disk is full")
        assert not (tmp_path / "ran").exists()


def test_the_wrapper_that_runs_is_kept_beside_the_executions_whatever_an_upgrade_installs(tmp_path: Path) -> None:
    kept = Path(keep_wrapper(tmp_path))
    assert kept.parent == tmp_path
    assert "printf" in kept.read_text()
    assert keep_wrapper(tmp_path) == str(kept)
    assert list(tmp_path.iterdir()) == [kept]
