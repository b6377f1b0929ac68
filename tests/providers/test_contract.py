"""What every network's adapter promises, run over all of them against a network that is there.

A new network joins with a stage: a `Playable` in `tests/providers/stages.py` that names its
adapter, the ways in which its server (or a proxy in front of it) can be made to misbehave, and how
it is opened. Nothing here is written for one network. What differs between them is what their
capabilities say: what a kind does not promise is not asked of it, see each test's `_of`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain.content import Repeats
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Absent, Disconnected, Posted, Refused, TryLater, Unknown
from socialapp.providers import PROVIDERS
from socialapp.providers.contract import Access, Deletes, Finds, Measures, Prepares, PublishFailed
from socialapp.providers.intent import Intent
from tests.networks.mischief import NOT_WRITTEN, WRITTEN, Mischief
from tests.providers.stages import REQUEST_S, STAGES, Playable, Stage
from tests.world import until

FOR_EVER = {Repeats.CLIENT_ID, Repeats.PREPARED, Repeats.REFUSED}
"""A repeat makes no second post, however late and even in parallel."""


@dataclass
class Act:
    """One test's use of a stage."""

    stage: Stage
    refuses_with: str = ""
    began_at: datetime = field(default_factory=utc_now)
    prepared: dict[str, Intent] = field(default_factory=dict)

    async def intent(self, once: str) -> Intent:
        """Return what is sent with `once`: the same at each attempt, as the engine freezes it."""
        if once not in self.prepared:
            fresh = Intent("Hello", (), iso(utc_now()))
            if isinstance(self.stage.provider, Prepares):
                made = await self.stage.provider.prepare(fresh, self.stage.access, once=once)
                fresh = replace(fresh, prepared=made)
            self.prepared[once] = fresh
        return self.prepared[once]

    async def publish(self, once: str = "once-1", *, access: Access | None = None) -> object:
        """Publish, and return the outcome as a value."""
        intent = await self.intent(once)
        try:
            return await self.stage.provider.publish(intent, access or self.stage.access, once=once)
        except PublishFailed as failed:
            return failed.outcome

    async def find(self, once: str = "once-1", *, access: Access | None = None) -> object:
        """Ask whether it is there."""
        provider = self.stage.provider
        assert isinstance(provider, Finds)
        return await provider.find(
            await self.intent(once), access or self.stage.access, once=once, since=self.began_at
        )

    async def settled(self) -> object:
        """Ask as the engine does, until it is found; what is not shown at once is shown soon."""

        async def found() -> object:
            finding = await self.find()
            return finding if isinstance(finding, Posted) else None

        return await until(found, within_s=3)


@pytest.fixture
async def act(
    request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path
) -> AsyncIterator[Act]:
    """Each network in turn."""
    playable: Playable = request.param
    async with playable.opens(sqlite_url, tmp_path) as stage:
        yield Act(stage, playable.refuses_with)


def _of(wanted: Callable[[Playable], bool] = lambda _: True) -> Any:
    """Run a test over the networks whose capabilities promise what it asks for."""
    return pytest.mark.parametrize(
        "act",
        [p for p in STAGES if wanted(p)],
        ids=lambda p: p.id,
        indirect=True,
    )


def _of_disturbed(
    kinds: Iterable[Mischief], wanted: Callable[[Playable], bool] = lambda _: True
) -> Any:
    """Run a test over the networks, each disturbed in all the ways that it can be."""
    return pytest.mark.parametrize(
        ("act", "how"),
        [
            pytest.param(playable, how, id=f"{playable.id}-{how}")
            for playable in STAGES
            if wanted(playable)
            for how in sorted(set(kinds) & playable.mischief)
        ],
        indirect=["act"],
    )


def _repeats(playable: Playable) -> Repeats:
    return playable.adapter.capabilities.repeats


def _can_find(playable: Playable) -> bool:
    return playable.adapter.capabilities.can_find


def test_every_network_of_the_product_has_a_stage() -> None:
    assert set(PROVIDERS) <= {playable.adapter for playable in STAGES}
    assert {_repeats(playable) for playable in STAGES} == set(Repeats)


# What it says of itself.


@_of()
async def test_what_it_says_of_itself_is_so(act: Act) -> None:
    says = act.stage.provider.capabilities

    assert says.can_find == isinstance(act.stage.provider, Finds)
    if says.repeats is Repeats.SERVER_KEY:
        assert says.can_find
    if says.repeats is Repeats.PREPARED:
        assert isinstance(act.stage.provider, Prepares)
    if says.repeats in {Repeats.SERVER_KEY, Repeats.NOTHING}:
        assert says.at_once_per_channel == 1
    assert says.settling > timedelta(0)
    assert says.absent_looks >= 2


# Posting, once and again.


@_of()
async def test_it_posts_and_says_where(act: Act) -> None:
    outcome = await act.publish()

    assert isinstance(outcome, Posted)
    assert outcome.remote_id
    assert await act.stage.posted() == ["Hello"]


