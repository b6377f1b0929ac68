"""Somebody in a browser who lets a program into their WordPress, or does not."""

import html
import re
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

_FIELD = re.compile(r'<input[^>]*type="(?:hidden|text)"[^>]*>')
_ATTRIBUTE = re.compile(r' (name|value)="([^"]*)"')


class Browser:
    """Signed in as one member of the site; `async with` it."""

    def __init__(self, base_url: str, login: str) -> None:
        self._base_url = base_url
        self._login = login

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        form = {"log": self._login, "pwd": f"{self._login}-password", "testcookie": "1"}
        self._client.cookie_jar.update_cookies({"wordpress_test_cookie": "WP Cookie check"})
        url = f"{self._base_url}/wp-login.php"
        async with self._client.post(url, data=form, allow_redirects=False) as answer:
            assert answer.status == 302, "nobody was signed in"
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self._client.close()

    async def answers(self, url: str, *, button: str) -> dict[str, str]:
        """Press a button on the page that asks; returns what the program is sent back with."""
        async with self._client.get(url) as answer:
            page = await answer.text()
            assert answer.status == 200, page[:500]
        form = {}
        for field in _FIELD.findall(page.partition("auth-app-card")[2]):
            has = dict(_ATTRIBUTE.findall(field))
            form[has["name"]] = html.unescape(has.get("value", ""))
        form[button] = "1"
        where = f"{self._base_url}/wp-admin/authorize-application.php"
        async with self._client.post(where, data=form, allow_redirects=False) as answer:
            assert answer.status == 302, "the page asks again"
            return dict(URL(answer.headers["Location"]).query)
