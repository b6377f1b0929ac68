"""Questions that readers answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.servers.mastodon.fields import as_bool
from tests.servers.mastodon.site import Site, instant
from tests.servers.mastodon.text import graphemes


@dataclass(eq=False)
class Poll:
    """What is asked, and until when."""

    id: str
    options: list[str]
    expires_at: datetime
    is_multiple: bool
    hides_totals: bool

    def shown(self, now: datetime) -> dict[str, Any]:
        """Return it as the API shows it; nobody has voted."""
        hidden = self.hides_totals and now < self.expires_at
        votes = None if hidden else 0
        return {
            "id": self.id,
            "expires_at": instant(self.expires_at),
            "expired": now >= self.expires_at,
            "multiple": self.is_multiple,
            "votes_count": 0,
            "voters_count": 0,
            "options": [{"title": title, "votes_count": votes} for title in self.options],
            "emojis": [],
            "voted": False,
            "own_votes": [],
        }


def make_poll(asked: Any, site: Site) -> Poll | None:
    """Return the poll of a request, if it has one. Raises Refusal when it breaks a rule."""
    if not asked:
        return None
    limits = site.limits
    options = [str(option) for option in asked.get("options") or []]
    lives_s = int(asked.get("expires_in") or 0)
    faults = {
        "Options must have more than one item": len(options) < 2,
        f"Options can't contain more than {limits.max_options} items": (
            len(options) > limits.max_options
        ),
        f"Options cannot be longer than {limits.max_characters_per_option} characters each": any(
            graphemes(option) > limits.max_characters_per_option for option in options
        ),
        "Options can't be blank": not all(option.strip() for option in options),
        "Options contain duplicate items": len(set(options)) < len(options),
        "Expires at is too soon": lives_s < limits.min_expiration_s,
        "Expires at is too far into the future": lives_s > limits.max_expiration_s,
    }
    found = [words for words, is_so in faults.items() if is_so]
    if found:
        raise site.invalid(f"Validation failed: {', '.join(found)}")
    return Poll(
        id=site.new_id(),
        options=options,
        expires_at=site.now() + timedelta(seconds=lives_s),
        is_multiple=as_bool(asked.get("multiple")),
        hides_totals=as_bool(asked.get("hide_totals")),
    )
