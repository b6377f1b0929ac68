"""Finding the API of the site whose address somebody typed."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yarl import URL

from socialapp.domain import addresses
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import Refused, TryLater
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Answer, Http
from socialapp.providers.wordpress.line import error_of, header, object_of

_OF_API = "https://api.w.org/"
_LINK = re.compile(r'<([^<>]+)>\s*;[^,]*rel="?' + re.escape(_OF_API) + '"?')
_LINK_TAG = re.compile(r"<link\b[^>]{0,1000}>", re.IGNORECASE)
_HREF = re.compile(r"""href=["']([^"']+)["']""", re.IGNORECASE)
_HEAD_BYTES = 200_000
_CLAIMS_AT_MOST = 5
_BELONGS_TO_WORDPRESS = re.compile(
    r"/(wp-admin|wp-login\.php|wp-json|xmlrpc\.php|index\.php)(/.*)?$", re.IGNORECASE
)


@dataclass(frozen=True)
class Site:
    """A WordPress that was found."""

    api: str
    """The root of its API; a path that begins with a slash follows."""
    authorize: str = ""
    """Where a person allows a program in; "" when the site does not say."""
    says_more: bool = True
    """Whether it speaks to those whom it does not know."""


async def find(http: Http, typed: str) -> Site:
    """Find the API of the site that somebody typed. Raises Rejected, PublishFailed."""
    address = addresses.read(typed, field="site", allow_http=True)
    address = _BELONGS_TO_WORDPRESS.sub("", address)
    home = await _page(http, address)
    for api in dict.fromkeys(_candidates(home)):
        if site := await _site(http, api):
            return site
    message = (
        f"No WordPress with a REST API was found at {address}. Check the address; or ask the site's"
        " admin whether a plugin has closed /wp-json/."
    )
    raise Rejected(Problem("no_wordpress", message, "site"))


async def _page(http: Http, address: str) -> Answer:
    try:
        return await http.fetch(address)
    except PublishFailed as error:
        if isinstance(error.outcome, Refused):
            raise
        reason = f"{URL(address).host} does not answer. Check the address, or try again later."
        raise PublishFailed(TryLater(reason)) from error


def _candidates(home: Answer) -> Iterator[str]:
    """Yield where the API may be: where the page says, else where it is at most sites.

    https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/
    """
    here = URL(home.url)
    tags = _LINK_TAG.findall(home.body[:_HEAD_BYTES].decode(errors="replace"))
    hrefs = (_HREF.search(tag) for tag in tags if _OF_API in tag)
    found = [match[1] for match in _LINK.finditer(header(home, "Link"))]
    found += [html.unescape(href[1]) for href in hrefs if href]
    for each in found[:_CLAIMS_AT_MOST]:
        try:
            api = here.join(URL(each))
        except ValueError:
            continue
        # Many a site is reached by https and was never told so.
        is_same = (api.host, api.scheme) == (here.host, "http") and here.scheme == "https"
        yield str(api.with_scheme("https") if is_same else api)
    base = str(here.with_query(None).with_fragment(None)).rstrip("/")
    yield f"{base}/wp-json/"
    yield f"{base}/?rest_route=/"


async def _site(http: Http, api: str) -> Site | None:
    try:
        answer = await http.fetch(api)
    except PublishFailed:
        return None
    root = answer.url.rstrip("/")
    if answer.status in {401, 403} and error_of(answer)[0].startswith("rest_"):
        return Site(root, says_more=False)
    said = object_of(answer)
    if answer.status != 200 or "wp/v2" not in _namespaces(said):
        return None
    return Site(root, authorize_of(said, root))


def authorize_of(said: Mapping[str, Any], root: str) -> str:
    """Return the page on which a person allows a program in, if it is one of the web's."""
    found: Any = said
    for key in ("authentication", "application-passwords", "endpoints", "authorization"):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str) or len(found) > 2000:
        return ""
    try:
        url = URL(found)
    except ValueError:
        return ""
    return found if url.host and url.scheme in {"https", URL(root).scheme} else ""


def _namespaces(said: Mapping[str, Any]) -> list[Any]:
    found = said.get("namespaces")
    return found if isinstance(found, list) else []
