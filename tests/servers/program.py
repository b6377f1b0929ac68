"""A program that runs beside the tests; what it prints is kept, and can be waited for."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.servers.postgresql import die_with_parent

# To the kernel a parent is a thread, and those that tests start things from end before the tests.
_PARENT = ThreadPoolExecutor(1, thread_name_prefix="parent-of-programs")


class Program:
    """Started at once; it ends with the tests at the latest."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        group: int | None = None,
    ) -> None:
        """Start it in the process group of that number; 0: in one of its own."""
        self.said: list[str] = []
        self._spoke = threading.Condition()
        self._said_all = False
        self._leads_group = group == 0
        self.process: subprocess.Popen[str] = _PARENT.submit(
            subprocess.Popen,
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=group,
            preexec_fn=die_with_parent(),
        ).result()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def hear(self, words: str, within_s: float = 30) -> str:
        """Wait until it has said `words`, and return the line."""
        with self._spoke:
            self._spoke.wait_for(lambda: self._line(words) or self._said_all, within_s)
        line = self._line(words)
        assert line, f"it did not say {words!r}:\n{''.join(self.said)}"
        return line

    def kill(self) -> None:
        """End it without a goodbye, and with it its group if it has one of its own."""
        with suppress(ProcessLookupError):
            if self._leads_group:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
        self.process.wait()
        self._listener.join()  # the last of the group is gone: nothing holds the line any more

    def _line(self, words: str) -> str:
        return next((line for line in self.said if words in line), "")

    def _listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                with self._spoke:
                    self.said.append(line)
                    self._spoke.notify_all()
        with self._spoke:
            self._said_all = True
            self._spoke.notify_all()
