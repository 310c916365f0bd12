"""Whose turn is it: the order in which executions leave the queue."""

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """An execution at the head of its job's queue, with what its job has at work (pending or running)."""

    execution_id: int
    job_id: int
    platform_id: int
    at_work: int
    max_running: int | None
    alone: bool = False
    """Waits until nothing of its job is at work, and nothing of its job begins beside it."""


def choose(heads: Iterable[Head], room: Mapping[int, int], most: int) -> list[int]:
    """The executions to start now, at most `most`, in the order to start them.

    `heads` come in the order of each job's queue; `room` is how many more each platform may have at work. The next
    place always goes to the job with the fewest at work, and among those to the one whose execution waits longest.
    An execution that must be alone and cannot start yet holds back nobody but itself.
    """
    queues: dict[int, deque[Head]] = defaultdict(deque)
    for head in heads:
        queues[head.job_id].append(head)
    left = dict(room)
    turns = [(queue[0].at_work, queue[0].execution_id, job_id) for job_id, queue in queues.items()]
    heapq.heapify(turns)
    chosen: list[int] = []
    most = min(most, sum(free for free in left.values() if free > 0))
    while turns and len(chosen) < most:
        at_work, _, job_id = heapq.heappop(turns)
        queue = queues[job_id]
        head = queue.popleft()
        may_start = (
            left.get(head.platform_id, 0) > 0
            and (head.max_running is None or at_work < head.max_running)
            and not (head.alone and at_work)
        )
        if may_start:
            chosen.append(head.execution_id)
            left[head.platform_id] -= 1
            at_work += 1
        if queue:
            heapq.heappush(turns, (at_work, queue[0].execution_id, job_id))
    return chosen
