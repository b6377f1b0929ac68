"""One web process, or several that share their visitors through Redis."""

import os
import sys
from pathlib import Path

from socialapp.launch import bundle, callers, plan, supervisor
from socialapp.launch.plan import ROOT, CannotStart
from socialapp.settings import Settings

# Room for a long text with its media: a frame is read before anyone is asked who sent it.
_FRAME_BYTES = 1_000_000


def pages() -> Path:
    """Return the bundle that whoever started us chose, or else the one that fits best."""
    chosen = os.environ.get(bundle.CHOSEN)
    found = Path(chosen) if chosen else bundle.current() or bundle.newest()
    if found is None:
        raise CannotStart("The pages are not built. Run `socialapp run`, which builds them.")
    return found


def environment(settings: Settings, shown: Path) -> dict[str, str]:
    """Return what Reflex reads when it is loaded."""
    values = bundle.web_environment(shown) | {
        "REFLEX_CORS_ALLOWED_ORIGINS": settings.address,
        "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": str(_FRAME_BYTES),
        # A tab that vanished without a word is let go after half a minute, not two and a half.
        "REFLEX_SOCKET_INTERVAL": "10s",
        "REFLEX_SOCKET_TIMEOUT": "20s",
    }
    if settings.web_processes > 1:
        values |= {"REFLEX_REDIS_URL": settings.redis, "REFLEX_STATE_MANAGER_MODE": "redis"}
    return values


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    shown = pages()
    bundle.hold(shown)
    supervisor.see_that_port_is_free(plan.from_settings(settings))
    os.environ.update(environment(settings, shown))
    callers.be_quick()
    os.chdir(ROOT)  # Reflex finds rxconfig.py there
    sys.path.insert(0, str(ROOT))
    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels

    Granian(
        "socialapp.socialapp:serve",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        factory=True,
        loop=Loops.uvloop,
        workers=settings.web_processes,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()
