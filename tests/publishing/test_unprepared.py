"""What was prepared may be gone when its moment comes: it is prepared again, and posted once."""

from collections.abc import Callable

import pytest

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.domain.outcome import Posted, Refused, TryLater
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.intent import Intent
from socialapp.store import channels
from tests.networks.adapters import Prepared
from tests.networks.judge import Judge
from tests.world import World


async def test_what_the_network_forgot_is_prepared_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge()
    await judge.start()
    forgotten: list[str] = []

    class Forgotten(Prepared):
        """Its first container is gone when it is to be published."""

        async def publish(
            self,
            intent: Intent,
            access: Access,
            *,
            once: str,
            leaving: Callable[[], None] | None = None,
        ) -> Posted:
            if not forgotten:
                forgotten.extend(judge._containers)
                judge._containers.clear()
            try:
                return await super().publish(intent, access, once=once, leaving=leaving)
            except PublishFailed as error:
                is_gone = isinstance(error.outcome, Refused)
                raise PublishFailed(TryLater("Gone.", unprepares=is_gone)) from error

    monkeypatch.setattr(providers, "PROVIDERS", (*providers.PROVIDERS, Forgotten))
    async with world.database.transaction() as db:
        channel = await channels.add_channel(
            db, world.alice.workspace_id, provider=Forgotten.key, name="Shop", now=utc_now()
        )
        channel.address = f"{judge.address}/{Forgotten.key}"
        await db.flush()

    async with world.worker():
        schedule = await world.schedule("Hello", channel_ids=[channel.id or 0])
        await world.reaches(schedule, "posted")

    await judge.stop()
    intent = (await world.delivery(schedule)).intent
    assert judge.texts(Forgotten.key) == ["Hello"]
    assert [entry.status for entry in await world.log(schedule)] == ["queued", "posted"]
    assert intent
    assert intent["prepared"]["containers"] != forgotten
