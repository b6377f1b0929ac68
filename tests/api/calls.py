"""What tests ask of the API again and again."""

import asyncio
import io
from datetime import datetime, timedelta
from typing import Any

import httpx
from PIL import Image
from sqlalchemy import update
from sqlmodel import col

from socialapp import live
from socialapp.api.channel_views import ChannelOut
from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.moments import iso
from socialapp.store import schedules
from socialapp.store.session import Database
from socialapp.store.tables import Delivery
from tests.imaging import documents

SETTLED = (
    *("posted", "partly_posted", "failed", "needs_check"),
    *("missed", "paused", "cancelled"),
)


def soon(seconds: float) -> str:
    """Return an instant from now, as a program writes it."""
    return iso(utc_now() + timedelta(seconds=seconds))


def at(words: str) -> datetime:
    """Read an instant that the API gave out."""
    return datetime.fromisoformat(words)


def photo() -> bytes:
    """Return a real JPEG."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((320, 200)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


async def upload(program: httpx.AsyncClient, alt_text: str = "A grey slope") -> dict[str, Any]:
    """Put a picture in the library and return it."""
    parts = {"file": ("slope.jpg", photo(), "image/jpeg")}
    answer = await program.post("/api/media", files=parts, data={"alt_text": alt_text})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def attach(program: httpx.AsyncClient, description: str = "The minutes") -> dict[str, Any]:
    """Keep a PDF for pages and return it."""
    parts = {"file": ("minutes.pdf", documents.pdf(), "application/pdf")}
    answer = await program.post("/api/attachment", files=parts, data={"description": description})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def write(
    program: httpx.AsyncClient, text: str = "Fresh bread", *, place: str = "/api/posts", **more: Any
) -> Any:
    """Keep a draft of a post, or of a page, and return it."""
    answer = await program.post(place, json={"text": text, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def plan(
    program: httpx.AsyncClient, text: str = "Fresh bread", *, place: str = "/api/posts", **more: Any
) -> Any:
    """Write a post, queue it, and return the schedule; without a time it is tomorrow."""
    what = named(await write(program, text, place=place))
    when = {"scheduled_at": soon(86400)} | more
    answer = await program.post("/api/schedules", json=what | when)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def the_channel(program: httpx.AsyncClient) -> dict[str, Any]:
    """Return the only channel as posts and deliveries name it: the rest is told in its list."""
    (channel,) = (await program.get("/api/channels")).json()["items"]
    return {name: channel[name] for name in ChannelOut.model_fields}


def named(written: dict[str, Any]) -> dict[str, int]:
    """Name a post or page, as schedules take it."""
    return {f"{written['kind']}_id": written["id"]}


async def reaches(
    program: httpx.AsyncClient, schedule_id: int, *statuses: str, within_s: float = 20
) -> Any:
    """Return a schedule as soon as it has one of the statuses."""
    async with asyncio.timeout(within_s):
        while True:
            found = (await program.get(f"/api/schedules/{schedule_id}")).json()
            if found["status"] in statuses:
                return found
            await live.changed(0.1)


async def settled(program: httpx.AsyncClient, schedule_id: int) -> Any:
    """Return a schedule as soon as it is neither queued nor publishing."""
    return await reaches(program, schedule_id, *SETTLED)


async def become(database: Database, schedule_id: int, status: Status, **more: Any) -> None:
    """Let the deliveries of a schedule have come to `status`, as a worker would leave them."""
    mine = col(Delivery.schedule_id) == schedule_id
    async with database.transaction() as db:
        await db.execute(update(Delivery).where(mine).values(status=status, **more))
        await schedules.refresh_status(db, [schedule_id], now=utc_now())


async def log_of(program: httpx.AsyncClient, delivery_id: int) -> list[dict[str, Any]]:
    """Return the attempts of a delivery."""
    answer = await program.get(f"/api/deliveries/{delivery_id}/log")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def problem(answer: httpx.Response, status: int, code: str = "") -> dict[str, Any]:
    """Check that an answer is a problem that says what it should, and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert body["status"] == status
    assert body["detail"]
    if code:
        assert body["code"] == code, body
    return body
