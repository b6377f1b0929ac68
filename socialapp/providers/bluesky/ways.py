"""How an account is connected, in the words that people see."""

from socialapp.providers.contract import Field, Way

_SERVER = Field(
    "server",
    "Server",
    hint="Only for an account on a server of its own (PDS).",
    placeholder="https://bsky.social",
    is_optional=True,
)
_PASSWORD = Way(
    "password",
    "App password",
    "Make an app password at Bluesky, in the settings under Privacy and security. It can be taken"
    " back there at any time. Works everywhere, also where this app has no public address.",
    (
        Field("handle", "Handle or e-mail", placeholder="alice.bsky.social"),
        Field("password", "App password", is_secret=True, placeholder="xxxx-xxxx-xxxx-xxxx"),
        _SERVER,
        Field(
            "keep",
            "Keep the app password, sealed",
            hint="To get in again by itself after a long pause. An account's own password is never"
            " kept.",
            is_optional=True,
            choices=(("yes", "Keep it"), ("no", "Do not keep it")),
        ),
    ),
)
_VISIT = Way(
    "visit",
    "Sign in at Bluesky",
    "You are sent to Bluesky and say there that this app may post. No password is typed here.",
    (Field("handle", "Handle", placeholder="alice.bsky.social", is_optional=True), _SERVER),
    is_visit=True,
)
WAYS = (_PASSWORD, _VISIT)
