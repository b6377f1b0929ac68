"""The rules of networks that are known but cannot be connected yet."""

import pytest

from socialapp import providers
from socialapp.domain.content import Capabilities
from socialapp.domain.counting import COUNTERS
from socialapp.domain.errors import Rejected
from socialapp.providers import known

RULES = sorted(known.RULES)


@pytest.mark.parametrize("key", RULES)
def test_the_rules_of_a_network_fit_together(key: str) -> None:
    _, can = providers.rules(key)
    offered = {option.key: option for option in can.options}

    assert can.count in COUNTERS
    assert can.source.startswith("https://")
    assert ("poll" in offered) == (can.poll is not None)
    assert can.images or can.videos
    assert can.title_limit == (offered["title"].at_most if "title" in offered else 0)
    assert not can.tags or can.tags_advised <= can.tags


@pytest.mark.parametrize(
    ("name", "key"),
    [("twitter", "x"), ("facebook_pages", "facebook"), ("X", "x"), (" Threads ", "threads")],
)
def test_a_network_is_found_by_what_people_call_it(name: str, key: str) -> None:
    assert providers.rules(name) == providers.rules(key)


def test_an_unknown_network_is_told_which_there_are() -> None:
    with pytest.raises(Rejected, match="instagram, linkedin"):
        providers.rules("myspace")


@pytest.mark.parametrize("provider", providers.PROVIDERS, ids=lambda provider: provider.key)
def test_a_network_with_an_adapter_has_the_limits_of_its_own_file(
    provider: type[providers.Provider],
) -> None:
    name, can = providers.rules(provider.key)

    assert (name, can) == (provider.name, provider.capabilities)
    assert isinstance(can, Capabilities)
