"""What lists, tiles and strips say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain.delivery import Shown, Status
from socialapp.services.pauses import Paused
from socialapp.store.limits import Limit
from socialapp.store.overview import FirstSteps, Health, Lost
from socialapp.store.pages import COUNTED_UP_TO
from socialapp.store.tables import Delivery
from socialapp.ui import channel_words, feed, glance, theme
from socialapp.ui.browsers import browser_words
from socialapp.ui.components.status import LABELS
from socialapp.ui.dashboard import figures
from socialapp.ui.dashboard.state import first_steps
from socialapp.ui.paging import SIZE, Steps
from socialapp.ui.pause import resumed
from socialapp.ui.rows import (
    clock_words,
    day_words,
    excerpt,
    lateness,
    letters,
    milliseconds,
    short_day,
    web_address,
)
from socialapp.ui.sandbox.views import pieces

NOW = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
FINE = Health(workers=1, overdue=0, next_due=None, is_paused=False, to_reconnect=())


def test_a_day_is_the_zone_s_day_and_not_that_of_utc():
    assert day_words(NOW, "UTC", now=NOW) == "Today · Sat 21 Nov"
    assert day_words(NOW + timedelta(hours=2), "UTC", now=NOW).startswith("Tomorrow")
    assert day_words(NOW + timedelta(hours=2), "Asia/Tokyo", now=NOW).startswith("Today")
    assert short_day(NOW, "Asia/Tokyo", now=NOW) == ""
    assert clock_words(NOW + timedelta(days=1), "UTC", now=NOW) == "Sun 22 Nov, 22:30"


def test_a_year_is_said_when_it_is_another():
    assert day_words(datetime(2027, 1, 2, tzinfo=UTC), "UTC", now=NOW) == "Sat 2 Jan 2027"


@pytest.mark.parametrize(
    ("name", "sign"), [("Shop Berlin", "SB"), ("@band", "B"), ("", "?"), ("a b c", "AB")]
)
def test_letters_stand_for_a_name(name, sign):
    assert letters(name) == sign


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (-0.4, "0 ms"),
        (4.2, "4 ms"),
        (999, "999 ms"),
        (999.7, "1 s"),
        (1500, "1.5 s"),
        (12_300, "12 s"),
        (59_800, "1 min"),
        (180_000, "3 min"),
        (3_599_000, "1 h"),
        (3_900_000, "1 h 5 min"),
        (86_400_000, "1 day"),
        (3 * 86_400_000, "3 days"),
    ],
)
def test_durations_are_written_as_people_do(ms, words):
    assert milliseconds(ms) == words


def test_an_excerpt_is_one_line_with_an_end():
    assert excerpt("a\n\n b") == "a b"
    assert len(excerpt("word " * 100)) <= 180
    assert excerpt("word " * 100).endswith("…")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", "ftp://x", ""])
def test_only_web_addresses_become_links(url):
    assert web_address(url) == ""
    assert web_address("https://example.org/1") == "https://example.org/1"


@given(st.text())
def test_the_pieces_of_a_text_are_the_text(text):
    assert "".join(piece["text"] for piece in pieces(text)) == text


def test_links_and_tags_are_found_and_a_dot_ends_a_sentence():
    found = [(p["kind"], p["text"]) for p in pieces("See https://a.org/x. #new @shop a@b.c")]

    assert [pair for pair in found if pair[0] != "text"] == [
        ("link", "https://a.org/x"),
        ("tag", "#new"),
        ("tag", "@shop"),
    ]


def test_every_status_has_its_word_and_its_colours():
    assert set(LABELS) == set(Shown)
    assert {s.replace("_", "-") for s in Shown} == set(theme.STATUS_LIGHT) == set(theme.STATUS_DARK)
    assert set(theme.LIGHT) == set(theme.DARK)


@pytest.mark.parametrize(
    ("health", "level", "words"),
    [
        (FINE, "good", "Worker running"),
        (Health(0, 2, None, False, ()), "danger", "worker is not running"),
        (Health(1, 0, None, False, (Lost(7, "Shop"),)), "danger", "Access was lost to Shop"),
        (Health(1, 0, None, True, ()), "paused", ""),
        (Health(1, 9, None, False, (), is_running=False), "paused", ""),
        (Health(1, 0, None, True, (), troubles=("The clock jumped.",)), "warning", "clock jumped"),
        (Health(0, 0, None, True, ()), "danger", "worker is not running"),
        (Health(1, 3, None, False, ()), "warning", "3 overdue"),
    ],
)
def test_the_strip_says_the_worst_first(health, level, words):
    said = glance.in_words(health, zone="UTC", now=NOW)

    assert said["level"] == level
    assert words in said["text"]


@pytest.mark.parametrize(
    ("counts", "asks", "waits"),
    [
        ({}, "Nothing is queued now", "Nothing is waiting."),
        ({"queued": 1}, "1 post waits until you resume", "1 post waits; nothing is lost."),
        (
            {"queued": 12, "paused": 3, "publishing": 2},
            "12 posts wait until you resume; nothing is lost.",
            "15 posts wait; nothing is lost.",
        ),
    ],
)
def test_a_pause_says_what_waits_and_that_nothing_is_lost(counts, asks, waits):
    said = glance.pause_words(FINE, counts, missed_after=15)

    assert said["asks"].startswith(asks)
    assert "What is being sent right now is finished." in said["asks"]
    assert "more than 15 minutes late" in said["asks"]
    assert said["waits"] == waits
    assert (said["is_paused"], said["is_stopped"]) == (False, False)


@pytest.mark.parametrize(
    ("stands", "words"),
    [
        (Paused(False, 0), "Publishing goes on."),
        (
            Paused(False, 0, too_late=1),
            "Publishing goes on. 1 post is too late to go out by itself; look under Failed in the"
            " queue.",
        ),
        (
            Paused(False, 2, too_late=3),
            "Publishing goes on. 3 posts are too late to go out by themselves; look under Failed in"
            " the queue. What is for a channel that is on hold stays there.",
        ),
    ],
)
def test_a_resume_says_what_does_not_go_on(stands, words):
    assert resumed(stands) == words


def waiting(
    *, planned: timedelta, due: timedelta, status: Status = Status.QUEUED, **more: Any
) -> Delivery:
    return Delivery(
        workspace_id=1,
        schedule_id=1,
        channel_id=1,
        status=status,
        planned_at=NOW + planned,
        due_at=NOW + due,
        **more,
    )


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        (waiting(planned=timedelta(), due=timedelta()), ""),
        (
            waiting(planned=timedelta(minutes=-1), due=timedelta(minutes=11)),
            "will go out at 22:41, 12 min late",
        ),
        (
            waiting(planned=timedelta(seconds=-4), due=timedelta(seconds=4), status=Status.READY),
            "will go out at 22:30, 8 s late",
        ),
        (waiting(planned=timedelta(minutes=-3), due=timedelta()), "goes out now, 3 min late"),
        (waiting(planned=timedelta(), due=timedelta(minutes=5), status=Status.PAUSED), ""),
        (waiting(planned=timedelta(), due=timedelta(minutes=5), status=Status.UNKNOWN), ""),
        (waiting(planned=timedelta(), due=timedelta(), status=Status.POSTED, late_ms=4.0), ""),
        (
            waiting(planned=timedelta(), due=timedelta(), status=Status.POSTED, late_ms=121_000.0),
            "2 min late",
        ),
    ],
)
def test_a_row_says_how_late_it_will_be_or_was(delivery, words):
    assert lateness([delivery], "UTC", now=NOW) == words


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (None, ""),
        (
            Limit("", None, 300, 3, NOW + timedelta(minutes=15)),
            "3 of 300 posts left until 22:45 UTC",
        ),
        (
            Limit("", None, None, 3, NOW + timedelta(minutes=15)),
            "3 posts left until 22:45 UTC",
        ),
        (
            Limit("", NOW + timedelta(minutes=15), 300, 0, NOW),
            "Closed by its network until 22:45 UTC",
        ),
        (Limit("", None, 300, None, NOW + timedelta(minutes=15)), ""),
    ],
)
def test_a_channel_says_what_its_network_still_takes(limit, words):
    assert channel_words.limit(limit, "UTC", now=NOW) == words


def test_tabs_add_up():
    counts = {"queued": 3, "publishing": 1, "paused": 1, "posted": 5, "failed": 2, "draft": 7}
    counts |= {"needs_approval": 2, "changes_requested": 1}

    assert glance.tab_counts(counts) == {
        "tab_queue": 5,
        "tab_approvals": 3,
        "waits_for_approval": 2,
        "tab_attention": 2,
        "tab_posted": 5,
        "tab_all": 15,
    }
    assert "5 in the queue, 2 need attention" in glance.summary(counts)
    assert "10,000+ in the queue" in glance.summary({"queued": COUNTED_UP_TO + 1})


def test_lost_access_leads_to_where_it_is_connected_again():
    one = Health(1, 0, None, False, (Lost(7, "Shop"),))
    many = Health(1, 0, None, False, tuple(Lost(n, f"C{n}") for n in range(5)))

    first, second = (glance.in_words(h, zone="UTC", now=NOW) for h in (one, many))

    assert (first["action"], first["link"]) == ("Connect it again", "/channels/?reconnect=7")
    assert second["text"] == "Access was lost to C0, C1, C2 and 2 more."
    assert second["link"] == "/channels/"
    assert glance.in_words(FINE, zone="UTC", now=NOW)["link"] == ""


def test_what_waits_for_a_channel_names_no_moment():
    delivery = Delivery(
        workspace_id=1,
        schedule_id=1,
        channel_id=1,
        status=Status.QUEUED,
        planned_at=NOW,
        due_at=NOW + timedelta(minutes=1),
        action="reconnect",
    )

    assert lateness([delivery], "UTC", now=NOW) == ""


def entry(status: str, when: str) -> dict[str, dict[str, dict[str, str]]]:
    return {"changed": {"1": {"status": status, "when": when}}}


def test_a_move_is_seen_and_a_status_is_not_a_move():
    assert feed.has_moved(entry("queued", "10:00"), entry("queued", "11:00"))
    assert not feed.has_moved(entry("queued", "10:00"), entry("queued", "10:00"))
    assert not feed.has_moved(entry("queued", "10:00"), entry("posted", "10:00"))


def test_a_broadcast_names_vars_as_reflex_does():
    ((state, values),) = feed.delta({"counts": {}, "version": 1}).items()

    assert state.endswith("live_state")
    assert set(values) == {"counts_rx_state_", "version_rx_state_"}
    assert {"counts", "version"} <= set(feed.LiveState.vars)


def test_everything_that_is_read_at_a_glance_is_a_var():
    tabs = {"workspace", "zone", "counts", "changed", "health", "pause", "summary"}
    slices = {"attention", "publishing", "next_up", "posted"}
    marks = {"library", "channels", "lost"}

    assert tabs | slices | marks <= set(feed.LiveState.vars)


def test_percentiles_of_lateness():
    assert figures.lateness([]) == {}
    assert figures.lateness([5.0]) == {"p50": "5 ms", "p95": "5 ms", "p99": "5 ms", "of": "1"}
    assert figures.lateness([float(n) for n in range(101)])["p95"] == "95 ms"


def test_the_week_has_seven_days_across_a_clock_change():
    now = datetime(2026, 10, 23, 12, tzinfo=UTC)
    bars = figures.coming_days([now, now + timedelta(days=2)], "Europe/Berlin", now=now)

    assert [bar["count"] for bar in bars] == [1, 0, 1, 0, 0, 0, 0]
    assert [bar["label"] for bar in bars] == ["Today", "Sat", "Sun", "Mon", "Tue", "Wed", "Thu"]
    assert "Today 1" in figures.in_words(bars)


def test_first_steps_follow_what_is_there():
    nothing = first_steps(FirstSteps(False, False, False, False), zone="UTC")
    everything = first_steps(FirstSteps(True, True, True, False), zone="Europe/Berlin")

    assert [step["done"] for step in nothing] == [False] * 4
    assert [step["done"] for step in everything] == [True] * 4


def test_steps_go_no_further_than_the_list():
    steps = Steps()
    steps.go(-1)
    steps.go(1)
    assert not steps.has_before

    steps.next_cursor = "b"
    steps.go(1)

    assert (steps.cursor, steps.has_before) == ("b", True)
    assert steps.words(10, 35) == f"{SIZE + 1}-{SIZE + 10} of 35"
    assert steps.words(0, 0) == "Nothing here"
    assert "more than" in steps.words(10, None)


def test_a_browser_is_called_by_its_name():
    safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1"

    assert browser_words(safari) == "Safari on iPhone"
    assert browser_words("<script>") == "A browser"
