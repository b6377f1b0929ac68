"""Steps through a list whose pages are found by cursors; the cursors stay on the server."""

from dataclasses import dataclass, field

SIZE = 25


@dataclass
class Steps:
    """Where a list is: the cursors of the pages up to this one, and of the next."""

    cursors: list[str] = field(default_factory=lambda: [""])
    next_cursor: str = ""
    size: int = SIZE

    @property
    def cursor(self) -> str:
        """The cursor of the page that is shown."""
        return self.cursors[-1]

    @property
    def has_before(self) -> bool:
        """Whether there is a page before this one."""
        return len(self.cursors) > 1

    def go(self, step: int) -> None:
        """Go one page on or back, as far as there is one."""
        if step > 0 and self.next_cursor:
            self.cursors.append(self.next_cursor)
        elif step < 0 and self.has_before:
            self.cursors.pop()

    def words(self, shown: int, total: int | None) -> str:
        """Say which part of the list this is."""
        if not shown:
            return "Nothing here"
        first = (len(self.cursors) - 1) * self.size + 1
        of = f"{total:,}" if total is not None else "more than 10,000"
        return f"{first:,}-{first + shown - 1:,} of {of}"
