"""Bluesky's own server behind a proxy that misbehaves, as the contract's stage."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Access, Provider
from socialapp.providers.http import Http
from tests.networks.mischief import Mischief
from tests.servers.asking import ask
from tests.servers.pds import Account, Pds, of_the_run
from tests.servers.pds_front import PdsFront

REQUEST_S = 1.0
POST = "app.bsky.feed.post"


async def access_of(provider: Bluesky, account: Account, server: str) -> Access:
    """Return the access of somebody who was connected with an app password."""
    given = {"handle": account.handle, "password": account.app_password, "server": server}
    connected = await provider.connect("password", given)
    secrets = {**connected.secrets, "pds": server}
    who = connected.account
    return Access(server, who.handle, who.remote_id, secrets, who.known)


async def records(pds: Pds, *dids: str) -> list[dict[str, Any]]:
    """Return the posts on the server, in the order of their names."""
    found = []
    for did in dids:
        query = {"repo": did, "collection": POST, "limit": "100", "reverse": "true"}
        url = f"{pds.base_url}/xrpc/com.atproto.repo.listRecords"
        found += (await ask("GET", url, params=query)).body["records"]
    return found


@dataclass
class BlueskyStage:
    """Two accounts, made for one test."""

    provider: Provider
    access: Access
    pds: Pds
    front: PdsFront
    bob: Access

    async def posted(self) -> list[str]:
        dids = (self.access.remote_id, self.bob.remote_id)
        return [record["value"]["text"] for record in await records(self.pds, *dids)]

    async def disturb(self, how: Mischief) -> None:
        self.front.disturb(how)

    async def another_account(self) -> Access:
        return self.bob

    async def outlive_keys(self) -> None:
        """The names of records are for ever."""


@asynccontextmanager
async def bluesky_stage(_database_url: str, _folder: Path) -> AsyncIterator[BlueskyStage]:
    """The one server of the run, through a front of this test's own."""
    pds = of_the_run()
    async with (
        PdsFront(pds) as front,
        Http(connect_s=1, request_s=REQUEST_S, allow_private=True) as http,
        Http(connect_s=5, request_s=20, allow_private=True) as patient,
    ):
        accounts = [await asyncio.to_thread(pds.create_account) for _ in range(2)]
        alice, bob = [await access_of(Bluesky(patient), a, front.base_url) for a in accounts]
        yield BlueskyStage(Bluesky(http), alice, pds, front, bob)
