"""Shortcuts: one table, which the help shows and which the listener reads.

None fires while somebody types, but those with Ctrl or Cmd: they type nothing.
"""

from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from socialapp.ui import routes
from socialapp.ui.components.jsx import Widget, library, script

EVERYWHERE, CALENDAR, COMPOSE = "Everywhere", "Calendar", "Writing a post or page"
WRITING = "Writing a post"
_ON = {
    CALENDAR: [routes.CALENDAR],
    COMPOSE: [routes.COMPOSE, routes.EDIT_PAGE],
    WRITING: [routes.COMPOSE],
}


@dataclass(frozen=True)
class Shortcut:
    """What keys do, and where."""

    keys: str
    """One key as `event.key` has it in lower case, two one after the other, or `mod+` and one."""
    words: str
    does: str = ""
    """An address; or a name that the page hears as a `shortcut` event. Empty: what has the focus
    hears these keys by itself."""
    where: str = EVERYWHERE

    @property
    def shown(self) -> str:
        """How the keys are written for people."""
        if self.keys.startswith("mod+"):
            return f"Ctrl {_CAPS.get(self.keys[4:], self.keys[4:].upper())}"
        return " then ".join(_CAPS.get(key, key.upper()) for key in self.keys.split(" "))


_CAPS = {"arrowleft": "←", "arrowright": "→", "enter": "Enter", "space": "Space", "escape": "Esc"}

TABLE = (
    Shortcut("mod+k", "Search, go somewhere, do something", "palette"),
    Shortcut("n", "New post", routes.COMPOSE),
    Shortcut("g d", "Go to Dashboard", routes.HOME),
    Shortcut("g c", "Go to Calendar", routes.CALENDAR),
    Shortcut("g q", "Go to Queue", routes.QUEUE),
    Shortcut("g p", "Go to Posts", routes.POSTS),
    Shortcut("g e", "Go to Pages", routes.PAGES),
    Shortcut("g l", "Go to Library", routes.LIBRARY),
    Shortcut("g a", "Go to Analytics", routes.ANALYTICS),
    Shortcut("g h", "Go to Channels", routes.CHANNELS),
    Shortcut("?", "Show these shortcuts", "help"),
    Shortcut("escape", "Close; nothing is discarded"),
    Shortcut("t", "Today", "calendar-today", CALENDAR),
    Shortcut("d", "Day", "calendar-day", CALENDAR),
    Shortcut("w", "Week", "calendar-week", CALENDAR),
    Shortcut("m", "Month", "calendar-month", CALENDAR),
    Shortcut("l", "List", "calendar-list", CALENDAR),
    Shortcut("arrowleft", "Before", "calendar-before", CALENDAR),
    Shortcut("arrowright", "After", "calendar-after", CALENDAR),
    Shortcut("space", "Pick a post up; arrows move it, Enter drops it", "", CALENDAR),
    Shortcut("mod+z", "Take the last move back", "calendar-undo", CALENDAR),
    Shortcut("mod+enter", "Schedule", "compose-schedule", COMPOSE),
    Shortcut("mod+s", "Save", "compose-save", COMPOSE),
    Shortcut("mod+i", "Insert a snippet at the cursor", "compose-insert", WRITING),
)


def grouped() -> list[tuple[str, list[Shortcut]]]:
    """Return the table by where they work, for people to read."""
    return [(where, list(some)) for where, some in groupby(TABLE, lambda each: each.where)]


script("shortcut")


class _Keys(Widget):
    library = library("keys")
    tag = "Keys"
    is_default = False
    table: rx.Var[list[dict[str, Any]]]
    events = {"on_help": passthrough_event_spec()}


def shortcuts(*, on_help: Any) -> rx.Component:
    """Return the listener; once on each page of the shell."""
    heard = [asdict(each) | {"on": _ON.get(each.where, [])} for each in TABLE if each.does]
    return _Keys.create(table=heard, on_help=on_help)
