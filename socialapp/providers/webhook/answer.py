"""What a receiver answers, and what it comes to.

Source: the same standard, under "Delivery success and failure".
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from socialapp.domain.outcome import Disconnected, Outcome, Posted, Refused, Trouble, TryLater
from socialapp.providers.contract import Access
from socialapp.providers.http import Answer, failure, retry_after, without
from socialapp.providers.webhook.message import PREFIX

NOTHING_POSTED = "Nothing was posted."
NOT_TESTED = "The test was not taken."
_LONG = 12
"""A part of an address that is longer may be what keeps strangers out."""


def is_taken(answer: Answer) -> bool:
    """Whether it is a success, whatever else it says."""
    return 200 <= answer.status < 300


def posted(answer: Answer, access: Access, once: str) -> Posted:
    """Return what the receiver calls the post, and where it is, if it says so."""
    said = _object(answer)
    number, url = said.get("id"), said.get("url")
    named = str(number) if type(number) in {str, int} and number != "" else once
    is_link = isinstance(url, str) and len(url) <= 2000 and url.startswith(("https://", "http://"))
    return Posted(
        remote_id=without(named[:200], _secrets(access)),
        url=without(str(url), _secrets(access)) if is_link else "",
    )


def outcome(answer: Answer, access: Access, nothing: str = NOTHING_POSTED) -> Outcome:
    """Sort an answer that is not a success, as the standard advises."""
    who, after = f"Webhook {access.account}", retry_after(answer.headers)
    match answer.status:
        case 410:
            reason = f"{who} wants to be told nothing more (410). {nothing} Connect it again."
            return Disconnected(reason)
        case 401:
            reason = f"{who} does not believe the signature (401). {nothing} Give both sides the"
            return Disconnected(f"{reason} same secret, and connect it again.")
        case 429:
            reason = f"{who} asks us to wait. {nothing}"
            return TryLater(reason, after, Trouble.CHANNEL)
        case 413:
            reason = f"{who} does not take messages of that size (413). {nothing}"
            return Refused(f"{reason} Let the receiver take larger ones, or remove files.")
        case status if status < 400:
            reason = f"{who} answers with another address ({status}), which is not followed."
            return Refused(f"{reason} {nothing} Connect it with that.", action="reconnect")
        case 404 | 405:
            reason = f"{who} has nothing at that address ({answer.status}). {nothing}"
            return Refused(f"{reason} Connect it with the right one.", action="reconnect")
        case 403:
            words = _words(answer, access)
            return Refused(" ".join(filter(None, [f"{who} refused it (403).", words, nothing])))
    return failure(answer, network=who, words=_words(answer, access)).outcome


def _object(answer: Answer) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _words(answer: Answer, access: Access) -> str:
    """Return why the receiver refuses, if it says so."""
    said = _object(answer)
    found = (said.get(key) for key in ("detail", "message", "error"))
    words = next((words for words in found if isinstance(words, str) and words.strip()), "")
    path = access.secrets["path"]
    whole = (path, unquote(path)) if len(path) > len("/hook/") else ()
    words = without(words.strip(), [*_secrets(access), *whole])
    return words if not words or words.endswith((".", "!", "?")) else f"{words}."


def _secrets(access: Access) -> Iterable[str]:
    """Return what nobody may read: the secret, and what looks like one in the address."""
    secret, path = access.secrets["secret"], access.secrets["path"]
    yield from (secret, secret.removeprefix(PREFIX))
    place, _, query = path.partition("?")
    values = (pair.rpartition("=")[2] for pair in query.split("&"))
    yield from (piece for piece in (*place.split("/"), *values) if len(piece) >= _LONG)
