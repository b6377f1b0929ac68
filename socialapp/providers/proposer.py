"""Asks a server that speaks as OpenAI's /v1/chat/completions does: once, and for so long only.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

import asyncio
import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

import aiohttp

from socialapp.domain import addresses as typed_addresses
from socialapp.domain import proposals
from socialapp.domain import text as texts
from socialapp.domain.errors import Problem, Rejected, Unanswered
from socialapp.domain.outcome import Refused, TryLater
from socialapp.domain.proposals import Endpoint, Question
from socialapp.providers import guard
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Answer, Http, without

WITHIN_S = 50.0
_CONNECT_S = 5.0
_BYTES = 256 * 1024
"""A text that is longer is none that anybody asked for."""
_NOWHERE = "Nothing was proposed"
_CORRECT = "an admin can correct it under Settings, Proposals"


@dataclass(frozen=True)
class _Line:
    http: Http
    named: frozenset[str]
    within_s: float


_current: list[_Line] = []


def use(http: Http | None, *, addresses: Iterable[str] = (), within_s: float = WITHIN_S) -> None:
    """Make this the client that endpoints are asked with; the wiring calls it once. None: none is.

    `addresses` are those that whoever runs this installation named: they alone may be in this
    network and without https, exactly as they stand there.
    """
    given = [address for address in addresses if address.strip()]
    named = frozenset(typed_addresses.read(address, allow_http=True) for address in given)
    _current[:] = [_Line(http, named, within_s)] if http else []


def named() -> list[str]:
    """Return the addresses that whoever runs this installation named."""
    return sorted(_current[0].named) if _current else []


def checked(typed: str) -> str:
    """Return an address that somebody typed as it is kept. Raises Rejected.

    What a name leads to is looked at whenever it is asked.
    """
    url = typed_addresses.read(typed, field="url", allow_http=True)
    if url in named() or (_current and _current[0].http.allows_private):
        return url
    try:
        guard.check(url)
    except guard.Forbidden:
        message = (
            f"{url} is in a private network or without https. Nothing was asked or saved; whoever"
            f" runs this server can allow exactly this address: SOCIALAPP_PROPOSAL_ADDRESSES={url}"
        )
        raise Rejected(Problem("address_not_allowed", message, "url")) from None
    return url


async def ask(endpoint: Endpoint, question: Question) -> str:
    """Return what an endpoint answers, as it says it. Raises Unanswered, in words."""
    if not _current:
        raise Unanswered(f"{_NOWHERE}: no server can be asked just now.", code="unreachable")
    line = _current[0]
    headers = {"Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    try:
        async with asyncio.timeout(line.within_s):
            answer = await line.http.send(
                "POST",
                f"{endpoint.url}/chat/completions",
                is_inside=endpoint.url in line.named,
                at_most_bytes=_BYTES + 1,
                headers=headers,
                json=_body(endpoint, question),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
            )
    except TimeoutError:
        raise _too_slow(endpoint, f"within {line.within_s:g} seconds") from None
    except PublishFailed as failed:
        _explain_silence(endpoint, failed)
    except (ValueError, TypeError):
        raise _unreachable(endpoint, "is not an address that can be asked") from None
    if answer.status != 200:
        raise _refusal(endpoint, answer, has_pictures=bool(question.pictures))
    return _said(endpoint, answer)


def _body(endpoint: Endpoint, question: Question) -> dict[str, Any]:
    content: str | list[dict[str, Any]] = question.words
    if question.pictures:
        content = [{"type": "text", "text": question.words}]
        for picture in question.pictures:
            data = base64.b64encode(picture.body).decode()
            url = f"data:{picture.mime_type};base64,{data}"
            content.append({"type": "image_url", "image_url": {"url": url}})
    return {
        "model": endpoint.model,
        "messages": [
            {"role": "system", "content": question.rules},
            {"role": "user", "content": content},
        ],
        "stream": False,
    }


def _explain_silence(endpoint: Endpoint, failed: PublishFailed) -> NoReturn:
    # Without its cause: that has the whole request in it.
    if isinstance(failed.outcome, Refused):
        message = (
            f"{endpoint.host} leads into a private network. {_NOWHERE}; whoever runs this server"
            f" can allow exactly this address: SOCIALAPP_PROPOSAL_ADDRESSES={endpoint.url}"
        )
        raise Unanswered(message, code="address_not_allowed") from None
    if isinstance(failed.outcome, TryLater):
        raise _unreachable(endpoint, "could not be reached") from None
    raise _unreachable(endpoint, "broke off before its answer was whole") from None


def _unreachable(endpoint: Endpoint, what: str) -> Unanswered:
    message = f"{endpoint.host} {what}. {_NOWHERE}; see whether it is running, and try again."
    return Unanswered(message, code="unreachable")


def _too_slow(endpoint: Endpoint, when: str) -> Unanswered:
    message = f"{endpoint.host} did not answer {when}. {_NOWHERE}; try again, or a smaller model."
    return Unanswered(message, code="too_slow")


def _refusal(endpoint: Endpoint, answer: Answer, *, has_pictures: bool) -> Unanswered:
    """Sort an answer that is not one: whose turn it is to do something, and what."""
    place, status = endpoint.host, answer.status
    words = _complaint(endpoint, answer)
    said = f" It said: {words}" if words else ""
    about = words.lower()
    names_model = "model" in about and any(
        sign in about for sign in ("not found", "not exist", "unknown", "no such", "invalid model")
    )
    code, message = "refused", f"{place} answered with an error ({status}).{said} {_NOWHERE}."
    match status:
        case 401 | 403:
            what = "does not accept the key" if endpoint.key else "wants a key"
            code, message = "key_refused", f"{place} {what} ({status}). {_NOWHERE}; {_CORRECT}."
        case 400 | 404 | 422 if names_model:
            what = f"knows no model called {endpoint.model}"
            code, message = "model_unknown", f"{place} {what}. {_NOWHERE}; {_CORRECT}."
        case 404 | 405:
            what = f"has nothing at {endpoint.url} ({status}): most addresses end in /v1"
            code, message = "nothing_there", f"{place} {what}. {_NOWHERE}; {_CORRECT}."
        case 408 | 504:
            return _too_slow(endpoint, "in time")
        case 429:
            code = "busy"
            message = f"{place} asks to wait, or its credit is used up.{said} {_NOWHERE}."
        case 502 | 503:
            code, message = (
                "busy",
                f"{place} is busy or starting ({status}). {_NOWHERE}; try again.",
            )
        case _ if 300 <= status < 400:
            what = f"leads to another address ({status}), which is not followed"
            code, message = "nothing_there", f"{place} {what}. {_NOWHERE}; {_CORRECT}."
        case _ if has_pictures:
            message += " If its model cannot see pictures, an admin can say so under Settings."
    return Unanswered(message, code=code)


def _complaint(endpoint: Endpoint, answer: Answer) -> str:
    """Return what the server says is wrong, on one line, without our key."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    told = told.get("error", told) if isinstance(told, dict) else ""
    if isinstance(told, dict):
        told = told.get("message") or told.get("detail") or ""
    if not isinstance(told, str):
        return ""
    return texts.excerpt(texts.storable(without(told, [endpoint.key])), 200)


def _said(endpoint: Endpoint, answer: Answer) -> str:
    """Return the text of an answer, without our key."""
    place = endpoint.host
    if len(answer.body) > _BYTES:
        raise proposals.unusable(place, f"with more than {_BYTES // 1024} KB")
    try:
        (choice, *_) = answer.json()["choices"]
        message = choice["message"]
        content = message.get("content")
        ended = choice.get("finish_reason")
        calls, refusal = message.get("tool_calls"), message.get("refusal")
    except (ValueError, TypeError, KeyError, AttributeError, json.JSONDecodeError):
        raise proposals.unusable(place, "not in the form that was asked for") from None
    if isinstance(content, list):  # parts, as newer servers may answer
        pieces = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(piece for piece in pieces if isinstance(piece, str))
    if refusal or ended == "content_filter":
        raise proposals.unusable(place, "with a refusal: its maker does not let it write that")
    if ended == "length":
        raise proposals.unusable(place, "its text was broken off at the model's own limit")
    if not isinstance(content, str) or not content.strip():
        why = "it wanted to use a tool, and has none" if calls else "it was empty"
        raise proposals.unusable(place, why)
    return without(content, [endpoint.key])
