"""How Telegram says no, and what it reads from a request."""

import json
from typing import Any

from aiohttp import web

from tests.servers.simulator import Refusal


def refusal(status: int, words: str, **parameters: int) -> Refusal:
    """Return an answer that says no."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": words}
    return Refusal(status, body | ({"parameters": parameters} if parameters else {}))


def bad_request(words: str, **parameters: int) -> Refusal:
    """Return what is said of a request that cannot be done as it is."""
    return refusal(400, f"Bad Request: {words}", **parameters)


def forbidden(words: str) -> Refusal:
    """Return what is said to a bot that may not."""
    return refusal(403, f"Forbidden: {words}")


async def read_parameters(request: web.Request) -> dict[str, Any]:
    """Return what was sent: in the address, as JSON, or as a form with files."""
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            found |= await request.json()
        except (ValueError, TypeError) as error:
            raise bad_request("can't parse the request as a JSON object") from error
    else:
        found |= await request.post()
    return found


def structured(parameters: dict[str, Any], name: str) -> Any:
    """Return a parameter that is an object or a list; in a form it is written as JSON."""
    value = parameters.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise bad_request(f"can't parse {name} as a JSON object") from error
