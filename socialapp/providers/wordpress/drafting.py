"""The draft: made once, found again after a lost answer, changed when the post was edited."""

import html
from collections.abc import Mapping
from typing import Any

from socialapp.domain.outcome import Refused
from socialapp.providers.contract import PublishFailed
from socialapp.providers.intent import Intent
from socialapp.providers.wordpress import writing
from socialapp.providers.wordpress.line import LOOK, WRITE, Doing, Line, error_of
from socialapp.providers.wordpress.uploads import upload

FIELDS = {"_fields": "id,slug,status,link"}
_STATUSES = "publish,future,draft,pending,private"
"""All but the trash; who names none is shown what is published."""
_TERMS = {
    "categories": Doing("make categories", "manage_categories"),
    "tags": Doing("make tags", "edit_posts"),
}


async def draft(line: Line, intent: Intent, *, once: str) -> dict[str, Any]:
    """Have a draft of the post on the site, with its files; again changes nothing.

    Returns its number, its route and the slug that it will have. Raises PublishFailed.
    """
    route, mark = writing.route(intent, line.access), writing.mark(line.access, once)
    there = await look(line, route, mark, writing.unique_slug(intent, mark))
    if there is None or there.get("status") == "draft":
        there = await _written(line, intent, route, mark, there)
    return {"id": there["id"], "route": route, "slug": writing.slug(intent, mark)}


async def look(line: Line, route: str, *slugs: str) -> Mapping[str, Any] | None:
    """Return the post that has one of these slugs, which only we give; the oldest of several."""
    query = {
        "slug": ",".join(slugs),
        "status": _STATUSES,
        "orderby": "id",
        "order": "asc",
        **FIELDS,
    }
    said = line.many(await line.ask("GET", f"/wp/v2/{route}", doing=WRITE[route], params=query))
    return next((post for post in said if post.get("slug") in slugs), None)


async def _written(
    line: Line, intent: Intent, route: str, mark: str, there: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """Make the draft what the post is by now, from whatever of it is there."""
    files = writing.files(intent)
    terms = await _terms(line, intent) if route == "posts" else {}
    if there is None:
        there, is_new = await _made(line, route, mark, writing.fields(intent, (), terms))
        if is_new and not files:
            return there
    uploaded = await upload(line, files, mark=mark, post=there["id"])
    fields = writing.fields(intent, uploaded, terms)
    path = f"/wp/v2/{route}/{there['id']}"
    await line.ask("POST", path, doing=WRITE[route], json=fields, params=FIELDS)
    return there


async def _made(
    line: Line, route: str, mark: str, fields: Mapping[str, Any]
) -> tuple[Mapping[str, Any], bool]:
    """Make a draft, or return the one that a request made whose answer was lost."""
    path, named = f"/wp/v2/{route}", {**fields, "slug": mark, "status": "draft"}
    made = line.one(await line.ask("POST", path, doing=WRITE[route], json=named, params=FIELDS))
    if made.get("slug") == mark:
        return made, True
    # It got another slug, so ours was taken meanwhile: by a request that was still on its way in.
    first = await look(line, route, mark)
    if first is None:
        return made, True
    await line.send("DELETE", f"{path}/{made['id']}", params={"force": "true"})
    return first, False


async def _terms(line: Line, intent: Intent) -> dict[str, list[int]]:
    """Return the numbers of the chosen categories and tags."""
    return {
        kind: [await _term(line, kind, name) for name in writing.names(intent, kind)]
        for kind in _TERMS
    }


async def _term(line: Line, kind: str, name: str) -> int:
    """Return the number of one, which is made when it is missing."""
    query = {"search": name, "per_page": "100", "_fields": "id,name"}
    said = line.many(await line.ask("GET", f"/wp/v2/{kind}", doing=LOOK, params=query))
    for term in said:
        if html.unescape(str(term.get("name"))).casefold() == name.casefold():
            return int(term["id"])
    answer = await line.send("POST", f"/wp/v2/{kind}", json={"name": name})
    code, _ = error_of(answer)
    if code == "term_exists":
        return int(line.one({"id": answer.json()["data"].get("term_id")})["id"])
    if code == "rest_cannot_create" and answer.status == 403:
        raise PublishFailed(Refused(_missing(line, kind, name)))
    return int(line.one(line.read(answer, _TERMS[kind]))["id"])


def _missing(line: Line, kind: str, name: str) -> str:
    doing = _TERMS[kind]
    return (
        f"WordPress {line.access.account}: there is nothing called {name!r} among its {kind}, and"
        f" the account may not {doing.words} ({doing.needs}). Nothing was posted. Choose one that"
        " is there, or ask the site's admin for the role Editor."
    )
