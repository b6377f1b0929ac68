"""What a Mastodon server tells everybody about itself."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from tests.servers.mastodon.site import Site

_MIME_TYPES = [
    *("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic"),
    *("video/mp4", "video/webm", "video/quicktime"),
    *("audio/mpeg", "audio/ogg", "audio/flac"),
]


class Instance:
    """Its endpoints: the present one, and the one that older servers have alone."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to."""
        return [
            web.get("/api/v2/instance", self._v2),
            web.get("/api/v1/instance", self._v1),
        ]

    async def _v2(self, _: web.Request) -> web.Response:
        if not self._site.has_v2_instance:
            raise web.HTTPNotFound
        domain = urlsplit(self._site.base_url()).netloc
        return web.json_response(
            {
                "domain": domain,
                "title": "A simulated server",
                "version": self._version,
                "source_url": self._site.base_url(),
                "configuration": self._configuration(),
                "api_versions": {} if self._site.is_before_4_3 else {"mastodon": 7},
            }
        )

    async def _v1(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "uri": urlsplit(self._site.base_url()).netloc,
                "title": "A simulated server",
                "version": self._version,
                "configuration": self._configuration(),
            }
        )

    @property
    def _version(self) -> str:
        return "4.2.10" if self._site.is_before_4_3 else "4.5.2"

    def _configuration(self) -> dict[str, Any]:
        limits = self._site.limits
        media: dict[str, Any] = {
            "supported_mime_types": _MIME_TYPES,
            "image_size_limit": limits.image_size_limit,
            "image_matrix_limit": limits.image_matrix_limit,
            "video_size_limit": limits.video_size_limit,
        }
        if not self._site.is_before_4_3:  # before, it is known from the documentation alone
            media["description_limit"] = limits.description_limit
        return {
            "statuses": {
                "max_characters": limits.max_characters,
                "max_media_attachments": limits.max_media_attachments,
                "characters_reserved_per_url": limits.characters_reserved_per_url,
            },
            "media_attachments": media,
            "polls": {
                "max_options": limits.max_options,
                "max_characters_per_option": limits.max_characters_per_option,
                "min_expiration": limits.min_expiration_s,
                "max_expiration": limits.max_expiration_s,
            },
        }
