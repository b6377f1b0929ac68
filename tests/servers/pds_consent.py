"""What somebody does on the pages of Bluesky's server when an app asks for access."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.servers.pds import Account

_PAGES_API = "/@atproto/oauth-provider/~api"
# As a browser says it; a request that does not say it is refused.
_NAVIGATES = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
_CALLS = {"Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Site": "same-origin"}


async def consent(authorize_url: str, account: Account, *, allows: bool = True) -> dict[str, str]:
    """Sign in, decide, and return what the app is told at its redirect address."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        page = _Page(session, authorize_url)
        await page.open()
        signed_in = await page.call(
            "sign-in",
            {"username": account.handle, "password": account.password, "locale": "en"},
        )
        if allows:
            told = await page.call("consent", {"did": account.did}, signed_in["ephemeralToken"])
        else:
            told = await page.call("reject", {})
        return await page.leave(told["url"])


class _Page:
    """The page on which access is given, as far as the server can see a page."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        self._cookies: dict[str, str] = {}

    async def open(self) -> None:
        headers = _NAVIGATES | {"Sec-Fetch-Site": "cross-site"}
        async with self._session.get(self._url, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            self._keep(answer)

    async def call(self, what: str, body: dict[str, str], token: str = "") -> Any:
        headers = _CALLS | self._headers | {"X-CSRF-Token": self._cookies["csrf-token"]}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        address = f"{self._origin}{_PAGES_API}/{what}"
        async with self._session.post(address, json=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            self._keep(answer)
            return await answer.json()

    async def leave(self, url: str) -> dict[str, str]:
        headers = _NAVIGATES | self._headers | {"Sec-Fetch-Site": "same-origin"}
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            told = parse_qs(urlsplit(answer.headers["Location"]).query)
        return {name: values[0] for name, values in told.items()}

    @property
    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": cookies, "Origin": self._origin, "Referer": self._url}

    def _keep(self, answer: aiohttp.ClientResponse) -> None:
        # By hand: they are marked as secure, and a jar holds such back from an http address.
        self._cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
