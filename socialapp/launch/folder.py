"""The data folder: ours alone, and used by one instance at a time."""

import fcntl
import os
from pathlib import Path
from typing import IO

from socialapp.launch.plan import CannotStart


def prepare(folder: Path) -> None:
    """Make the folder, for this user alone, and see that it can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} cannot be written ({error.strerror}). "
            "Correct its owner, or set SOCIALAPP_DATA_DIR to another."
        ) from error


def hold(folder: Path, address: str) -> IO[str]:
    """Take the folder for this process; it is let go when the process ends, however it ends."""
    file = (folder / "run.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} is in use by {holder(folder)}. "
            "Stop that one, or set SOCIALAPP_DATA_DIR to another folder."
        ) from error
    file.truncate(0)
    file.write(f"the instance at {address} (process {os.getpid()})")
    file.flush()
    return file


def holder(folder: Path) -> str:
    """Say who holds the folder, or nothing when nobody does."""
    try:
        with (folder / "run.lock").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return file.read() or "another instance"
    except FileNotFoundError:
        pass
    return ""
