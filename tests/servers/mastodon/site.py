"""What a Mastodon server knows before anything is posted: people, limits, its age, its clock."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.servers.simulator import Refusal


@dataclass
class Account:
    """Somebody on the server."""

    id: str
    name: str
    is_disabled: bool = False
    """Frozen by a moderator."""


@dataclass
class Limits:
    """What the server takes; the defaults are Mastodon's."""

    max_characters: int = 500
    max_media_attachments: int = 4
    characters_reserved_per_url: int = 23
    description_limit: int = 1500
    image_size_limit: int = 16_777_216
    image_matrix_limit: int = 33_177_600
    video_size_limit: int = 103_809_024
    max_options: int = 4
    max_characters_per_option: int = 50
    min_expiration_s: int = 300
    max_expiration_s: int = 2_629_746


@dataclass
class Site:
    """The server itself; its fields may be changed while it runs."""

    now: Callable[[], datetime]
    base_url: Callable[[], str]
    accounts: dict[str, Account] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    is_before_4_3: bool = False
    """No metadata of its OAuth, PKCE is not looked at, and there is no scope `profile`."""
    has_v2_instance: bool = True
    invalid_status: int = 422
    """With what it refuses a status. Other servers that speak this API say 400."""

    def __post_init__(self) -> None:
        self._numbers = itertools.count()

    def add_account(self, name: str) -> Account:
        """Let somebody in."""
        self.accounts[name] = Account(self.new_id(), name)
        return self.accounts[name]

    def new_id(self) -> str:
        """Return an id; a later one is a greater number, as their time is its upper part."""
        ms = int(self.now().timestamp() * 1000)
        return str((ms << 16) + next(self._numbers) % 2**16)

    def invalid(self, words: str) -> Refusal:
        """Return what is said of something that breaks a rule."""
        return Refusal(self.invalid_status, {"error": words})

    def profile(self, account: Account) -> dict[str, Any]:
        """Return an account as others see it."""
        return {
            "id": account.id,
            "username": account.name,
            "acct": account.name,
            "display_name": account.name.title(),
            "url": f"{self.base_url()}/@{account.name}",
            "uri": f"{self.base_url()}/users/{account.name}",
            "avatar": f"{self.base_url()}/avatars/{account.name}.png",
            "followers_count": 0,
            "bot": False,
            "locked": False,
        }


def unauthorised(words: str = "The access token is invalid") -> Refusal:
    """Return what is said to somebody it does not know."""
    return Refusal(401, {"error": words})


def missing() -> Refusal:
    """Return what is said of something that is not there, or not theirs."""
    return Refusal(404, {"error": "Record not found"})


def instant(at: datetime) -> str:
    """Return an instant as the API writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
