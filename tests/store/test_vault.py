"""Secrets are sealed at rest, and keys can be changed under running processes."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from socialapp.store.vault import FILE, Vault, VaultClosed

TOKEN = {"token": "a-token-of-a-channel", "refresh": "ñ"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.text(), JSON), st.text())
def test_what_was_sealed_comes_out_as_it_was(value: dict[str, object], purpose: str) -> None:
    vault = Vault(keys=Fernet.generate_key().decode())

    assert vault.open(vault.seal(value, purpose), purpose) == value


def test_nothing_of_it_can_be_read(tmp_path: Path) -> None:
    sealed = Vault(file=tmp_path / FILE).seal(TOKEN, "channel:1")

    assert TOKEN["token"] not in sealed


def test_the_key_file_is_for_its_user_only(tmp_path: Path) -> None:
    Vault(file=tmp_path / "data" / FILE).seal(TOKEN, "channel:1")

    mode = (tmp_path / "data" / FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_processes_of_one_installation_share_the_key(tmp_path: Path) -> None:
    web, worker = Vault(file=tmp_path / FILE), Vault(file=tmp_path / FILE)

    assert worker.open(web.seal(TOKEN, "channel:1"), "channel:1") == TOKEN


def test_what_is_sealed_for_one_channel_does_not_open_for_another(tmp_path: Path) -> None:
    vault = Vault(file=tmp_path / FILE)

    with pytest.raises(VaultClosed):
        vault.open(vault.seal(TOKEN, "channel:1"), "channel:2")


def test_another_key_does_not_open_it_and_says_what_to_do(tmp_path: Path) -> None:
    sealed = Vault(file=tmp_path / FILE).seal(TOKEN, "channel:1")

    with pytest.raises(VaultClosed, match="connect it again"):
        Vault(keys=Fernet.generate_key().decode()).open(sealed, "channel:1")


def test_keys_are_rotated_while_others_run(tmp_path: Path) -> None:
    runs, rotates = Vault(file=tmp_path / FILE), Vault(file=tmp_path / FILE)
    old = runs.seal(TOKEN, "channel:1")

    rotates.add_key()
    new = rotates.seal(rotates.open(old, "channel:1"), "channel:1")
    assert runs.open(new, "channel:1") == TOKEN
    assert runs.open(old, "channel:1") == TOKEN
    rotates.drop_old_keys()

    assert runs.open(new, "channel:1") == TOKEN
    with pytest.raises(VaultClosed):
        runs.open(old, "channel:1")


def test_several_keys_of_a_setting_open_and_the_first_seals(tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Vault(keys=old).seal(TOKEN, "channel:1")

    both = Vault(keys=f"{new}, {old}")

    assert both.open(sealed, "channel:1") == TOKEN
    assert Vault(keys=new).open(both.seal(TOKEN, "channel:1"), "channel:1") == TOKEN


def test_a_setting_that_is_no_key_is_refused_in_words() -> None:
    with pytest.raises(VaultClosed, match="new-key"):
        Vault(keys="hunter2")
