"""`socialapp check` and `socialapp post`: from a terminal, without a server."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from socialapp.providers import PROVIDERS, known
from tests.imaging.files import mp4, photo
from tests.servers.installation import clean_environment, socialapp

PERSON = ("--email", "alice@example.org", "--password", "correct horse battery")


def run(folder: Path, *command: str, **settings: str) -> Any:
    given = {"SOCIALAPP_DATA_DIR": str(folder / "data")} | settings
    return socialapp(*command, cwd=folder, **given)


def checked(folder: Path, *command: str) -> tuple[int, dict[str, Any]]:
    done = run(folder, "check", *command, "--json")
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def tall(tmp_path: Path) -> str:
    """A picture that Instagram takes only when it was cropped."""
    (tmp_path / "tall.jpg").write_bytes(photo(400, 900))
    return str(tmp_path / "tall.jpg")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with an installation that has an owner, and does not run."""
    done = run(tmp_path, "users", "create", *PERSON, "--zone", "Europe/Berlin")
    assert done.returncode == 0, done.stderr
    return tmp_path


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "data" / "socialapp.db") as file:
        return file.execute(query).fetchall()


def test_every_network_can_be_asked_without_a_database(tmp_path: Path) -> None:
    names = [*(p.key for p in PROVIDERS), *known.RULES, "twitter", "facebook_pages"]

    code, found = checked(tmp_path, "Fresh bread", *(f"--network={name}" for name in names))

    assert [result["network"] for result in found["results"]] == names
    assert (code, found["ok"]) == (1, False)  # some take no post without a picture
    assert list(tmp_path.iterdir()) == []


def test_what_would_be_refused_is_said_and_ends_with_one(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "x" * 300, "--network", "x", "--network", "linkedin")

    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "NO     x            300 of 280",
        "       X takes at most 280 characters; this is 20 too many."
        " Shorten it, or split it into a thread.",
        "ok     linkedin     300 of 3000",
    ]


def test_a_file_and_a_dash_are_read(tmp_path: Path) -> None:
    (tmp_path / "post.txt").write_text("Grüße\n")
    settings = clean_environment(SOCIALAPP_DATA_DIR=str(tmp_path / "data"))
    dash = [sys.executable, "-P", "-m", "socialapp.cli", "check", "-", "--network=x", "--json"]

    _, of_file = checked(tmp_path, str(tmp_path / "post.txt"), "--network", "x")
    _, of_text = checked(tmp_path, "Gr" * 3000, "--network", "x")
    piped = subprocess.run(dash, env=settings, input="Grüße\n".encode(), capture_output=True)

    assert of_file["results"][0]["count"] == 5
    assert of_text["results"][0]["count"] == 6000
    assert json.loads(piped.stdout)["results"][0]["count"] == 5


def test_media_are_looked_at_as_an_upload_would(tmp_path: Path, tall: str) -> None:
    (tmp_path / "video.mp4").write_bytes(mp4())
    code, found = checked(
        tmp_path, "Bread", "--media", tall, "--alt", "A wall", "--network", "instagram"
    )
    _, video = checked(
        tmp_path, "Bread", "--media", str(tmp_path / "video.mp4"), "--network", "threads"
    )

    (problem,) = found["results"][0]["problems"]
    assert (code, problem["code"], problem["field"]) == (1, "media_ratio", "media_ids")
    assert [p["code"] for p in video["results"][0]["problems"]] == ["alt_text_missing"]


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (("check", "a"), 2, "--network"),
        (("check", "a", "--network", "x", "--alt", "b"), 2, "more --alt"),
        (("check", "a", "--network", "x", "--media", "gone.jpg"), 2, "gone.jpg"),
        (("check", "a", "--network", "x", "--media", "text.txt"), 1, "not a file that can be"),
        (("check", "a", "--network", "myspace"), 1, "No network is called 'myspace'"),
        (("check", "a", "--channel", "shop"), 1, "There is nobody yet"),
        (("post", "a"), 1, "There is nobody yet"),
        (("post", "a", "--now", "--at", "2027-05-14T09:00"), 2, "not both"),
    ],
)
def test_what_cannot_be_asked_is_said(
    tmp_path: Path, command: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "text.txt").write_text("bread")

    done = run(tmp_path, *command)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_post_is_scheduled_and_its_moment_said_with_the_zone(home: Path, tall: str) -> None:
    media = ("--media", tall, "--alt", "A wall")

    later = run(home, "post", "Boats", "--at", "2027-05-14T09:00", *media, "--json")
    now = run(home, "post", "Bread", "--channel", "SANDBOX")

    found = json.loads(later.stdout)
    assert (found["scheduled_at"], found["timezone"]) == (
        "2027-05-14T07:00:00.000Z",
        "Europe/Berlin",
    )
    assert [m["alt_text"] for m in found["post"]["media"]] == ["A wall"]
    assert [d["status"] for d in found["deliveries"]] == ["queued"]
    first, second = now.stdout.splitlines()
    assert first.startswith(f"Schedule {found['id'] + 1}: ")
    assert first.endswith("Europe/Berlin (now), to Sandbox.")
    assert "no worker is running" in second
    assert (later.stderr, now.stderr) == ("", "")
    assert rows(home, "SELECT text FROM post ORDER BY id") == [("Boats",), ("Bread",)]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("x" * 501,), "at most 500"),
        ((" ",), "Write something"),
        (("a", "--at", "2020-01-01T09:00"), "has passed"),
        (("a", "--at", "soon"), "is not a time"),
        (("a", "--channel", "shop"), "no channel called 'shop'; there are Sandbox (1)"),
    ],
)
def test_what_cannot_go_out_leaves_nothing(
    home: Path, tall: str, more: tuple[str, ...], words: str
) -> None:
    done = run(home, "post", *more, "--media", tall)

    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert rows(home, "SELECT id FROM post") == rows(home, "SELECT id FROM media_asset") == []
    assert not [f for f in (home / "data").glob("media/**/*") if f.is_file()]


def test_channels_of_the_installation_are_asked_by_their_rules(home: Path, tall: str) -> None:
    with sqlite3.connect(home / "data" / "socialapp.db") as file:
        file.execute("UPDATE workspace SET alt_text_rule = 'require'")

    code, found = checked(home, "Bread", "--channel", "1", "--media", tall)
    refused = run(home, "post", "Bread", "--media", tall)

    (problem,) = found["results"][0]["problems"]
    assert (code, problem["code"], problem["severity"]) == (1, "alt_text_missing", "error")
    assert refused.stderr.strip() == problem["message"]


def test_autopilot_names_the_personas_there_are(home: Path) -> None:
    done = run(home, "autopilot", "run", "--persona", "Nobody")

    assert done.returncode == 1
    assert "There is no persona called 'Nobody'; there are: none yet." in done.stderr


def test_autopilot_without_photographs_ends_cleanly_and_says_so(home: Path) -> None:
    with sqlite3.connect(home / "data" / "socialapp.db") as file:
        file.execute(
            "INSERT INTO persona (workspace_id, name, channel_ids, days, minutes, timezone,"
            " caption, folders, orientation, minimum_score, strategy, is_on, seen_until, skipped,"
            " created_at) VALUES (1, 'Daily', '[1]', '[0]', '[540]', 'UTC', '', '[]', '', 0,"
            " 'highest', 0, '2026-01-01 00:00:00', '[]', '2026-01-01 00:00:00')"
        )

    done = run(home, "autopilot", "run", "--persona", "daily", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["schedule_id"] is None
    assert "nothing was posted" in done.stderr
    assert rows(home, "SELECT count(*) FROM post") == [(0,)]
