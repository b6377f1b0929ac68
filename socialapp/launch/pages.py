"""A step of the page build: the bundle asks the browser for the address instead of baking it in."""

import re
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

from socialapp.launch import callers

callers.be_quick()

# Reflex writes the address of the build into one small chunk, as constants.
_BAKED = re.compile(r"([`\"'])(http|ws)://localhost:\d+(/[\w/-]*)\1")
# On https its client drops the port of a local address: it expects a proxy on 443.
_DROPPED_PORT = re.compile(r"\.port=([`\"'])\1")


class AnyAddress(Plugin):
    """Make one build work on any host and port, with TLS in front or without."""

    def post_build(self, **context: Any) -> None:
        """Rewrite the chunk; fail when Reflex no longer builds it this way."""
        assets = Path(context["static_dir"]) / "assets"
        changed = sum(_rewrite(file, _BAKED, _here) for file in assets.glob("reflex-env-*.js"))
        ports = sum(
            _rewrite(file, _DROPPED_PORT, ".port=window.location.port")
            for file in assets.glob("*.js")
            if "reflex-env" not in file.name and "wss:" in file.read_text()
        )
        if not changed or ports != 1:
            raise RuntimeError(
                "Reflex builds its address differently; see socialapp/launch/pages.py"
            )


def _here(match: re.Match[str]) -> str:
    scheme, path = match[2], match[3]
    return f'(location.protocol.replace("http","{scheme}")+"//"+location.host+"{path}")'


def _rewrite(file: Path, pattern: re.Pattern[str], replacement: Any) -> int:
    text, count = pattern.subn(replacement, file.read_text())
    if count:
        file.write_text(text)
    return count
