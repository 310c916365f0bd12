"""Whose turn it is: nobody beyond a limit, nobody forgotten, and no long queue in front of a short one."""

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.fair import Head, choose


@st.composite
def queues(draw: st.DrawFn) -> list[Head]:
    """Heads as the ledger reads them: each job's in the order of its queue."""
    jobs = [
        (job_id, draw(st.integers(1, 2)), draw(st.integers(0, 3)), draw(st.none() | st.integers(1, 3)))
        for job_id in range(draw(st.integers(0, 5)))
    ]
    heads: list[Head] = []
    for execution_id in range(draw(st.integers(0, 20))) if jobs else ():
        job_id, platform_id, at_work, most = draw(st.sampled_from(jobs))
        heads.append(Head(execution_id, job_id, platform_id, at_work, most, alone=draw(st.booleans())))
    return sorted(heads, key=lambda head: (head.job_id, head.execution_id))


rooms = st.fixed_dictionaries({}, optional={1: st.integers(-1, 6), 2: st.integers(-1, 6)})


@given(queues(), rooms, st.integers(0, 12))
def test_no_limit_is_passed_and_nothing_is_chosen_twice(heads: list[Head], room: dict[int, int], most: int) -> None:
    by_id = {head.execution_id: head for head in heads}
    chosen = [by_id[each] for each in choose(heads, room, most)]
    assert len(chosen) == len(set(chosen)) <= most
    for platform_id, count in Counter(head.platform_id for head in chosen).items():
        assert count <= room.get(platform_id, 0)
    at_work = {head.job_id: head.at_work for head in heads}
    for head in chosen:
        assert not (head.alone and at_work[head.job_id])
        at_work[head.job_id] += 1
        assert head.max_running is None or at_work[head.job_id] <= head.max_running


@given(queues(), rooms)
def test_what_could_start_does(heads: list[Head], room: dict[int, int]) -> None:
    """With places enough for all, what is left over is held back by a limit or has to be alone."""
    chosen = set(choose(heads, room, len(heads)))
    begun = Counter(head.job_id for head in heads if head.execution_id in chosen)
    used = Counter(head.platform_id for head in heads if head.execution_id in chosen)
    for head in heads:
        if head.execution_id in chosen:
            continue
        at_work = head.at_work + begun[head.job_id]
        platform_full = used[head.platform_id] >= room.get(head.platform_id, 0)
        job_full = head.max_running is not None and at_work >= head.max_running
        assert platform_full or job_full or (head.alone and at_work)


@given(queues(), rooms, st.integers(0, 12))
def test_places_go_round_between_jobs(heads: list[Head], room: dict[int, int], most: int) -> None:
    """Where nothing is limited but the number of places, no job gets a second place more than another waits for."""
    free = [Head(h.execution_id, h.job_id, 1, 0, None) for h in heads]
    chosen = set(choose(free, {1: 1000}, most))
    got, waiting = Counter[int](), defaultdict[int, int](int)
    for head in free:
        got[head.job_id] += head.execution_id in chosen
        waiting[head.job_id] += head.execution_id not in chosen
    for job_id, left in waiting.items():
        if left:
            assert got[job_id] >= max(got.values()) - 1


@given(queues(), rooms, st.integers(0, 12))
def test_within_a_job_the_order_of_its_queue_holds(heads: list[Head], room: dict[int, int], most: int) -> None:
    together = [Head(h.execution_id, h.job_id, h.platform_id, h.at_work, h.max_running) for h in heads]
    job_of = {head.execution_id: head.job_id for head in heads}
    for job_id in set(job_of.values()):
        queue = [head.execution_id for head in together if head.job_id == job_id]
        mine = [each for each in choose(together, room, most) if job_of[each] == job_id]
        assert mine == queue[: len(mine)]
