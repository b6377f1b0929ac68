"""A wall clock that tests can turn while a program runs; the clock that never jumps stays true."""

from pathlib import Path


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
