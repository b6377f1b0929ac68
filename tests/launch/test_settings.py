"""What the environment may say: what would stop the web or the worker later is refused at once."""

import pytest
from pydantic import ValidationError

from socialapp.settings import Settings


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:99999/v1", "http://my host/v1", "ftp://a.example", "http://"]
)
def test_an_address_that_proposals_cannot_use_is_refused_with_its_name(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(proposal_addresses=f"http://127.0.0.1:11434/v1, {address}")

    assert f"SOCIALAPP_PROPOSAL_ADDRESSES has {address!r} in it" in str(refused.value)


def test_addresses_that_proposals_can_use_are_taken() -> None:
    given = "http://127.0.0.1:11434/v1, https://models.example.org/v1,"

    assert Settings(proposal_addresses=given).proposal_addresses == given
