"""A wall clock that tests can turn while a program runs; the clock that never jumps stays true."""

from datetime import datetime
from pathlib import Path

from socialapp.clock import utc_now

ROOT = Path(__file__).resolve().parents[2]


def library() -> Path:
    """Return libfaketime, which `make test` installs."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise RuntimeError("libfaketime is missing: `apt-get install faketime`, or `make test`.")
    return found[0]


class TurnedClock:
    """The wall clock of the processes that are started with `env`."""

    def __init__(self, folder: Path, *, by_s: float = 0.0) -> None:
        self._file = folder / "clock"
        self.turn(by_s)

    @property
    def env(self) -> dict[str, str]:
        """What a process has to be started with."""
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # For an old C library; here it makes each wait between threads a hundred times longer.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }

    def turn(self, by_s: float) -> None:
        """Let it be so many seconds ahead of the true time from now on."""
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{by_s:+f}\n")
        draft.replace(self._file)


class SleepyClock(TurnedClock):
    """Turned, it is as if the machine had slept: all clocks went on but that of waits.

    So a day is over at once, and every process believes it. They ask the file each time, for they
    have to feel it in the same instant.
    """

    @property
    def env(self) -> dict[str, str]:
        """What a process has to be started with, and all that it starts."""
        asks_anew = {"FAKETIME_NO_CACHE": "1", "FAKETIME_CACHE_DURATION": "0"}
        knows = f"{Path(__file__).parent / 'asleep'}:{ROOT}"
        return super().env | asks_anew | {"PYTHONPATH": knows}

    def sleep_until(self, at: datetime) -> None:
        """Let it be that moment now."""
        self.turn((at - utc_now()).total_seconds())
