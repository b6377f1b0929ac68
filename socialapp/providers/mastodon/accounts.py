"""Who we are at a server, and what it says of itself."""

from collections.abc import Mapping
from typing import Any

from socialapp.domain.outcome import Refused
from socialapp.providers.contract import Account, PublishFailed
from socialapp.providers.mastodon import limits
from socialapp.providers.mastodon.server import Server, fields, link, name


async def verify(server: Server, known: Mapping[str, Any]) -> Account:
    """Ask who we are, and what is taken there: `known` was so far. Raises PublishFailed.

    Source: https://docs.joinmastodon.org/methods/accounts/#verify_credentials
    """
    answer = await server.ask("GET", "/api/v1/accounts/verify_credentials")
    if answer.status != 200:
        raise server.refused(answer)
    me = fields(answer)
    remote_id, username = name(me.get("id")), name(me.get("username"))
    if not remote_id or not username:
        raise PublishFailed(Refused(f"{server.name} does not say who we are.", action="reconnect"))
    instance = await _instance(server)
    shown = me.get("display_name")
    return Account(
        remote_id=remote_id,
        name=shown[:100] if isinstance(shown, str) and shown.strip() else username,
        handle=f"@{username}@{_domain(instance) or server.host}",
        url=link(me.get("url")),
        known={**known, **limits.learned(instance), **_defaults(me), "username": username},
    )


async def _instance(server: Server) -> dict[str, Any]:
    """Return what the server says of itself; older ones and others only know the first version."""
    for version in ("v2", "v1"):
        answer = await server.ask("GET", f"/api/{version}/instance")
        if answer.status == 200 and (found := fields(answer)):
            return found
    return {}


def _domain(instance: Mapping[str, Any]) -> str:
    """Return the domain of the handles: it need not be that of the server."""
    said = (instance.get(key) for key in ("account_domain", "domain", "uri"))
    words = next((word for word in said if isinstance(word, str) and word), "")
    return name(words.split("://")[-1].strip("/"))


def _defaults(me: Mapping[str, Any]) -> dict[str, Any]:
    """Return what holds for posts that do not say otherwise."""
    source = me.get("source")
    source = source if isinstance(source, dict) else {}
    privacy, language = source.get("privacy"), source.get("language")
    is_known = isinstance(privacy, str) and privacy in limits.VISIBILITIES
    return {
        "visibility": privacy if is_known else "",
        "sensitive": source.get("sensitive") is True,
        "language": language[:20] if isinstance(language, str) else "",
    }
