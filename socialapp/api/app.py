"""The REST app: every route, its errors, and its documentation, which works offline."""

from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from socialapp.api import (
    approvals,
    attachments,
    bulk,
    bulk_posts,
    calendar_feeds,
    channel_groups,
    channels,
    checks,
    comparisons,
    connect,
    errors,
    evergreen,
    health,
    importing,
    imports,
    media,
    notifications,
    pages,
    pauses,
    personas,
    photographs,
    picture_links,
    posts,
    proposals,
    providers,
    queue,
    recycling,
    results,
    review_links,
    reviewing,
    sandbox_media,
    schedules,
    series,
    sessions,
    slots,
    snippets,
    sources,
    team,
    templates,
    timetables,
    utm,
    versions,
    workspace,
)

_ABOUT = """
Plan, schedule and publish posts from a program.

* **Who**: `Authorization: Bearer <key>`; make a key under Settings, or `socialapp keys create`.
* **Times** go out as UTC with `Z`. They come in with an offset, or as wall-clock time in
  `timezone` or the workspace's zone.
* **Errors** are `application/problem+json`: `detail` for a person, `code` for a program.
* **Repeats**: send an `Idempotency-Key` with a POST, and the same request again gets the first
  answer again for 24 hours. Proposals are kept nowhere: they are asked for again.
"""

_ROOMS = (
    *(sessions, workspace, media, attachments, posts, pages, checks, importing, imports, schedules),
    *(bulk, series, evergreen, providers, channels, slots, connect, queue, pauses, notifications),
    *(health, sandbox_media, team, approvals, versions, calendar_feeds, snippets, templates, utm),
    *(results, photographs, personas, bulk_posts, channel_groups, review_links, sources),
    *(timetables, picture_links, recycling, proposals, comparisons),
)

_OPEN = {("post", "/api/session")}
"""Its 401 is about the password that was sent."""


def build() -> FastAPI:
    """Return the app; the wiring puts the pages beside it."""
    api = FastAPIOffline(
        title="socialapp",
        version="1",
        description=_ABOUT,
        openapi_url="/api/openapi.json",
        docs_url="/api/docs",
        redoc_url=None,
        static_url="/api/docs-static",
    )
    for room in _ROOMS:
        api.include_router(room.router)
    api.include_router(team.way_in)
    api.include_router(calendar_feeds.by_secret)
    api.include_router(reviewing.router)
    errors.register(api)
    _document(api)
    return api


def _document(api: FastAPI) -> None:
    """Describe what really happens: bad input is a 400 problem, not the framework's 422."""
    describe = api.openapi

    def openapi() -> dict[str, Any]:
        if api.openapi_schema:
            return api.openapi_schema
        schema = describe()
        parts = schema["components"]["schemas"]
        parts.pop("HTTPValidationError", None)
        parts.pop("ValidationError", None)
        shapes = errors.ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        parts.update(shapes.pop("$defs", {}))
        parts["ProblemOut"] = shapes
        schema["components"]["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": "socialapp_session"},
        }
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                _describe_operation(operation, is_open=(method, path) in _OPEN)
        return schema

    api.openapi = openapi  # type: ignore[method-assign]


def _describe_operation(operation: dict[str, Any], *, is_open: bool) -> None:
    answers = operation["responses"]
    if answers.pop("422", None):
        answers.update({str(k): v for k, v in errors.problems(400).items()} | answers)
    always = (413, 500, 503) if "requestBody" in operation else (500, 503)
    answers.update({str(k): v for k, v in errors.problems(*always).items()} | answers)
    if "401" in answers and not is_open:
        operation["security"] = [{"key": []}, {"cookie": []}]
