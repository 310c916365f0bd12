"""Following a log delivers every byte once, while and after it is written."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from capsulier.logs import follow as following
from capsulier.logs.follow import Chunk, follow
from capsulier.logs.mask import Masker
from capsulier.logs.source import LogFile
from tests.logs.naive import unmasked

PAUSE_S = 0.01


def after(*answers: bool) -> Callable[[], Awaitable[bool]]:
    """Says these one after the other, and from then on that the execution has ended."""
    left = list(answers)

    async def ended() -> bool:
        return left.pop(0) if left else True

    return ended


async def never() -> bool:
    return False


async def take(chunks: AsyncIterator[Chunk]) -> Chunk:
    return await asyncio.wait_for(anext(chunks), timeout=10)


async def test_what_a_running_program_writes_arrives_whole_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "stdout.log"
    program = "import sys\nfor n in range(20000):\n  print('line', n, flush=n % 100 == 0)\n"
    with path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=log)

    async def ended() -> bool:
        return process.returncode is not None

    received = b""
    async for chunk in follow(unmasked(path), 0, ended, pause_s=PAUSE_S):
        assert chunk.offset == len(received)
        assert len(chunk.data) <= following.CHUNK_BYTES
        received += chunk.data
    assert received == path.read_bytes()
    assert received.endswith(b"line 19999\n")


async def test_a_new_byte_arrives_while_the_program_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "stdout.log"
    program = f"exec > {path}; echo one; read go; echo two; read go"
    process = await asyncio.create_subprocess_exec("sh", "-c", program, stdin=asyncio.subprocess.PIPE)
    assert process.stdin
    try:
        async with aclosing(follow(unmasked(path), 0, never)) as chunks:
            assert await take(chunks) == Chunk(0, b"one\n")
            asked_at = time.monotonic()
            process.stdin.write(b"go\n")
            assert await take(chunks) == Chunk(4, b"two\n")
            assert time.monotonic() - asked_at < 1
    finally:
        process.kill()
        await process.wait()


async def test_a_log_that_does_not_exist_yet_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "stdout.log"
    async with aclosing(follow(unmasked(path), 0, never, pause_s=PAUSE_S)) as chunks:
        waiting = asyncio.create_task(take(chunks))
        await asyncio.wait([waiting], timeout=5 * PAUSE_S)
        assert not waiting.done()
        path.write_bytes(b"there")
        assert await waiting == Chunk(0, b"there")


async def test_an_execution_that_ended_without_a_log_has_nothing_to_follow(tmp_path: Path) -> None:
    chunks = follow(unmasked(tmp_path / "stdout.log"), 0, after(False, False), pause_s=PAUSE_S)
    assert [chunk async for chunk in chunks] == []


async def test_what_was_written_just_before_the_end_is_delivered(tmp_path: Path) -> None:
    path = tmp_path / "stdout.log"
    path.write_bytes(b"")

    async def writes_and_ends() -> bool:
        path.write_bytes(b"last words")
        return True

    assert [chunk async for chunk in follow(unmasked(path), 0, writes_and_ends)] == [Chunk(0, b"last words")]


async def test_following_begins_where_one_stopped_reading(tmp_path: Path) -> None:
    (tmp_path / "stdout.log").write_bytes(b"0123456789")
    assert [chunk async for chunk in follow(unmasked(tmp_path / "stdout.log"), 4, after())] == [Chunk(4, b"456789")]


async def test_a_long_backlog_comes_in_bounded_chunks(tmp_path: Path) -> None:
    path = tmp_path / "stdout.log"
    path.write_bytes(bytes(range(256)) * 8192)
    chunks = [chunk async for chunk in follow(unmasked(path), 0, after())]
    assert max(len(chunk.data) for chunk in chunks) == 64 * 1024
    assert b"".join(chunk.data for chunk in chunks) == path.read_bytes()


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_program_that_begins_its_log_anew_is_noticed(tmp_path: Path, replaced: bool) -> None:
    path = tmp_path / "stdout.log"
    path.write_bytes(b"a long beginning")
    async with aclosing(follow(unmasked(path), 0, never, pause_s=PAUSE_S)) as chunks:
        assert await take(chunks) == Chunk(0, b"a long beginning")
        if replaced:
            (tmp_path / "new").write_bytes(b"another and longer beginning")
            (tmp_path / "new").replace(path)
        else:
            path.write_bytes(b"anew")
        assert await take(chunks) == Chunk(0, b"", restarted=True)
        assert (await take(chunks)).data == path.read_bytes()


async def test_a_secret_value_written_in_two_halves_never_shows(tmp_path: Path) -> None:
    path = tmp_path / "stdout.log"
    path.write_bytes(b"is hunt")
    async with aclosing(follow(LogFile(path, Masker([b"hunter22"])), 0, never, pause_s=PAUSE_S)) as chunks:
        assert await take(chunks) == Chunk(0, b"is ")
        with path.open("ab") as log:
            log.write(b"er22, hu")
        assert await take(chunks) == Chunk(3, b"********, ")
        with path.open("ab") as log:
            log.write(b"t")
        assert await take(chunks) == Chunk(13, b"hut")


async def test_what_was_held_back_is_delivered_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "stdout.log"
    path.write_bytes(b"is hun")
    chunks = [chunk async for chunk in follow(LogFile(path, Masker([b"hunter22"])), 0, after())]
    assert chunks == [Chunk(0, b"is "), Chunk(3, b"hun")]
