"""Sends a message to an address that somebody typed, by apprise, in a process of its own.

There the way to every host is vetted before any plugin connects: a plugin, a redirect or a name
server leads nowhere inside this network. The address goes in through a pipe, and nothing that a
plugin prints or logs comes out.
"""

import asyncio
import json
import logging
import os
import socket
import sys
from typing import Any

from socialapp.domain.addresses import is_public

PATIENCE_S = 45.0
_allow_private = [False]


def connect(*, allow_private: bool) -> None:
    """Say whether addresses inside this network may be reached; the wirings call it once."""
    _allow_private[:] = [allow_private]


def allows_private() -> bool:
    """Whether addresses inside this network may be reached."""
    return _allow_private[0]


async def send(address: str, *, title: str, body: str) -> bool:
    """Send a message; False when it was not taken within 45 seconds. Never raises for it."""
    told = {"address": address, "title": title, "body": body, "private": allows_private()}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "socialapp.outward"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(),
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            said, _ = await child.communicate(json.dumps(told).encode())
    except TimeoutError:
        return False
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return said.strip() == b"sent"


def _environment() -> dict[str, str]:
    # A proxy would look the names up by itself, where nobody vets what it finds.
    rest = {name: value for name, value in os.environ.items() if "_proxy" not in name.lower()}
    return rest | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _guarded(look_up: Any) -> Any:
    def vetted(host: Any, *more: Any, **options: Any) -> Any:
        found = look_up(host, *more, **options)
        if not all(is_public(str(one[4][0])) for one in found):
            raise OSError("an address inside a private network")
        return found

    return vetted


def _only_out(event: str, given: tuple[Any, ...]) -> None:
    """Refuse a connection to what was not vetted, also when it was never looked up."""
    if event != "socket.connect" or not isinstance(given[1], tuple):
        return
    if not is_public(str(given[1][0])):
        raise OSError("an address inside a private network")


def main() -> None:
    """Read what to send, and say whether it was taken."""
    told = json.loads(sys.stdin.read())
    logging.disable(logging.CRITICAL)
    from apprise import Apprise, AppriseAsset

    if not told["private"]:
        socket.getaddrinfo = _guarded(socket.getaddrinfo)
        sys.addaudithook(_only_out)
    # No files of its own, and no picture that a service would have to fetch from elsewhere.
    asset = AppriseAsset(
        app_id="socialapp", app_desc="socialapp", image_url_mask="", storage_mode="memory"
    )
    it = Apprise(asset=asset)
    is_sent = it.add(told["address"]) and it.notify(title=told["title"], body=told["body"])
    sys.stdout.write("sent" if is_sent else "no")


if __name__ == "__main__":
    main()
