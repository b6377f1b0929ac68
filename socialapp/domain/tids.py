"""Names of records in the AT Protocol: TIDs, which tell the time, and other keys."""

import regex

_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_CLOCK_ID_BITS = 10
_LENGTH = 13
_TID = regex.compile(r"[2-7a-j][2-7a-z]{12}")
_KEY = regex.compile(r"[0-9A-Za-z._:~-]{1,512}")


def tid(microseconds: int, clock_id: int = 0) -> str:
    """Return the TID of an instant since 1970; its text sorts as its time does.

    `clock_id`, below 1024, keeps apart what is named in the same microsecond.
    Source: https://atproto.com/specs/tid
    """
    if not 0 <= microseconds < 2**53 or not 0 <= clock_id < 2**_CLOCK_ID_BITS:
        message = f"no TID for {microseconds} µs and clock {clock_id}"
        raise ValueError(message)
    number = microseconds << _CLOCK_ID_BITS | clock_id
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def microseconds(tid: str) -> int:
    """Return the instant that a valid TID tells, in microseconds since 1970."""
    number = 0
    for digit in tid:
        number = number << 5 | _DIGITS.index(digit)
    return number >> _CLOCK_ID_BITS


def is_tid(value: str) -> bool:
    """Whether `value` names a post: the key of one has to be a TID."""
    return bool(_TID.fullmatch(value))


def is_record_key(value: str) -> bool:
    """Whether a record of some kind may have this key."""
    return bool(_KEY.fullmatch(value)) and value not in (".", "..")
