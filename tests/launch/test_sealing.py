"""`socialapp secrets`, and what the doctor says of secrets and addresses."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from socialapp.clock import utc_now
from socialapp.store import channels, people, secrets, vault
from socialapp.store.session import Database
from tests.launch.test_posting import PERSON, run

TOKEN = {"token": "a-token-of-a-channel"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation with an owner and the sealed access to one channel and one server."""
    assert run(tmp_path, "users", "create", *PERSON).returncode == 0
    return tmp_path


async def seal(folder: Path, keys: str = "") -> None:
    database = opened(folder, keys)
    async with database.transaction() as db:
        owner = await people.owner(db)
        assert owner
        channel = await channels.add_channel(
            db, owner.workspace_id, provider="mastodon", name="Harbour", now=utc_now()
        )
        await secrets.keep(db, channel.id or 0, TOKEN)
    await secrets.Apps(database).put("mastodon", "https://example.social", TOKEN)
    await database.close()


async def read(folder: Path, keys: str = "") -> list[Any]:
    database = opened(folder, keys)
    async with database.reading() as db:
        found = await secrets.of_channels(db, range(10))
    app = await secrets.Apps(database).get("mastodon", "https://example.social")
    await database.close()
    return [*(one.value for one in found.values()), app]


def opened(folder: Path, keys: str) -> Database:
    vault.connect(keys=keys, folder=folder / "data")
    return Database(f"sqlite+aiosqlite:///{folder / 'data' / 'socialapp.db'}")


def doctor(folder: Path, **settings: str) -> dict[str, tuple[bool, str]]:
    done = run(folder, "doctor", "--json", **settings)
    return {c["name"]: (c["is_wrong"], c["words"]) for c in json.loads(done.stdout)["checks"]}


def test_a_new_key_takes_the_place_of_the_old(home: Path) -> None:
    asyncio.run(seal(home))
    file = home / "data" / vault.FILE
    old = file.read_text()

    done = run(home, "secrets", "rotate", "--json")

    assert json.loads(done.stdout) == {"sealed": 2}
    assert len(file.read_text().split()) == 1
    assert file.read_text() != old
    assert asyncio.run(read(home)) == [TOKEN, TOKEN]


def test_keys_of_the_setting_are_only_used(home: Path) -> None:
    old, new = (vault.new_key() for _ in range(2))
    asyncio.run(seal(home, old))

    alone = run(home, "secrets", "rotate", SOCIALAPP_SECRET_KEY=old)
    both = run(home, "secrets", "rotate", SOCIALAPP_SECRET_KEY=f"{new},{old}")

    assert alone.stdout.startswith("2 secrets are sealed anew. It is still the same key.")
    assert "Take all keys but the first out" in both.stdout
    assert asyncio.run(read(home, new)) == [TOKEN, TOKEN]
    assert not (home / "data" / vault.FILE).exists()


def test_what_cannot_be_opened_keeps_the_keys_as_they_are(home: Path) -> None:
    asyncio.run(seal(home, vault.new_key()))

    done = run(home, "secrets", "rotate")

    assert (done.returncode, done.stdout) == (1, "")
    assert "The access to Harbour, mastodon at https://example.social cannot" in done.stderr
    assert len((home / "data" / vault.FILE).read_text().split()) == 1


def test_a_new_key_is_printed_alone(tmp_path: Path) -> None:
    done = run(tmp_path, "secrets", "new-key")

    assert Fernet(done.stdout.strip())
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_says_when_secrets_cannot_be_opened(home: Path) -> None:
    nothing = doctor(home)["secrets"]
    asyncio.run(seal(home))
    well = doctor(home)["secrets"]
    (home / "data" / vault.FILE).unlink()
    gone = doctor(home)["secrets"]
    wrong = doctor(home, SOCIALAPP_SECRET_KEY="hunter2")["secrets"]

    assert nothing == well == (False, "can be opened.")
    assert gone[0]
    assert "The access to Harbour" in gone[1]
    assert wrong[0]
    assert "not a key" in wrong[1]
    assert not (home / "data" / vault.FILE).exists()


def test_the_doctor_says_when_private_addresses_are_allowed(tmp_path: Path) -> None:
    plain = doctor(tmp_path)
    allowed = doctor(tmp_path, SOCIALAPP_ALLOW_PRIVATE_ADDRESSES="1")
    model = "http://127.0.0.1:11434/v1"
    named = doctor(tmp_path, SOCIALAPP_PROPOSAL_ADDRESSES=model)

    assert plain["addresses"] == (False, "of channels have to be public, with https.")
    assert "SOCIALAPP_ALLOW_PRIVATE_ADDRESSES" in allowed["addresses"][1]
    assert named["addresses"] == (
        False,
        f"{plain['addresses'][1]} What proposes texts may be at {model}.",
    )
