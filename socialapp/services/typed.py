"""What a person gives to connect: the network, the way, the fields; and its no, in words."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from socialapp.domain.errors import Problem, Rejected
from socialapp.providers import networks
from socialapp.providers.contract import Field, Provider, PublishFailed, Way

_TYPED_AT_MOST = 4_000
_SECRET_AT_LEAST = 4
"""Shorter ones would be found in any sentence."""


def network_of(provider: str) -> Provider:
    """Return a network. Raises Rejected when there is none called so."""
    try:
        return networks()[provider]
    except KeyError as error:
        message = f"There is no network called {provider[:50]!r}."
        raise Rejected(Problem("network_unknown", message, "provider")) from error


def way_of(network: Provider, key: str, *, is_visit: bool) -> Way:
    """Return a way to connect; without a key the first. Raises Rejected."""
    ways = [way for way in network.ways if way.is_visit is is_visit]
    found = next((way for way in ways if way.key == key or not key), None)
    if found is None:
        message = f"{network.name} is not connected like that. Nothing was changed."
        raise Rejected(Problem("way_unknown", message, "way"))
    return found


def typed_in(way: Way, given: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed for each field of the way, stripped. Raises Rejected."""
    typed = {field.key: given.get(field.key, "").strip() for field in way.fields}
    if found := [problem for field in way.fields for problem in _wrong(field, typed[field.key])]:
        raise Rejected(*found)
    return typed


def _wrong(field: Field, typed: str) -> Iterator[Problem]:
    if not typed and not field.is_optional:
        yield Problem("field_required", f"{field.label}: fill this in.", field.key)
    if len(typed) > _TYPED_AT_MOST:
        yield Problem("field_too_long", f"{field.label}: that is too long.", field.key)
    elif typed and field.choices and typed not in {value for value, _ in field.choices}:
        yield Problem("field_invalid", f"{field.label}: choose one of the list.", field.key)


@contextmanager
def asking(network: Provider, hidden: Iterable[str]) -> Iterator[None]:
    """Turn the network's no into words, and keep secrets out of them."""
    try:
        yield
    except PublishFailed as error:
        words = f"{said(error, network, hidden)} Nothing was changed."
        raise Rejected(Problem("not_connected", words, "way")) from error
    except Rejected as no:
        found = [replace(p, message=without(hidden, p.message)) for p in no.problems]
        raise Rejected(*found) from no


def said(error: PublishFailed, network: Provider, hidden: Iterable[str]) -> str:
    """Return why the network said no, without what it says of a post: there was none."""
    words = str(error).partition(" Nothing was posted")[0]
    words = words.replace(" after the post had been sent to it", "")
    words = words.replace(" refused the post", " refused it")
    return without(hidden, words) or f"{network.name} did not answer."


def without(hidden: Iterable[str], words: str) -> str:
    """Return words in which nothing can be read of what is hidden."""
    for word in hidden:
        if len(word) >= _SECRET_AT_LEAST:
            words = words.replace(word, "…")
    return words


def secrets_in(way: Way, typed: Mapping[str, str]) -> list[str]:
    """Return what nobody else may read of what was typed."""
    return [typed[field.key] for field in way.fields if field.is_secret]
