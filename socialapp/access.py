"""How a channel gets in: its secrets opened, and renewed once at a time before they end."""

import asyncio
import logging
from datetime import datetime, timedelta

from socialapp.clock import utc_now
from socialapp.domain.outcome import TryLater
from socialapp.providers.contract import Access, Provider, PublishFailed, Refreshes
from socialapp.store import secrets
from socialapp.store.secrets import Secret
from socialapp.store.session import Database
from socialapp.store.tables import Channel

SPARE = timedelta(minutes=5)
"""Access that ends sooner is renewed before it is used."""
LOOK_AGAIN_S = 0.1
PATIENCE_S = 45.0
_log = logging.getLogger(__name__)


class Keyring:
    """Gives out access to channels; any number of processes share the secrets of one database."""

    def __init__(self, database: Database, addresses: dict[str, str] | None = None) -> None:
        self._database = database
        self._addresses = addresses or {}
        """Of the networks that have one address, by their keys."""

    def access(self, channel: Channel, secret: Secret | None) -> Access:
        """Return a channel's access as it is now."""
        return Access(
            base_url=channel.address or self._addresses.get(channel.provider, ""),
            account=channel.handle,
            remote_id=channel.remote_id,
            secrets=secret.value if secret else {},
            known=channel.known,
        )

    async def of(self, channel: Channel, provider: Provider) -> Access:
        """Return a channel's access, renewed when it is about to end. Raises PublishFailed."""
        secret = await self._read(channel)
        if secret and isinstance(provider, Refreshes) and ends_soon(secret, utc_now()):
            secret = await self._renewed(channel, provider, secret)
        return self.access(channel, secret)

    async def renew(self, channel: Channel, provider: Provider, used: Access) -> Access | None:
        """Return another access than `used`, which was refused; None when there is none.

        It may have been renewed, or the channel connected again, meanwhile. Raises PublishFailed
        when the network gives none either.
        """
        secret = await self._read(channel)
        if secret is None:
            return None
        if dict(secret.value) == dict(used.secrets):
            if not isinstance(provider, Refreshes):
                return None
            secret = await self._renewed(channel, provider, secret)
        return self.access(channel, secret)

    async def _read(self, channel: Channel) -> Secret | None:
        async with self._database.reading() as db:
            found = await secrets.of_channels(db, [channel.id or 0])
        return found.get(channel.id or 0)

    async def _renewed(self, channel: Channel, provider: Refreshes, old: Secret) -> Secret:
        """Fetch the next access, or wait for whoever is fetching it."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    async with self._database.transaction() as db:
                        is_ours = await secrets.take_turn(
                            db, old.channel_id, version=old.version, now=utc_now()
                        )
                    if is_ours:
                        return await self._fetch(channel, provider, old)
                    await asyncio.sleep(LOOK_AGAIN_S)
                    found = await self._read(channel)
                    if found and found.version != old.version:
                        return found
        except TimeoutError as error:
            reason = "Another process is renewing the access. Nothing was posted; tried again."
            raise PublishFailed(TryLater(reason)) from error

    async def _fetch(self, channel: Channel, provider: Refreshes, old: Secret) -> Secret:
        try:
            renewed = await provider.refresh(self.access(channel, old))
        except BaseException:
            async with self._database.transaction() as db:
                await secrets.give_up_turn(db, old.channel_id, version=old.version)
            raise
        # Kept before it is used: the old one may be void by now.
        async with self._database.transaction() as db:
            await secrets.keep(db, old.channel_id, renewed.secrets, expires_at=renewed.expires_at)
        _log.info("The access of channel %s was renewed.", old.channel_id)
        return Secret(old.channel_id, old.version + 1, renewed.secrets, renewed.expires_at)


def ends_soon(secret: Secret | None, now: datetime) -> bool:
    """Whether another access has to be fetched before this one is used."""
    return bool(secret and secret.expires_at and secret.expires_at - now < SPARE)
