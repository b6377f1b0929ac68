"""What an outcome leads to, and the words that people read."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import delivery as rules
from socialapp.domain.backoff import LONGEST, backoff
from socialapp.domain.delivery import (
    ARROWS,
    AWAITING,
    HELD,
    IN_FLIGHT,
    MAX_LOOKS,
    RETRYABLE,
    SETTLED,
    UNSENT,
    Shown,
    Status,
)
from socialapp.domain.outcome import Absent, Finding, Outcome, Posted, Refused, TryLater, Unknown

NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)
QUARTER_PAST = NOON + timedelta(minutes=15)
TRIES = st.integers(1, 2 * MAX_LOOKS)
CHANCE = st.floats(0, 1, exclude_max=True)
WAITS = st.none() | st.timedeltas(timedelta(0), timedelta(days=30))
REASONS = st.text(max_size=20)
OUTCOMES: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(Posted, st.text(max_size=5), st.text(max_size=5)),
    st.builds(TryLater, REASONS, WAITS),
    st.builds(Refused, REASONS),
    st.builds(Unknown, REASONS),
)
FINDINGS: st.SearchStrategy[Finding] = st.one_of(
    st.builds(Posted, st.text(max_size=5)), st.builds(Absent), st.builds(Unknown, REASONS)
)


@given(tries=TRIES, chance=CHANCE, at_least=WAITS)
def test_a_wait_is_never_shorter_than_asked_for_and_has_an_end(
    tries: int, chance: float, at_least: timedelta | None
) -> None:
    wait = backoff(tries, chance=chance, at_least=at_least)

    assert wait >= timedelta(milliseconds=250)
    assert wait >= (at_least or timedelta(0))
    assert wait <= max(LONGEST, at_least or timedelta(0))


@given(tries=st.integers(1, 10**6))
def test_the_longest_wait_grows_with_the_tries(tries: int) -> None:
    almost = 0.999999

    assert backoff(tries + 1, chance=almost) >= backoff(tries, chance=almost)


@given(outcome=OUTCOMES, tries=TRIES, chance=CHANCE)
def test_whatever_comes_of_a_request_the_protocol_has_an_arrow_for_it(
    outcome: Outcome, tries: int, chance: float
) -> None:
    settled = rules.settle(outcome, tries=tries, now=NOON, chance=chance, latest=QUARTER_PAST)

    rules.check_arrow([Status.SENDING], settled.status)


@given(reason=REASONS, after=WAITS, tries=TRIES, chance=CHANCE)
def test_a_retry_is_later_and_never_too_late(
    reason: str, after: timedelta | None, tries: int, chance: float
) -> None:
    settled = rules.settle(
        TryLater(reason, after), tries=tries, now=NOON, chance=chance, latest=QUARTER_PAST
    )

    assert settled.reason.startswith(reason)
    if settled.status is Status.QUEUED:
        assert settled.action == "wait"
        assert settled.due_at
        assert NOON + (after or timedelta(milliseconds=250)) <= settled.due_at <= QUARTER_PAST
    else:
        assert (settled.status, settled.action) == (Status.FAILED, "retry")
        assert backoff(tries, chance=chance, at_least=after) > QUARTER_PAST - NOON


@given(outcome=OUTCOMES, tries=TRIES)
def test_only_what_is_surely_not_posted_is_sent_again(outcome: Outcome, tries: int) -> None:
    settled = rules.settle(outcome, tries=tries, now=NOON, chance=0.5, latest=QUARTER_PAST)

    if isinstance(outcome, Unknown):
        assert settled.status is Status.UNKNOWN
    if settled.status is Status.QUEUED:
        assert isinstance(outcome, TryLater)
    assert (settled.status is Status.POSTED) == isinstance(outcome, Posted)


@pytest.mark.parametrize("action", ["edit", "reconnect"])
def test_a_refusal_says_what_to_do(action: str) -> None:
    no = Refused("No.", action)
    settled = rules.settle(no, tries=1, now=NOON, chance=0, latest=QUARTER_PAST)

    assert (settled.status, settled.reason, settled.action) == (Status.FAILED, "No.", action)


@given(left=st.timedeltas(timedelta(0), timedelta(days=1)))
def test_what_waits_for_access_is_looked_at_again_and_not_later_than_its_rule(
    left: timedelta,
) -> None:
    held = rules.until_reconnected("Shop", now=NOON, latest=NOON + left)

    assert (held.status, held.action) == (Status.QUEUED, "reconnect")
    assert held.due_at == NOON + min(left, rules.ACCESS_LOOK)


@given(finding=FINDINGS, looks=TRIES, needed=st.integers(1, 4))
def test_a_look_ends_in_something_and_never_in_a_blind_repeat(
    finding: Finding, looks: int, needed: int
) -> None:
    settling = timedelta(seconds=2)

    settled = rules.reconcile(
        finding, looks=looks, absences=looks, needed=needed, now=NOON, settling=settling
    )

    rules.check_arrow([Status.RECONCILING], settled.status)
    if settled.status is Status.QUEUED:
        assert isinstance(finding, Absent)
        assert looks >= needed
    if settled.status is Status.UNKNOWN:
        assert settled.due_at
        assert settled.due_at >= NOON + settling
        assert looks < max(needed, MAX_LOOKS)


def test_an_absence_after_silence_is_the_first() -> None:
    settled = rules.reconcile(
        Absent(), looks=2, absences=1, needed=2, now=NOON, settling=timedelta(seconds=1)
    )

    assert settled.status is Status.UNKNOWN


def test_when_nobody_can_tell_a_person_is_asked() -> None:
    settled = rules.reconcile(
        Unknown("Silence."),
        looks=MAX_LOOKS,
        absences=0,
        needed=2,
        now=NOON,
        settling=timedelta(seconds=1),
    )

    assert (settled.status, settled.action) == (Status.NEEDS_CHECK, "check")


def test_the_sets_of_statuses_cover_each_once() -> None:
    parts = [UNSENT, IN_FLIGHT, SETTLED, AWAITING, frozenset({Status.PAUSED})]

    assert frozenset().union(*parts) == set(Status)
    assert sum(map(len, parts)) == len(Status)
    assert HELD < UNSENT
    assert RETRYABLE < SETTLED


def test_the_arrows_keep_the_promises() -> None:
    assert set(ARROWS) == set(Status)
    assert not ARROWS[Status.POSTED]
    assert not ARROWS[Status.CANCELLED]
    for status in UNSENT:
        assert Status.CANCELLED in ARROWS[status]
        assert Status.POSTED not in ARROWS[status]
    for status in IN_FLIGHT:
        assert not ARROWS[status] & {Status.CANCELLED, Status.MISSED, Status.PAUSED}
    assert Status.QUEUED not in ARROWS[Status.UNKNOWN]
    into_sending = {status for status in Status if Status.SENDING in ARROWS[status]}
    assert into_sending == {Status.READY}


def test_an_arrow_that_is_not_there_is_a_bug() -> None:
    for old, new in product(Status, Status):
        if new in ARROWS[old]:
            rules.check_arrow([old], new)
        else:
            with pytest.raises(rules.IllegalArrow):
                rules.check_arrow([old], new)


@given(st.lists(st.sampled_from(Status), max_size=6))
def test_a_schedule_is_what_its_deliveries_are(statuses: list[Status]) -> None:
    word = rules.schedule_status(statuses)

    words = {rules.shown(status) for status in statuses}
    assert word is rules.schedule_status(reversed(statuses))
    if len(words) == 1:
        assert {word} == words
    if word is Shown.POSTED:
        assert words <= {Shown.POSTED, Shown.CANCELLED}
    if word is Shown.PARTLY_POSTED:
        assert Shown.POSTED in words
        assert words & {Shown.FAILED, Shown.MISSED}
    if Shown.PUBLISHING in words:
        assert word is Shown.PUBLISHING


@pytest.mark.parametrize(
    ("statuses", "word"),
    [
        ([], "queued"),
        (["posted", "posted"], "posted"),
        (["posted", "failed"], "partly_posted"),
        (["posted", "missed"], "partly_posted"),
        (["posted", "cancelled"], "posted"),
        (["posted", "queued"], "queued"),
        (["posted", "needs_check"], "needs_check"),
        (["sending", "needs_check"], "publishing"),
        (["failed", "missed"], "failed"),
        (["failed", "cancelled"], "failed"),
        (["missed", "cancelled"], "missed"),
        (["claimed", "ready"], "queued"),
        (["unknown", "posted"], "publishing"),
        (["paused", "posted"], "paused"),
    ],
)
def test_deliveries_that_differ_have_one_word_together(statuses: list[str], word: str) -> None:
    assert rules.schedule_status(map(Status, statuses)) == word


@given(st.lists(st.sampled_from([s for s in Shown if s is not Shown.DRAFT]), max_size=6))
def test_a_post_is_what_its_schedules_are(words: list[Shown]) -> None:
    word = rules.post_status(words)

    assert word in {*words, Shown.DRAFT}
    assert (word is Shown.DRAFT) == (set(words) <= {Shown.CANCELLED})
    assert word is not Shown.CANCELLED


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ([], "draft"),
        (["cancelled"], "draft"),
        (["cancelled", "posted"], "posted"),
        (["posted", "queued"], "queued"),
        (["posted", "failed"], "failed"),
        (["missed", "posted"], "missed"),
        (["needs_check", "queued"], "needs_check"),
    ],
)
def test_schedules_that_differ_give_a_post_one_word(words: list[str], word: str) -> None:
    assert rules.post_status(map(Shown, words)) == word


def test_what_was_tried_in_time_may_be_tried_again_for_a_little_while() -> None:
    def latest(minutes: int, tries: int) -> timedelta:
        late = timedelta(minutes=minutes)
        return rules.latest(NOON, missed_after=late, tries=tries) - NOON

    assert latest(15, tries=0) == latest(15, tries=3) == timedelta(minutes=15)
    assert latest(0, tries=0) == timedelta(0)
    assert latest(0, tries=1) == rules.PATIENCE
