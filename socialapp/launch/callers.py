"""Telling who called, without reading everybody's source.

Reflex asks `inspect.stack()` for each file that belongs to a page, and looks only at names. The
library's own answer looks through every loaded module for every caller: three seconds of a start.
"""

import inspect
import sys
from types import FrameType


def be_quick() -> None:
    """Make `inspect.stack` answer with names and lines alone, in this process."""
    inspect.stack = _stack


def _stack(context: int = 0) -> list[inspect.FrameInfo]:
    found = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - how the library does it
    while frame:
        code = frame.f_code
        place = (code.co_filename, frame.f_lineno, code.co_name)
        found.append(inspect.FrameInfo(frame, *place, None, None))
        frame = frame.f_back
    return found
