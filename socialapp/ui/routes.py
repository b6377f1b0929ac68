"""Every address of a page. Each ends in a slash: without one the server has to redirect."""

from socialapp.domain.content import Kind

HOME = "/"
WELCOME = "/welcome/"
SIGN_IN = "/sign-in/"
COMPOSE = "/compose/"
QUEUE = "/queue/"
POSTS = "/posts/"
PAGES = "/pages/"
EDIT_PAGE = "/pages/edit/"
LIBRARY = "/library/"
CHANNELS = "/channels/"
SETTINGS = "/settings/"
SANDBOX = "/sandbox/"


def compose(post_id: int | str) -> str:
    """Return the address at which a post is edited."""
    return f"{COMPOSE}?post={post_id}"


def write(kind: Kind, post_id: int) -> str:
    """Return the address at which a post or page is written."""
    return f"{EDIT_PAGE}?page={post_id}" if kind == Kind.PAGE else compose(post_id)


def schedule(schedule_id: int | str) -> str:
    """Return the address at which the details of a schedule are open."""
    return f"{QUEUE}?schedule={schedule_id}"


def sandbox_media(sha256: str) -> str:
    """Return the address of a picture on the public timeline."""
    return f"/sandbox/media/{sha256}"


def sandbox_attachment(post_id: int, place: int) -> str:
    """Return the address of a file of a page on the public timeline."""
    return f"/sandbox/posts/{post_id}/attachments/{place}"
