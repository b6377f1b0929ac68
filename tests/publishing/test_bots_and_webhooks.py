"""Discord, Telegram and a webhook, from connecting to a post that is out, through the engine."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import Rejected
from socialapp.providers.http import Http
from socialapp.services import connections, posts, schedules
from socialapp.services.writing import PartGiven
from socialapp.store import vault
from socialapp.store.tables import Channel, Schedule
from tests.networks.mischief import Mischief
from tests.servers.discord.server import Discord
from tests.servers.telegram.server import Telegram
from tests.servers.webhook import WebhookReceiver
from tests.world import World


@pytest.fixture
async def world(world: World) -> AsyncIterator[World]:
    """The same, with its networks at hand, as the web process has them."""
    vault.connect(keys=world.settings.secret_key, folder=world.settings.data_dir)
    async with Http(allow_private=True) as http:
        providers.use(providers.connect(http))
        yield world


async def connect(
    world: World, provider: str, channel_id: int | None = None, **given: str
) -> Channel:
    return await connections.connect(
        world.database,
        world.alice,
        provider=provider,
        given=given,
        channel_id=channel_id,
        now=utc_now(),
    )


def telegrams(telegram: Telegram, chat: str = "@harbour") -> dict[str, str]:
    return {"token": telegram.token, "chat": chat, "server": telegram.base_url}


async def send(
    world: World, channel: Channel, text: str = "Fresh bread", *parts: str, **options: Any
) -> Schedule:
    """Plan a post for now."""
    now = utc_now()
    at = moments.read(now.isoformat(), zone="UTC")
    async with world.database.transaction() as db:
        post = await posts.create(
            db,
            world.alice,
            text=text,
            parts=[PartGiven(part) for part in parts],
            options=options,
            now=now,
        )
        return await schedules.create(
            db, world.alice, post_id=post.id or 0, at=at, channel_ids=[channel.id or 0], now=now
        )


async def log_of(world: World, schedule: Schedule) -> list[tuple[str, str]]:
    return [(entry.kind, entry.status) for entry in await world.log(schedule)]


# Discord.


async def test_discord_posts_once_and_says_where(world: World, discord: Discord) -> None:
    channel = await connect(world, "discord", url=discord.url())
    async with world.worker():
        schedule = await send(world, channel)
        await world.reaches(schedule, "posted")

    (message,) = discord.messages
    where = f"{discord.webhook.guild_id}/{discord.webhook.channel_id}/{message.id}"
    assert (await world.delivery(schedule)).url == f"https://discord.com/channels/{where}"
    assert channel.name == "Harbour"


async def test_discord_is_not_asked_twice_when_its_answer_is_lost(
    world: World, discord: Discord
) -> None:
    channel = await connect(world, "discord", url=discord.url())
    discord.disturb(Mischief.ANSWER_LOST)
    async with world.worker():
        schedule = await send(world, channel)
        await world.reaches(schedule, "needs_check")

    assert [m.content for m in discord.messages] == ["Fresh bread"]
    assert await log_of(world, schedule) == [("send", "unknown"), ("look", "needs_check")]


async def test_a_new_webhook_of_the_same_channel_sends_what_waited(
    world: World, discord: Discord
) -> None:
    channel = await connect(world, "discord", url=discord.url())
    place = discord.webhook.channel_id
    discord.webhooks.clear()
    async with world.worker():
        await world.reaches(await send(world, channel, "Lost"), "failed")
        schedule = await send(world, channel, "Waits")
        again = discord.add_webhook("Harbour")
        again.channel_id = place
        await connect(world, "discord", channel.id, url=discord.url(again))

        await world.reaches(schedule, "posted")

    assert [m.content for m in discord.messages] == ["Waits"]


async def test_what_is_kept_of_a_single_post_stays(world: World, discord: Discord) -> None:
    forum = discord.add_webhook("Forum", is_forum=True)
    channel = await connect(world, "discord", url=discord.url(forum), forum="yes")
    async with world.worker():
        schedule = await send(world, channel)
        await world.reaches(schedule, "posted")

    (message,), delivery = discord.messages, await world.delivery(schedule)
    (part,) = delivery.progress
    assert (part["remote_id"], part["url"]) == (delivery.remote_id, delivery.url)
    assert part["kept"] == {"thread_id": message.channel_id}


# Telegram.


async def test_telegram_posts_once_and_says_where(world: World, telegram: Telegram) -> None:
    channel = await connect(world, "telegram", **telegrams(telegram))
    async with world.worker():
        schedule = await send(world, channel, silent=True, link_card=False)
        await world.reaches(schedule, "posted")

    (message,) = telegram.messages
    assert (await world.delivery(schedule)).url == f"https://t.me/harbour/{message.id}"
    assert message.options["disable_notification"] is True
    assert (await world.delivery(schedule)).progress == []


async def test_telegram_is_not_asked_twice_when_its_answer_is_lost(
    world: World, telegram: Telegram
) -> None:
    channel = await connect(world, "telegram", **telegrams(telegram))
    telegram.disturb(Mischief.ANSWER_LOST)
    async with world.worker():
        schedule = await send(world, channel)
        await world.reaches(schedule, "needs_check")

    assert telegram.count() == {"Fresh bread": 1}


async def test_a_thread_in_a_group_that_moves_goes_on_there(
    world: World, telegram: Telegram
) -> None:
    group = telegram.add_chat("group", "Crew")
    channel = await connect(world, "telegram", **telegrams(telegram, str(group.id)))
    moved = telegram.migrate(group)
    async with world.worker():
        schedule = await send(world, channel, "one", "two", "three")
        await world.reaches(schedule, "posted")

    one, two, three = telegram.messages
    assert (two.reply_to, three.reply_to) == (one, two)
    assert {m.chat.id for m in telegram.messages} == {moved.id}
    delivery = await world.delivery(schedule)
    assert [part["kept"]["chat_id"] for part in delivery.progress] == [moved.id] * 3


# A webhook.


async def test_a_receiver_is_told_once_and_says_where(
    world: World, webhook_receiver: WebhookReceiver
) -> None:
    given = {"url": webhook_receiver.url, "secret": webhook_receiver.secret}
    channel = await connect(world, "webhook", **given)
    webhook_receiver.status = 200
    webhook_receiver.says = {"id": 7, "url": "https://example.org/7"}
    async with world.worker():
        schedule = await send(world, channel, "one", "two", "three", language="en")
        await world.reaches(schedule, "posted")

    delivery = await world.delivery(schedule)
    assert (delivery.remote_id, delivery.url) == ("7", "https://example.org/7")
    (came,) = webhook_receiver.posts.values()
    assert came.id == delivery.once
    assert [part["text"] for part in came.body["data"]["parts"]] == ["two", "three"]
    assert came.body["data"]["options"] == {"language": "en"}
    assert await log_of(world, schedule) == [("send", "posted")]


@pytest.mark.parametrize("how", [Mischief.ANSWER_LOST, Mischief.FAIL])
async def test_a_receiver_that_knows_repeats_is_told_again(
    world: World, webhook_receiver: WebhookReceiver, how: Mischief
) -> None:
    given = {"url": webhook_receiver.url, "secret": webhook_receiver.secret}
    channel = await connect(world, "webhook", **given)
    webhook_receiver.disturb(how)
    async with world.worker():
        schedule = await send(world, channel)
        await world.reaches(schedule, "posted")

    assert len(webhook_receiver.posts) == 1
    assert await log_of(world, schedule) == [("send", "unknown"), ("look", "posted")]
    sent = [request.headers["webhook-id"] for request in webhook_receiver.seen[1:]]
    assert sent == [(await world.delivery(schedule)).once] * 2


async def test_a_refused_repeat_does_not_prove_that_nothing_is_out(
    world: World, webhook_receiver: WebhookReceiver
) -> None:
    given = {"url": webhook_receiver.url, "secret": webhook_receiver.secret}
    channel = await connect(world, "webhook", **given)
    webhook_receiver.disturb(Mischief.ANSWER_LOST, Mischief.REFUSE, Mischief.UNAUTHORISED)
    async with world.worker():
        schedule = await send(world, channel)
        await world.reaches(schedule, "posted", within_s=40)

    assert len(webhook_receiver.posts) == 1
    assert [status for _, status in await log_of(world, schedule)][-1] == "posted"


async def test_a_receiver_that_does_not_know_repeats_is_told_once(
    world: World, webhook_receiver: WebhookReceiver
) -> None:
    given = {"url": webhook_receiver.url, "secret": webhook_receiver.secret}
    channel = await connect(world, "webhook", repeats="counts", **given)
    webhook_receiver.disturb(Mischief.ANSWER_LOST)
    async with world.worker():
        schedule = await send(world, channel)
        await world.reaches(schedule, "needs_check")

    assert len(webhook_receiver.received) == 2, "the test, and the post"


async def test_a_secret_that_is_made_is_shown_to_who_connects(
    world: World, webhook_receiver: WebhookReceiver
) -> None:
    shown: dict[str, str] = {}

    channel = await connections.connect(
        world.database,
        world.alice,
        provider="webhook",
        given={"url": webhook_receiver.url},
        show=shown.update,
        now=utc_now(),
    )
    webhook_receiver.secret = shown["Signing secret"]
    async with world.worker():
        await world.reaches(await send(world, channel), "posted")

    assert len(webhook_receiver.posts) == 1


async def test_a_receiver_may_move_and_becomes_no_other_network(
    world: World, webhook_receiver: WebhookReceiver, discord: Discord
) -> None:
    given = {"url": webhook_receiver.url, "secret": webhook_receiver.secret}
    channel = await connect(world, "webhook", **given)

    moved = await connect(world, "webhook", channel.id, url=f"{webhook_receiver.url}?new=1")
    with pytest.raises(Rejected):
        await connect(world, "discord", channel.id, url=discord.url())

    assert moved.id == channel.id


# All three.


async def test_no_secret_lies_in_the_database(
    world: World, discord: Discord, telegram: Telegram, webhook_receiver: WebhookReceiver
) -> None:
    given = {"url": webhook_receiver.url, "secret": webhook_receiver.secret}
    there = [
        await connect(world, "discord", url=discord.url()),
        await connect(world, "telegram", **telegrams(telegram)),
        await connect(world, "webhook", **given),
    ]
    for network in (discord, telegram, webhook_receiver):
        network.disturb(Mischief.REFUSE)
    async with world.worker():
        planned = [await send(world, channel, "Refused") for channel in there]
        planned += [await send(world, channel, "Taken") for channel in there]
        for schedule in planned:
            await world.reaches(schedule, "posted", "failed")

    rows = "\n".join([row async for row in _everything(world)])
    assert "Taken" in rows
    for secret in (discord.webhook.token, telegram.token, webhook_receiver.secret):
        assert secret not in rows
        assert secret.removeprefix("whsec_") not in rows


async def _everything(world: World) -> AsyncIterator[str]:
    """Yield every row of every table."""
    from sqlmodel import SQLModel

    async with world.database.reading() as db:
        for table in SQLModel.metadata.sorted_tables:
            for row in (await db.execute(table.select())).all():
                yield str(row)