@_of(lambda p: _repeats(p) is not Repeats.NOTHING and p.knows_repeats)
async def test_a_repeat_is_the_same_post(act: Act) -> None:
    first = await act.publish()
    if act.stage.provider.capabilities.repeats is Repeats.REFUSED:
        await act.settled()

    assert await act.publish() == first
    assert await act.stage.posted() == ["Hello"]


@_of(lambda p: _repeats(p) is Repeats.NOTHING)
async def test_a_network_that_promises_nothing_posts_again(act: Act) -> None:
    await act.publish()
    await act.publish()

    assert await act.stage.posted() == ["Hello", "Hello"]


@_of(lambda p: _repeats(p) in FOR_EVER)
async def test_repeats_in_parallel_make_one_post(act: Act) -> None:
    await act.intent("once-1")

    outcomes = await asyncio.gather(*(act.publish() for _ in range(8)))

    assert await act.stage.posted() == ["Hello"]
    assert not [o for o in outcomes if isinstance(o, Refused | TryLater)]
    assert len({o.remote_id for o in outcomes if isinstance(o, Posted)}) == 1


@_of(lambda p: _repeats(p) in FOR_EVER)
async def test_a_repeat_after_every_key_has_died_is_the_same_post(act: Act) -> None:
    await act.publish()
    await act.stage.outlive_keys()

    outcome = await act.publish()

    assert isinstance(outcome, Posted | Unknown)
    assert await act.stage.posted() == ["Hello"]


@_of(lambda p: _repeats(p) is Repeats.SERVER_KEY and p.forgets_keys)
async def test_after_a_keys_life_only_looking_tells_that_it_is_there(act: Act) -> None:
    first = await act.publish()
    await act.stage.outlive_keys()

    assert await act.settled() == first
    await act.publish()
    assert await act.stage.posted() == ["Hello", "Hello"]


@_of(lambda p: _repeats(p) is not Repeats.REFUSED)
async def test_two_posts_with_the_same_words_are_two(act: Act) -> None:
    await act.publish("once-1")
    await act.publish("once-2")

    assert await act.stage.posted() == ["Hello", "Hello"]


@_of(lambda p: _repeats(p) is Repeats.REFUSED)
async def test_the_words_of_an_older_post_are_refused_and_not_called_posted(act: Act) -> None:
    first = await act.publish("once-1")
    assert isinstance(first, Posted)
    await act.settled()
    later = replace(await act.intent("once-2"), created_at=iso(utc_now() + timedelta(seconds=1)))
    act.prepared["once-2"] = later

    outcome = await act.publish("once-2")

    assert isinstance(outcome, Refused)
    assert outcome.action == "edit"
    assert await act.stage.posted() == ["Hello"]


# Silence, and how it is found out.


@_of_disturbed(WRITTEN)
async def test_written_without_a_readable_answer_is_unknown(act: Act, how: Mischief) -> None:
    await act.stage.disturb(how)

    async with asyncio.timeout(REQUEST_S + 2):
        outcome = await act.publish()

    assert isinstance(outcome, Unknown)
    assert await act.stage.posted() == ["Hello"]


@_of_disturbed([Mischief.ANSWER_LOST, Mischief.RUBBISH, Mischief.FAIL_AFTER], _can_find)
async def test_written_without_a_readable_answer_is_found(act: Act, how: Mischief) -> None:
    await act.stage.disturb(how)
    await act.publish()

    found = await act.settled()

    assert isinstance(found, Posted)
    assert found.remote_id


@_of_disturbed(
    [Mischief.ANSWER_LOST], lambda p: _repeats(p) is not Repeats.NOTHING and p.knows_repeats
)
async def test_a_repeat_of_what_was_written_is_that_post(act: Act, how: Mischief) -> None:
    await act.stage.disturb(how)
    await act.publish()
    can_find = act.stage.provider.capabilities.can_find
    found = await act.settled() if can_find else await act.publish()

    assert isinstance(found, Posted)
    assert await act.publish() == found
    assert await act.stage.posted() == ["Hello"]


@_of_disturbed(NOT_WRITTEN)
async def test_a_request_lost_before_the_write_is_unknown(act: Act, how: Mischief) -> None:
    await act.stage.disturb(how)

    assert isinstance(await act.publish(), Unknown)
    assert await act.stage.posted() == []


@_of_disturbed(NOT_WRITTEN, _can_find)
async def test_what_was_not_written_is_absent_and_a_repeat_posts_it(
    act: Act, how: Mischief
) -> None:
    await act.stage.disturb(how)
    await act.publish()

    assert isinstance(await act.find(), Absent)
    assert isinstance(await act.publish(), Posted)
    assert await act.stage.posted() == ["Hello"]


@_of(_can_find)
async def test_asking_an_unreachable_network_proves_nothing(act: Act) -> None:
    await act.intent("once-1")

    assert isinstance(await act.find(access=_away(act)), Unknown)


