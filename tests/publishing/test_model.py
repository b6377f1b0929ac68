"""People, workers, crashes and a network in any order: a simple model agrees with the real parts.

`MODEL_RUNS=2000 MODEL_STEPS=80 pytest tests/publishing/test_model.py` looks much longer.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from socialapp import providers
from tests.publishing import model_setup
from tests.publishing.model_machine import Publishing
from tests.publishing.model_network import KINDS, Fate, Request
from tests.publishing.model_setup import Copies, Setup
from tests.publishing.model_worker import Clock, set_the_clock
from tests.servers.postgresql import run

RUNS = int(os.environ.get("MODEL_RUNS", "30"))
STEPS = int(os.environ.get("MODEL_STEPS", "30"))
# Finding the shortest example takes minutes: for whoever wants to read one, not for each run.
PHASES = [Phase.generate, *([Phase.shrink] if os.environ.get("MODEL_SHORTEST") else [])]


@pytest.fixture(params=["sqlite", "postgresql"])
def copies(request: pytest.FixtureRequest, tmp_path: Path) -> Copies:
    """Databases of each kind; the server of the tests takes its own with it."""
    template = request.getfixturevalue(f"{request.param}_template")
    if request.param == "sqlite":
        return model_setup.sqlite(template, tmp_path)
    return model_setup.postgresql(template, request.getfixturevalue("postgresql"))


@pytest.fixture
def machine(copies: Copies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Publishing]:
    """The model beside the real parts, on databases of one kind and a clock of its own."""
    clock, gone = Clock(), set[str]()
    monkeypatch.setattr(providers, "PROVIDERS", (*providers.PROVIDERS, *KINDS))
    alice, made = run(model_setup.furnish(copies.base, tmp_path))
    set_the_clock(monkeypatch, clock, gone)

    class Here(Publishing):
        setup = Setup(copies, alice, made, clock, gone)

    return Here


def test_whatever_happens_in_whatever_order_every_post_is_out_once_or_says_why(
    machine: type[Publishing],
) -> None:
    # The server makes each run its own database, which takes longer than the run.
    is_server = machine.setup.copies.base.startswith("postgresql")
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=max(RUNS // 3, 1) if is_server else RUNS,
            stateful_step_count=STEPS,
            database=None,
            phases=PHASES,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def story(machine: type[Publishing]) -> Iterator[Publishing]:
    """The same, for a story that is told step by step."""
    told = machine()
    yield told
    told.close()


KIND = {kind.key: number for number, kind in enumerate(KINDS)}


EACH_KIND = pytest.mark.parametrize("kind", KIND)
CAN_BE_ASKED = pytest.mark.parametrize("kind", [kind for kind in KIND if kind != "blind"])


def leaves(story: Publishing, kind: str) -> Request:
    """Plan a post for now, and let the first worker send it; returns what is in the air."""
    story.begins_with_a_post(0.0, {KIND[kind]})
    story.all_is_true()
    story.works(story.workers[0])
    (request,) = story.network.air
    return request


def status(story: Publishing, delivery_id: int = 1) -> str:
    story.all_is_true()
    return str(story.model.rows[delivery_id].status)


@EACH_KIND
def test_a_post_leaves_once_it_is_written_down_that_it_does(story: Publishing, kind: str) -> None:
    request = leaves(story, kind)

    story.decide(request, Fate.ACCEPTED)
    story.do(story.workers[0].record())

    assert status(story) == "posted"
    story.all_comes_to_an_end()


@EACH_KIND
def test_a_repeat_is_the_same_request_again(story: Publishing, kind: str) -> None:
    first = leaves(story, kind)
    story.decide(first, Fate.NEVER_THERE)
    story.do(story.workers[0].record())

    for _ in range(12):
        story.goes_on(3.0, is_taken=False)
        story.do(story.workers[0].claim())
        story.begins_all(story.workers[0])
        if story.network.air:
            break
        story.do(story.workers[0].fire())
        story.do(story.workers[0].record())
        story.all_is_true()
    story.begins_all(story.workers[0])

    again = story.network.air
    assert [(r.once, r.text, r.draft, r.is_upload) for r in again] == (
        [] if kind == "blind" else [(first.once, first.text, first.draft, False)]
    )
    story.all_comes_to_an_end()


def test_what_nobody_can_know_waits_for_a_person(story: Publishing) -> None:
    request = leaves(story, "blind")

    story.decide(request, Fate.NO_ANSWER)
    story.all_comes_to_an_end()

    assert status(story) == "needs_check"


@CAN_BE_ASKED
def test_what_shows_late_is_not_sent_again(story: Publishing, kind: str) -> None:
    story.network.is_slow_to_show = True
    request = leaves(story, kind)

    story.decide(request, Fate.NO_ANSWER)
    story.crashes(0, is_seen=True)
    story.do(story.workers[1].watch())
    story.passes(2.0, Fate.NEVER_THERE)
    story.works(story.workers[1])  # looks, and it does not show yet
    story.all_comes_to_an_end()

    assert status(story) == "posted"
    assert story.model.rows[1].attempt == 1


def test_one_account_has_one_request_under_way_whoever_sends_it(story: Publishing) -> None:
    first = leaves(story, "readable")
    story.plan(0.0, {KIND["readable"]})
    story.all_is_true()

    story.works(story.workers[1])

    assert story.network.air == [first]
    story.all_comes_to_an_end()


@EACH_KIND
def test_what_was_ready_before_a_long_sleep_is_too_late_after_it(
    story: Publishing, kind: str
) -> None:
    story.begins_with_a_post(10.0, {KIND[kind]})
    story.do(story.workers[0].claim())
    story.prepares_all(story.workers[0])

    story.the_machine_sleeps(20)
    story.do(story.workers[0].beat())
    story.all_is_true()
    story.works(story.workers[0])

    assert status(story) == "missed"
    story.all_comes_to_an_end()


@EACH_KIND
@pytest.mark.parametrize("beats_first", [False, True])
def test_a_worker_that_slept_through_its_lease_sends_nothing_of_before(
    story: Publishing, kind: str, beats_first: bool
) -> None:
    story.begins_with_a_post(0.0, {KIND[kind]})
    story.all_is_true()

    story.oversleeps(0, beats_first)
    story.all_is_true()
    story.begins_all(story.workers[0])

    assert not story.network.air
    story.all_comes_to_an_end()
