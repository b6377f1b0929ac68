"""Every address of a page. Each ends in a slash: without one the server has to redirect."""

HOME = "/"
WELCOME = "/welcome/"
SIGN_IN = "/sign-in/"
COMPOSE = "/compose/"
QUEUE = "/queue/"
POSTS = "/posts/"
LIBRARY = "/library/"
CHANNELS = "/channels/"
SETTINGS = "/settings/"
SANDBOX = "/sandbox/"


def compose(post_id: int | str) -> str:
    """Return the address at which a post is edited."""
    return f"{COMPOSE}?post={post_id}"


def schedule(schedule_id: int | str) -> str:
    """Return the address at which the details of a schedule are open."""
    return f"{QUEUE}?schedule={schedule_id}"


def sandbox_media(sha256: str) -> str:
    """Return the address of a picture on the public timeline."""
    return f"/sandbox/media/{sha256}"