# Answers that are clear.


@_of_disturbed([Mischief.LIMITED, Mischief.BUSY, Mischief.LIMITED_UNTIL])
async def test_a_wait_that_the_network_asks_for_is_kept(act: Act, how: Mischief) -> None:
    await act.stage.disturb(how)

    outcome = await act.publish()

    assert isinstance(outcome, TryLater)
    assert outcome.after is not None
    if how is Mischief.LIMITED_UNTIL:  # a date has whole seconds
        assert timedelta(seconds=1.5) < outcome.after <= timedelta(seconds=3)
    else:
        assert outcome.after == timedelta(seconds=2)
    assert await act.stage.posted() == []


@_of_disturbed([Mischief.REFUSE])
async def test_a_refusal_is_final_and_says_why(act: Act, how: Mischief) -> None:
    await act.stage.disturb(how)

    outcome = await act.publish()

    assert isinstance(outcome, Refused)
    assert outcome.action == "edit"
    assert act.refuses_with in outcome.reason
    assert await act.stage.posted() == []


@_of_disturbed([Mischief.UNAUTHORISED])
async def test_lost_access_asks_to_reconnect(act: Act, how: Mischief) -> None:
    await act.stage.disturb(how)

    outcome = await act.publish()

    assert isinstance(outcome, Disconnected)
    assert await act.stage.posted() == []


@_of_disturbed([Mischief.SLOW])
async def test_a_slow_answer_is_waited_for(act: Act, how: Mischief) -> None:
    await act.stage.disturb(how)

    assert isinstance(await act.publish(), Posted)


@_of()
async def test_a_network_that_cannot_be_reached_got_nothing(act: Act) -> None:
    assert isinstance(await act.publish(access=_away(act)), TryLater)
    assert await act.stage.posted() == []


@_of()
async def test_accounts_are_told_apart(act: Act) -> None:
    other = await act.stage.another_account()
    await act.publish("once-1")

    await _prepare_at(act, other, "once-1")
    outcome = await act.publish("once-1", access=other)

    assert isinstance(outcome, Posted)
    assert len(await act.stage.posted()) == 2


@_of()
async def test_it_says_when_its_request_is_about_to_leave(act: Act) -> None:
    left: list[str] = []
    intent = await act.intent("once-1")

    with pytest.raises(PublishFailed):
        await act.stage.provider.publish(
            intent, act.stage.access, once="once-1", leaving=lambda: _stop(left)
        )

    assert left == ["about to leave"]
    assert await act.stage.posted() == []


def _measures(playable: Playable) -> bool:
    return isinstance(playable.adapter, Measures)


@_of(_measures)
async def test_what_is_out_is_counted_in_the_words_of_its_network(act: Act) -> None:
    provider = act.stage.provider
    assert isinstance(provider, Measures)
    sent = [await act.publish(f"once-{n}") for n in range(min(2, provider.measured_at_once))]

    posted = [_kept(each) for each in sent]
    found = await provider.measure(posted, act.stage.access)

    assert set(found) == {each["remote_id"] for each in posted}
    for said in found.values():
        assert said.counts == dict.fromkeys((m.key for m in provider.metrics), 0)
        assert not said.is_gone


@_of(lambda playable: _measures(playable) and isinstance(playable.adapter, Deletes))
async def test_what_was_taken_down_is_gone_when_it_is_measured(act: Act) -> None:
    provider, access = act.stage.provider, act.stage.access
    assert isinstance(provider, Measures)
    assert isinstance(provider, Deletes)
    posted = _kept(await act.publish())
    await provider.delete(posted, access)

    (said,) = (await provider.measure([posted], access)).values()

    assert said.is_gone


@_of(_measures)
async def test_a_network_that_cannot_be_reached_says_nothing_of_a_post(act: Act) -> None:
    provider = act.stage.provider
    assert isinstance(provider, Measures)
    posted = _kept(await act.publish())

    with pytest.raises(PublishFailed):
        await provider.measure([posted], _away(act))


def _kept(outcome: object) -> dict[str, Any]:
    assert isinstance(outcome, Posted), outcome
    return {"remote_id": outcome.remote_id, "url": outcome.url, "kept": dict(outcome.kept)}


def _stop(left: list[str]) -> None:
    left.append("about to leave")
    raise PublishFailed(TryLater("Not now."))


def _away(act: Act) -> Access:
    """Return the access with its server where nothing is; some keep the address beside the keys."""
    access, away = act.stage.access, "http://127.0.0.1:1"
    secrets = {key: away if it == access.base_url else it for key, it in access.secrets.items()}
    return replace(access, base_url=away, secrets=secrets)


async def _prepare_at(act: Act, access: Access, once: str) -> None:
    provider = act.stage.provider
    if isinstance(provider, Prepares):
        intent = act.prepared[once]
        made = await provider.prepare(intent, access, once=once)
        act.prepared[once] = replace(intent, prepared=made)
