"""A real WordPress behind a proxy that misbehaves, as the contract's stage."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import aiohttp

from socialapp.providers.contract import Access, Provider
from socialapp.providers.http import Http
from socialapp.providers.wordpress.adapter import WordPress as Adapter
from tests.networks.mischief import Mischief
from tests.servers.asking import ask
from tests.servers.wordpress import MEMBERS, WordPress, of_the_run
from tests.servers.wordpress_front import WordPressFront

REQUEST_S = 2.0
"""Longer than the simulators': PHP has more to do, and other tests run beside it."""


def _new_here(access: Access) -> Access:
    """Return it with another id: the suite's keys come again in each test, on the same site."""
    return replace(access, remote_id=f"{access.remote_id}-{token_hex(8)}")


def access_of(site: WordPress, login: str, *, api: str = "", known: Any = None) -> Access:
    """Return the access of a member of the site, as a connected channel has it."""
    return Access(
        base_url=api or f"{site.base_url}/wp-json",
        account=f"{login}@test",
        remote_id=str(MEMBERS.index(login) + 1),
        secrets={"login": login, "password": site.application_passwords[login]},
        known=known or {},
    )


async def on_site(site: WordPress, path: str, **query: str) -> Any:
    """Read something of the site as its admin."""
    proof = aiohttp.encode_basic_auth("admin", site.application_passwords["admin"])
    url = f"{site.base_url}/wp-json/wp/v2/{path}"
    answer = await ask("GET", url, headers={"Authorization": proof}, params=query)
    return answer.body


@dataclass
class WordPressStage:
    """Of one site, what came after the curtain rose."""

    provider: Provider
    access: Access
    site: WordPress
    front: WordPressFront
    began_after: int

    async def posted(self) -> list[str]:
        query = {"status": "publish", "per_page": "100", "orderby": "id", "order": "asc"}
        posts = await on_site(self.site, "posts", **query)
        bodies = [p["content"]["rendered"] for p in posts if p["id"] > self.began_after]
        return [html.unescape(re.sub("<[^>]*>", "", body)).strip() for body in bodies]

    async def disturb(self, how: Mischief) -> None:
        self.front.disturb(how)

    async def another_account(self) -> Access:
        return _new_here(access_of(self.site, "editor", api=self.front.api))

    async def outlive_keys(self) -> None:
        """A draft is for ever."""


@asynccontextmanager
async def wordpress_stage(_database_url: str, _folder: Path) -> AsyncIterator[WordPressStage]:
    """The one site of the run, through a front of this test's own."""
    site = of_the_run()
    there = await on_site(site, "posts", per_page="1", orderby="id", status="publish,draft")
    began_after = max((post["id"] for post in there), default=0)
    async with (
        WordPressFront(site) as front,
        Http(connect_s=1, request_s=REQUEST_S, allow_private=True) as http,
    ):
        access = _new_here(access_of(site, "admin", api=front.api))
        yield WordPressStage(Adapter(http), access, site, front, began_after)
