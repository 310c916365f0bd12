"""The local engine as root, running placements as other accounts of the machine."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from capsulier.core.launch import Launch, PlacedFile, Step
from capsulier.core.reasons import Reason
from capsulier.engines.local import LocalEngine
from capsulier.engines.local.accounts import NO_ROOT, seal
from capsulier.engines.local.paths import directory_of
from capsulier.engines.protocol import Engine, Handle, Phase
from tests.engines.accounts import DAEMON, NOBODY, a_passable_directory, as_root
from tests.engines.conformance import EngineConformance
from tests.engines.local import OnLocal, alive
from tests.engines.watched import Watched, a_launch

pytestmark = as_root


class AsNobody(LocalEngine):
    """Runs everything as nobody, and with the system's Python: that of the tests may lie where nobody can go."""

    async def submit(self, launch: Launch) -> Handle:
        command = launch.command.replace(sys.executable, "/usr/bin/python3")
        return await super().submit(replace(launch, command=command, run_as=NOBODY))


class TestConformance(OnLocal, EngineConformance):
    """The same tests as for jobs that run as we do."""

    @pytest.fixture
    def tmp_path(self) -> Iterator[Path]:
        with a_passable_directory(NOBODY) as path:
            yield path

    def make_engine(self, place: Path) -> Engine:
        return AsNobody(place)


