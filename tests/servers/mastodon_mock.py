"""An independent server that speaks Mastodon's API; made by others, so it shares no error of ours.

It is lenient: it takes media that does not exist, redeems a code twice and checks no PKCE. Where a
real server is strict, ask `tests.servers.mastodon`.
"""

import json
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import Any, Literal

from mastodon_mock.config import DatabaseConfig, MastodonMockConfig, SeedAccount, SeedConfig
from mastodon_mock.testing import MockServer

Fault = Literal["status", "ratelimit", "latency", "malformed", "timeout"]


class MastodonMock:
    """A running server; reset, it is as new."""

    def __init__(self, *names: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="socialapp-mastodon-mock-", dir="/tmp"))
        self.tokens = {name: f"token-of-{name}" for name in names or ("alice", "bob")}
        """The access token of each account."""
        accounts = [
            SeedAccount(username=name, access_token=token) for name, token in self.tokens.items()
        ]
        self._server = MockServer(
            config=MastodonMockConfig(
                database=DatabaseConfig(path=":memory:"),
                seed=SeedConfig(accounts=accounts),
                media_storage_path=str(self.folder),
            )
        )
        self.base_url = self._server.start().base_url

    def fault(
        self,
        kind: Fault,
        *,
        path: str = "/api/v1/statuses",
        method: str = "POST",
        count: int = 1,
        **effect: Any,
    ) -> None:
        """Misbehave at the next `count` such requests; `effect` is `status`, `delay_ms` and so on.

        Nothing is written, except with "latency".
        """
        self._tell(
            "faults",
            {
                "match": {"methods": [method], "path": path},
                "effect": {"type": kind, **effect},
                "count": count,
            },
        )

    def reset(self) -> None:
        """Forget everything but the accounts."""
        self._tell("reset", {})

    def stop(self) -> None:
        """End it and remove its folder."""
        self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tell(self, what: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(
            f"{self.base_url}/api/v1/_mock/{what}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):
            pass
