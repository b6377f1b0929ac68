"""Every address of a page. Each ends in a slash: without one the server has to redirect."""

from socialapp.domain.content import Kind

HOME = "/"
WELCOME = "/welcome/"
SIGN_IN = "/sign-in/"
COMPOSE = "/compose/"
CALENDAR = "/calendar/"
QUEUE = "/queue/"
IMPORT = "/import/"
POSTS = "/posts/"
TEXTS = "/texts/"
PAGES = "/pages/"
EDIT_PAGE = "/pages/edit/"
SERIES = "/series/"
EVERGREEN = "/evergreen/"
LIBRARY = "/library/"
AUTOPILOT = "/autopilot/"
ANALYTICS = "/analytics/"
COMPARISONS = "/analytics/comparisons/"
SOURCES = "/autopilot/sources/"
CHANNELS = "/channels/"
SETTINGS = "/settings/"
PEOPLE = "/settings/people/"
JOIN = "/join/"
"""The secret of an invitation stands behind a #, which browsers send to nobody."""
REVIEW = "/review/"
"""What somebody without an account looks at; the secret stands behind a #, as above."""
SANDBOX = "/sandbox/"


def compose(post_id: int | str) -> str:
    """Return the address at which a post is edited."""
    return f"{COMPOSE}?post={post_id}"


def begin(template_id: int | str) -> str:
    """Return the address at which a post is begun with a template."""
    return f"{COMPOSE}?template={template_id}"


def an_import(import_id: int) -> str:
    """Return the address at which an import is looked at."""
    return f"{IMPORT}?import={import_id}"


def write(kind: Kind, post_id: int) -> str:
    """Return the address at which a post or page is written."""
    return f"{EDIT_PAGE}?page={post_id}" if kind == Kind.PAGE else compose(post_id)


def schedule(schedule_id: int | str) -> str:
    """Return the address at which the details of a schedule are open."""
    return f"{QUEUE}?schedule={schedule_id}"


CONNECT = f"{CHANNELS}?connect=1"
"""The channels page, with the networks to choose from."""


def reconnect(channel_id: int | str) -> str:
    """Return the address at which a channel is connected again."""
    return f"{CHANNELS}?reconnect={channel_id}"


CHANNEL = f"{QUEUE}[at_network]/[at_channel]/"
"""A channel's own page, as Reflex writes addresses with names in them."""


def channel(network: str, channel_id: int | str) -> str:
    """Return the address of a channel's own page."""
    return f"{QUEUE}{network}/{channel_id}/"


def channel_in(path: str) -> tuple[str, int]:
    """Return the network and the channel that the address of such a page names; else "" and 0."""
    match path.strip("/").split("/"):
        case ["queue", network, number] if number.isascii() and number.isdigit():
            return network, int(number[:18])
    return "", 0


def calendar_feed(secret: str) -> str:
    """Return the address at which calendar programs read a feed."""
    return f"/api/calendar/{secret}.ics"


def review(secret: str) -> str:
    """Return the address of a review link."""
    return f"{REVIEW}#{secret}"


def sandbox_media(sha256: str) -> str:
    """Return the address of a picture on the public timeline."""
    return f"/sandbox/media/{sha256}"


def sandbox_attachment(post_id: int, place: int) -> str:
    """Return the address of a file of a page on the public timeline."""
    return f"/sandbox/posts/{post_id}/attachments/{place}"
