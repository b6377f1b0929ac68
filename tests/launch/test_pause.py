"""`socialapp pause` and `resume`, beside a real worker; what the doctor says meanwhile."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from socialapp.clock import monotonic, utc_now
from tests.launch.test_run import until
from tests.servers.installation import Installation, socialapp


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Installation]:
    """A running app with its owner."""
    started = Installation(tmp_path).start()
    person = ("--email", "alice@example.org", "--password", "correct horse battery")
    assert run(started, "users", "create", *person).returncode == 0
    yield started
    started.stop()


def run(app: Installation, *command: str) -> Any:
    return socialapp(*command, cwd=app.folder, **app.settings)


def findings(app: Installation) -> tuple[int, dict[str, str]]:
    done = run(app, "doctor", "--json")
    return done.returncode, {c["name"]: c["words"] for c in json.loads(done.stdout)["checks"]}


def test_the_operator_stops_and_starts_everything(app: Installation) -> None:
    key = run(app, "keys", "create", "--name", "script").stdout.strip()
    api = httpx.Client(base_url=app.url, headers={"authorization": f"Bearer {key}"})
    post = api.post("/api/posts", json={"text": "Waits for the operator"}).json()
    # A command takes seconds to start on a busy machine; it has to be done before the post is due.
    away = timedelta(seconds=20)
    at, passed = (utc_now() + away).isoformat(), monotonic() + away.total_seconds() + 2
    schedule = api.post("/api/schedules", json={"post_id": post["id"], "scheduled_at": at}).json()
    where = f"/api/schedules/{schedule['id']}"

    stopped = run(app, "pause", "--json")
    wrong, words = findings(app)

    def waits() -> bool:
        assert api.get(where).json()["status"] == "queued"
        return monotonic() > passed

    until(waits)
    queue = api.get("/api/queue").json()
    again = run(app, "resume")

    assert (stopped.returncode, json.loads(stopped.stdout)) == (0, {"running": False, "waiting": 1})
    assert wrong == 1
    assert "stopped for this installation" in words["publishing"]
    assert (queue["is_running"], queue["workers"]) == (False, 1)
    assert (again.returncode, again.stderr) == (0, "")
    assert "Publishing goes on" in again.stdout
    until(lambda: api.get(where).json()["status"] == "posted")
    assert api.get(where).json()["deliveries"][0]["late_ms"] > 1000

    api.post("/api/queue/pause")
    well, words = findings(app)
    assert (well, words["publishing"]) == (0, "paused by their people in: alice's workspace.")

    said = run(app, "pause").stdout
    assert "nothing is lost" in said
    assert "socialapp resume" in said
    api.close()
