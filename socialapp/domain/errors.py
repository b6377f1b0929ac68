"""What a person can be told: Rejected, NotFound, NotAllowed, Conflict, Stale, Unanswered."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was given; `message` is a sentence for its author."""

    code: str
    message: str
    field: str = ""
    start: int | None = None
    end: int | None = None
    severity: str = "error"
    fix: str = ""
    """`scale`: a smaller copy is sent by itself; `split`: a thread would mend it."""


class ForPeople(Exception):
    """An error whose text may be shown."""

    code = "refused"

    def __init__(self, detail: str, *, code: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code


class Rejected(ForPeople):
    """The input cannot be accepted; nothing was changed."""

    code = "invalid"

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(p.message for p in problems), code=problems[0].code)
        self.problems = problems


class NotFound(ForPeople):
    """It does not exist, or belongs to another workspace: the two look the same."""

    code = "not_found"


class NotSignedIn(ForPeople):
    """Nobody is known to be asking."""

    code = "not_signed_in"


class NotAllowed(ForPeople):
    """The role or key does not permit it."""

    code = "not_allowed"


class Conflict(ForPeople):
    """The state of the thing does not permit it now."""

    code = "conflict"


class Stale(ForPeople):
    """It was edited meanwhile; nothing was overwritten."""

    code = "stale"


class TooMany(ForPeople):
    """A limit of tries was reached; `retry_after_s` seconds from now it may be tried again."""

    code = "too_many"

    def __init__(self, detail: str, *, retry_after_s: int) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Unanswered(ForPeople):
    """Somebody else's server was asked, and gave nothing that can be used; nothing was changed."""

    code = "unanswered"


class TooBig(ForPeople):
    """More bytes than the limit."""

    code = "too_big"


class UnsupportedType(ForPeople):
    """A file that no network takes, or one that cannot be read safely."""

    code = "unsupported_type"
