"""How `serve` starts its children again."""

import pytest

from capsulier.operations import serve


def test_the_first_restart_is_immediate_and_those_of_one_that_keeps_dying_wait_longer_and_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(serve.time, "monotonic", lambda: now)
    child = serve._Child("web", ["web"], started_at=now)

    def wait_after(lived_s: float) -> float:
        nonlocal now
        child.started_at, now = now, now + lived_s
        child.restart_later()
        return round(child.start_at - now, 1)

    assert [wait_after(0.1) for _ in range(9)] == [0, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]
    assert [wait_after(60), wait_after(0.1)] == [0, 0.2], "who ran well for a while begins anew"
