"""The search for secrets finds them: wherever they lie, and whoever gave them."""

from pathlib import Path
from secrets import token_urlsafe

import pytest

from socialapp.store.vault import Vault, new_key
from tests.servers import given


@pytest.mark.parametrize("around", [b"", b" " * 2**17, b"abc " * 2**16])
def test_a_secret_is_found_in_little_and_in_much(around: bytes, tmp_path: Path) -> None:
    secret = given.given(token_urlsafe(24), "a planted secret")
    (tmp_path / "log").write_bytes(around + f'"{secret}"'.encode() + around)

    assert given.found_in_files(tmp_path) == [f"log: a planted secret: {secret}"]
    assert given.found_in_files(tmp_path, but=tmp_path / "log") == []


def test_what_is_sealed_is_looked_for_and_what_stands_beside_it_is_not() -> None:
    token, scalar = token_urlsafe(24), token_urlsafe(24)
    beside = {"login": "anna@example.org", "issuer": "https://example.org", "x": token_urlsafe(24)}

    sealed = Vault(keys=new_key()).seal(
        {"access": token, "key": {"d": scalar, **beside}, "token": "https://example.org/token"},
        "channel:1",
    )

    assert given.found_in(f"a leak: {token}") == [f"the access of channel:1: {token}"]
    assert given.found_in(f"a leak: {scalar}") == [f"the d of channel:1: {scalar}"]
    assert given.found_in(sealed, *beside.values(), "https://example.org/token") == []
