"""Lets the clock that runs on while a machine sleeps go with the wall clock that a test turns.

Its folder is put on PYTHONPATH, so each Python process imports it at its start; the product itself
knows nothing of this. libfaketime turns the wall clock alone.
"""

import os
import select
import time
from pathlib import Path
from typing import Any

_AHEAD = Path(os.environ["FAKETIME_TIMESTAMP_FILE"])
_read = time.clock_gettime


def _turned(clock: int) -> float:
    ahead_s = float(_AHEAD.read_text()) if clock == time.CLOCK_BOOTTIME else 0.0
    return _read(clock) + ahead_s


def _sleep(seconds: Any) -> None:
    select.select([], [], [], seconds)


time.clock_gettime = _turned
time.sleep = _sleep  # libfaketime takes its instant for one of the clock that it turns
