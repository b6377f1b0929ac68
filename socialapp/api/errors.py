"""An error -> application/problem+json (RFC 9457): words for a person, a code for a program."""

import logging
import secrets
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from socialapp.domain import errors

_log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"

_STATUS: dict[type[errors.ForPeople], int] = {
    errors.Rejected: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooBig: 413,
    errors.UnsupportedType: 415,
    errors.TooMany: 429,
    errors.Unanswered: 502,
}


# PostgreSQL: connection, transaction, rollback, resources, locks, an operator, the system.
_PASSING_STATES = {"08", "25", "40", "53", "55", "57", "58"}
# SQLite: busy, locked, interrupted, input or output, full, cannot open.
_PASSING_CODES = {5, 6, 9, 10, 13, 14}


NO_NUL = r"^[^\x00]*$"


class FieldProblem(BaseModel):
    """One thing wrong with what was sent."""

    field: str
    code: str
    message: str


class ProblemOut(BaseModel):
    """What was wrong, what was not done, what to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Bad Request",
                    "status": 400,
                    "detail": "Write something: the text is empty.",
                    "code": "text_required",
                    "errors": [
                        {
                            "field": "text",
                            "code": "text_required",
                            "message": "Write something: the text is empty.",
                        }
                    ],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = []
    request_id: str | None = None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what an operation lists as its errors."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
        }
        for status in statuses
    }


def answer(
    status: int,
    detail: str,
    code: str,
    *,
    fields: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
    request_id: str = "",
) -> JSONResponse:
    """Return a problem as an answer."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": fields or [],
    }
    if request_id:
        body["request_id"] = request_id
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def for_people(error: errors.ForPeople) -> JSONResponse:
    """Turn an error of the rules into an answer."""
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    fields = []
    headers: dict[str, str] = {}
    if isinstance(error, errors.Rejected):
        fields = [{"field": p.field, "code": p.code, "message": p.message} for p in error.problems]
    if isinstance(error, errors.TooMany):
        headers["Retry-After"] = str(error.retry_after_s)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="socialapp"'
    return answer(status, error.detail, error.code, fields=fields, headers=headers)


def register(app: FastAPI) -> None:
    """Make every error of the app a problem."""

    @app.exception_handler(errors.ForPeople)
    async def _for_people(_request: Request, error: errors.ForPeople) -> JSONResponse:
        return for_people(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [_field(e) for e in error.errors()[:20]]
        first = fields[0]
        where = f"{first['field']}: " if first["field"] else ""
        return answer(400, f"{where}{first['message']}", first["code"], fields=fields)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        words = {404: "There is nothing at this address.", 405: "That method is not offered here."}
        detail = words.get(error.status_code, str(error.detail))
        code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
        headers = dict(error.headers) if error.headers else {}
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_offered(app, request.url.path))
        return answer(error.status_code, detail, code, headers=headers)

    async def _failed(request: Request, error: Exception) -> JSONResponse:
        return failure(request.method, _loggable(request), error)

    for kind in (PoolTimeout, DBAPIError, ConnectionRefusedError, TimeoutError, Exception):
        app.add_exception_handler(kind, _failed)


def _loggable(request: Request) -> str:
    """Return the address of a request as a log may have it: without the secret in it."""
    secret: str = request.path_params.get("secret", "")
    path: str = request.scope["path"]
    return path.replace(secret, "…") if secret else path


def _offered(app: FastAPI, path: str) -> list[str]:
    """Return every method of an address; the framework names those of one route alone."""
    documented: dict[str, Any] = app.openapi()["paths"]
    if path not in documented:
        places = (place for place in documented if compile_path(place)[0].fullmatch(path))
        path = next(places, "")
    return sorted(method.upper() for method in documented.get(path, {}))


def failure(method: str, path: str, error: Exception) -> JSONResponse:
    """Turn what is nobody's fault but ours into an answer, and log it with its number."""
    if isinstance(error, errors.ForPeople):
        return for_people(error)
    if _is_database_away(error):
        _log.error("%s %s: the database failed: %s", method, path, error)
        detail = "The database is busy or away. Nothing was changed; try again in a moment."
        return answer(503, detail, "database_away", headers={"Retry-After": "2"})
    request_id = secrets.token_hex(8)
    _log.error("%s %s failed, request_id=%s", method, path, request_id, exc_info=error)
    detail = "Something went wrong on our side. Give the request id to whoever runs this app."
    return answer(500, detail, "internal", request_id=request_id)


def _is_database_away(error: Exception) -> bool:
    """Whether another try may succeed: the statement was not at fault."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout | ConnectionRefusedError | TimeoutError)
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return str(state)[:2] in _PASSING_STATES
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _PASSING_CODES
    return isinstance(error, OperationalError | InterfaceError) and not isinstance(
        error.orig, ValueError
    )


def _field(error: Any) -> dict[str, str]:
    place = [str(part).encode(errors="replace").decode() for part in error["loc"][1:]]
    code = "missing" if error["type"] == "missing" else "invalid"
    message = str(error["msg"])[:300]
    if error.get("ctx", {}).get("pattern") == NO_NUL:
        message = "Take the NUL character out: no text can hold it."
    elif error["type"] == "string_unicode":
        message = "Half of a surrogate pair is no character. Take it out."
    return {"field": ".".join(place), "code": code, "message": message}
