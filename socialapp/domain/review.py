"""Review links: how long they last, and what may be said through them."""

import hashlib
import hmac

from socialapp.domain.approval import ADVICE, Said
from socialapp.domain.errors import NotAllowed, Problem, Rejected

LASTS_DAYS = (1, 7, 30)
LASTS_AT_FIRST = 7
POSTS_AT_MOST = 50
NAME_AT_MOST = 100
TEXT_AT_MOST = 5000


def check(said: Said, *, name: str, text: str, takes_advice: bool) -> None:
    """Raise Rejected with all that is missing, or NotAllowed for what the link does not take."""
    if said is not Said.COMMENT and said not in ADVICE:
        raise NotAllowed("Through a link you can comment, and nothing else. Nothing was sent.")
    if said in ADVICE and not takes_advice:
        raise NotAllowed("This link takes comments only. Nothing was sent.")
    problems = []
    if not name.strip() or len(name) > NAME_AT_MOST:
        problems.append(Problem("name_required", "Say who you are, so that they know.", "name"))
    if not text.strip() and said is not Said.LOOKS_GOOD:
        problems.append(Problem("text_required", "Say what, in a few words.", "text"))
    if len(text) > TEXT_AT_MOST:
        message = f"A comment has at most {TEXT_AT_MOST} characters. Nothing was sent."
        problems.append(Problem("text_too_long", message, "text"))
    if problems:
        raise Rejected(*problems)


def tag(secret_hash: str, media_id: int) -> str:
    """Return what opens one medium through a link, without the link's secret in its address."""
    return hmac.new(secret_hash.encode(), f"media:{media_id}".encode(), hashlib.sha256).hexdigest()
