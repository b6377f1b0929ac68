"""The fields of a request, in each of the forms that the API takes."""

import re
from typing import Any

from aiohttp import web

from tests.servers.simulator import Refusal

_PART = re.compile(r"[^\[\]]+|\[\]")


async def read_fields(request: web.Request) -> dict[str, Any]:
    """Return the body; a form's `poll[options][]` is what JSON nests."""
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError as error:
            raise Refusal(400, {"error": "The request could not be read as JSON"}) from error
        return body if isinstance(body, dict) else {}
    found: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        _put(found, _PART.findall(name), value)
    return found


def _put(into: dict[str, Any], path: list[str], value: Any) -> None:
    name, *rest = path
    if not rest:
        into[name] = value
    elif rest == ["[]"]:
        into.setdefault(name, []).append(value)
    elif rest[0] == "[]":  # a list of objects: a name that comes again begins the next one
        items = into.setdefault(name, [{}])
        if rest[1] in items[-1]:
            items.append({})
        _put(items[-1], rest[1:], value)
    else:
        _put(into.setdefault(name, {}), rest, value)


def as_bool(value: Any) -> bool:
    """Return what a form says with words."""
    return value not in (None, False, "", "false", "0", "off", 0)


def as_list(value: Any) -> list[str]:
    """Return ids as strings, whatever they came as."""
    return [str(one) for one in value] if isinstance(value, list) else []
