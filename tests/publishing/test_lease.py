"""A lease is as old as the world says, not as old as the machine felt it."""

import pytest

from socialapp.publishing import heartbeat
from socialapp.publishing.heartbeat import LEASE_SENDING_S, Heartbeat
from socialapp.store.workers import Identity


def test_a_lease_runs_out_while_the_machine_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    awake_s = slept_s = 1000.0
    monkeypatch.setattr(heartbeat, "monotonic", lambda: awake_s)
    monkeypatch.setattr(heartbeat, "awake_or_asleep", lambda: awake_s + slept_s, raising=False)
    slept_s = 0.0
    mine = Heartbeat("sqlite+aiosqlite://", Identity("here", 1, "1"))

    slept_s = 2 * LEASE_SENDING_S

    assert mine.lease_left_s() < 0
