"""How often somebody may ask: a number of requests in a window that begins with the first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Left:
    """What is left of a window after a request."""

    limit: int
    remaining: int
    """Below 0: this request was one too many."""
    resets_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether the request is to be refused."""
        return self.remaining < 0


@dataclass
class Pace:
    """A limit, which each one who asks has for themselves."""

    limit: int
    per: timedelta
    _windows: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def take(self, who: str, now: datetime, number: int = 1) -> Left:
        """Count `number` requests. Those that are refused use nothing up."""
        begun_at, used = self._windows.get(who, (now, 0))
        if now >= begun_at + self.per:
            begun_at, used = now, 0
        left = Left(self.limit, self.limit - used - number, begun_at + self.per)
        if not left.is_over:
            self._windows[who] = begun_at, used + number
        return left
