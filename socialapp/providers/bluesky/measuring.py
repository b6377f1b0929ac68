"""What people did with posts, as the network's own view (AppView) counts it.

Source: https://docs.bsky.app/docs/api/app-bsky-feed-get-posts
"""

from collections.abc import Mapping, Sequence
from typing import Any

from socialapp.domain.results import Measurement, Metric

METHOD = "app.bsky.feed.getPosts"
"""The account's own server passes it on to the view."""
AT_ONCE = 25
METRICS = (
    Metric("likes", "like", "likes"),
    Metric("reposts", "repost", "reposts"),
    Metric("quotes", "quote", "quotes"),
    Metric("replies", "reply", "replies"),
)
_COUNTS = {
    "likes": "likeCount",
    "reposts": "repostCount",
    "quotes": "quoteCount",
    "replies": "replyCount",
}


def read(said: Mapping[str, Any], asked: Sequence[str]) -> dict[str, Measurement]:
    """Return what an answer says of the posts that were asked for; others are none of ours."""
    posts = said.get("posts")
    found: dict[str, Measurement] = {}
    for post in posts if isinstance(posts, list) else ():
        uri = post.get("uri") if isinstance(post, dict) else None
        if isinstance(uri, str) and uri in asked:
            counts = {metric: post.get(name) for metric, name in _COUNTS.items()}
            known = {m: n for m, n in counts.items() if type(n) is int and 0 <= n < 2**53}
            found[uri] = Measurement(known)
    return found