class TestRunAs(OnLocal):
    @pytest.fixture
    def tmp_path(self) -> Iterator[Path]:
        with a_passable_directory() as path:
            yield path

    async def said(self, watched: Watched, place: Path, command: str, **facts: object) -> str:
        """What a command wrote, which ended well."""
        handle = await watched.submit(command, **{"run_as": NOBODY, **facts})
        standing = await watched.end_of(handle)
        errors = (await self.read_log(place, handle, "stderr")).decode()
        assert (standing.reason, standing.exit_code) == (Reason.EXIT, 0), f"{standing}\n{errors}"
        return (await self.read_log(place, handle, "stdout")).decode()

    async def test_steps_and_command_have_its_user_and_its_groups(self, watched: Watched, place: Path) -> None:
        steps = (Step("Look", "id -u >step; id -G >>step"),)
        said = await self.said(watched, place, "cat step; id -u; id -ru; id -g; id -G", steps=steps)
        uid, gid = str(NOBODY.uid), str(NOBODY.gid)
        assert said.splitlines() == [uid, f"{gid} 4242", uid, uid, gid, f"{gid} 4242"]

    async def test_it_has_no_capability_left(self, watched: Watched, place: Path) -> None:
        said = await self.said(watched, place, "grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status")
        assert {line.split()[1] for line in said.splitlines()} == {"0" * 16}

    async def test_it_has_its_variables_and_no_descriptor_of_ours(self, watched: Watched, place: Path) -> None:
        hard = 'it\'s "a" $value `with` \\ all\nof it \u00e4\x81\x88'
        said = await self.said(
            watched, place, 'printf %s "$HARD"; printf "|%s|" "$UID2"; ls /proc/$$/fd', env={"HARD": hard}
        )
        value, _, descriptors = said.split("|")
        assert value == hard
        assert descriptors.split() == ["0", "1", "2"]

    async def test_what_its_variables_have_programs_load_is_loaded_by_no_root(
        self, watched: Watched, place: Path
    ) -> None:
        """Were it given to the wrapper, the loader would say so in its own voice for each process."""
        handle = await watched.submit("true", run_as=NOBODY, env={"LD_PRELOAD": "/no/such/library.so"})
        assert (await watched.end_of(handle)).exit_code == 0
        errors = await self.read_log(place, handle, "stderr")
        assert errors.count(b"cannot be preloaded") == 1, "only the program itself was started with it"

    async def test_it_writes_its_directory_and_its_logs_by_name(self, watched: Watched, place: Path) -> None:
        command = 'echo a >"$PWD/file"; cat "$PWD/file"; echo b >>/dev/stdout; echo c >>"$PWD/../stdout.log"; pwd'
        assert (await self.said(watched, place, command)).splitlines()[:3] == ["a", "b", "c"]

    async def test_its_package_is_its_own(self, watched: Watched, place: Path, tmp_path: Path) -> None:
        (tmp_path / "package").write_text("of the job\n")
        (tmp_path / "package").chmod(0o600)
        files = (PlacedFile(str(tmp_path / "package"), "a.txt", "", 11),)
        assert await self.said(watched, place, "cat a.txt; echo more >>a.txt; stat -c %U a.txt", files=files) == (
            "of the job\nnobody\n"
        )

    async def test_of_others_it_can_read_and_list_nothing(self, watched: Watched, place: Path) -> None:
        ours = await watched.submit("echo of the server >file; echo logged")
        theirs = await watched.submit("echo of daemon >file; echo logged", run_as=DAEMON)
        for handle in (ours, theirs):
            await watched.end_of(handle)
        places = [str(directory_of(place, handle["name"])) for handle in (ours, theirs)]
        command = """
            for file in $(printf '%s/work/file %s/stdout.log %s/claim ' $A $A $A $B $B $B); do
                if cat "$file"; then echo "READ $file"; fi
                if echo x >>"$file"; then echo "WROTE $file"; fi
            done
            for directory in .. ../.. ../../.. $A $A/work $B $B/work; do
                if ls $directory; then echo "LISTED $directory"; fi
                if touch $directory/mine; then echo "MADE in $directory"; fi
            done
            for file in ../claim ../times ../ended_by; do
                if echo x >$file || rm $file; then echo "TOUCHED $file"; fi
            done
            mv ../stdout.log ../work/x; rm ../stderr.log
            echo nothing"""
        said = await self.said(watched, place, command, env={"A": places[0], "B": places[1]})
        assert said == "nothing\n"

    async def test_what_was_there_before_is_closed_when_the_first_account_passes(
        self, watched: Watched, place: Path
    ) -> None:
        launch = a_launch("cat $OLD $FILE || echo closed", run_as=NOBODY)
        old, file = directory_of(place, launch.name).with_name("900-1"), place / "boot"
        old.mkdir(parents=True)
        (old / "stdout.log").write_text("of the past")
        file.write_text("of the past")
        for each in (old, old.parent, place):
            each.chmod(0o755)
        env = {"OLD": str(old / "stdout.log"), "FILE": str(file)}
        handle = await watched.engine.submit(replace(launch, environment=launch.environment | env))
        await watched.end_of(handle)
        assert await self.read_log(place, handle, "stdout") == b"closed\n"

    async def test_its_wrapper_is_not_its_to_end(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("kill -KILL $PPID || echo no; kill -KILL 0", run_as=NOBODY)
        standing = await watched.end_of(handle)
        assert (standing.phase, standing.signal) == (Phase.ENDED, 9)
        assert await self.read_log(place, handle, "stdout") == b"no\n"

    async def test_a_stop_reaches_what_left_its_session(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("setsid sleep 300 & setsid sleep 300 & echo ready; wait", run_as=NOBODY)
        await self.wait_for_output(place, handle, b"ready")
        assert {each.uids().real for each in alive(place, handle) if each.name() == "sleep"} == {NOBODY.uid}
        await watched.engine.stop(handle)
        await watched.end_of(handle)
        assert not alive(place, handle)

    async def test_a_directory_that_it_may_not_pass_is_named(self, tmp_path: Path) -> None:
        barred = tmp_path / "barred"
        barred.mkdir(mode=0o700)
        watched = await Watched(LocalEngine(barred / "place")).start()
        standing = await watched.run("true", run_as=NOBODY)
        assert (standing.phase, standing.reason) == (Phase.ENDED, Reason.SETUP)
        assert standing.detail.startswith(f"“nobody” may not pass {barred}, on the way")
        barred.chmod(0o711)
        assert (await watched.run("true", run_as=NOBODY)).exit_code == 0, "and is asked for again"
        await watched.engine.close()

    async def test_root_is_no_other_account(self, watched: Watched) -> None:
        standing = await watched.run("true", run_as=replace(NOBODY, name="toor", uid=0))
        assert "is root" in standing.detail

    async def test_who_is_not_root_says_that_it_cannot(self, watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: NOBODY.uid)
        standing = await watched.run("true", run_as=NOBODY)
        assert (standing.reason, standing.detail) == (Reason.SETUP, NO_ROOT)

    async def test_others_see_no_value_of_it(self, watched: Watched, place: Path) -> None:
        handle = await watched.submit("echo ready; sleep 300", run_as=NOBODY, env={"TOKEN": "of-nobody-alone"})
        await self.wait_for_output(place, handle, b"ready")
        command = """
            if grep -l of-nobody-alon[e] /proc/*/environ /proc/*/cmdline; then echo SEEN; fi
            for file in /proc/*/fd/5; do if cat $file; then echo "READ $file"; fi; done; echo nothing"""
        assert await self.said(watched, place, command, run_as=DAEMON) == "nothing\n"
        await watched.engine.stop(handle, force=True)
        await watched.end_of(handle)

    async def test_a_later_leader_finds_it_again(self, new_engine: object, place: Path) -> None:
        first = await Watched(LocalEngine(place)).start()
        launch = a_launch("echo ready; sleep 300", run_as=NOBODY)
        handle = await first.engine.submit(launch)
        await self.wait_for_output(place, handle, b"ready")
        await first.engine.close()
        second = await Watched(LocalEngine(place)).start()
        standings = await second.engine.recover([(replace(launch, run_as=None, command=""), handle)])
        assert standings[launch.name].phase is Phase.RUNNING
        assert second.engine._roll.live[launch.name].pid in psutil.pids()  # type: ignore[attr-defined]
        await second.engine.stop(handle, force=True)
        assert (await second.end_of(handle)).signal == 9
        await second.engine.close()


@pytest.mark.parametrize("environment", [{"A": "x" * 131_072}, {"A": "a\0b"}, {"A=": "x"}, {"": "x"}])
def test_an_environment_that_no_program_could_be_given_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises((OSError, ValueError)):
        seal(environment, NOBODY)
