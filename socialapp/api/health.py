"""For probes: does this process live, and can it work; and figures for Prometheus."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel

from socialapp import live
from socialapp.clock import utc_now
from socialapp.store import overview
from socialapp.store.session import DatabaseUnusable, database

router = APIRouter(tags=["Health"])


class HealthOut(BaseModel):
    """Whether the parts answer."""

    status: str
    database: bool
    redis: bool
    workers: int


async def _look() -> HealthOut:
    line = live.current()
    redis = bool(line and await line.is_up())
    try:
        await database().ping()
        async with database().reading() as db:
            workers = await overview.workers_alive(db, now=utc_now())
    except DatabaseUnusable:
        return HealthOut(status="down", database=False, redis=redis, workers=0)
    is_well = redis and workers > 0
    return HealthOut(
        status="ok" if is_well else "degraded", database=True, redis=redis, workers=workers
    )


@router.get("/api/health")
async def health() -> HealthOut:
    """Say how the parts are; 200 as long as this process answers."""
    return await _look()


@router.get("/api/ready", responses={503: {"model": HealthOut, "description": "Not ready."}})
async def ready() -> Response:
    """200 when requests can be served: the database answers; else 503."""
    found = await _look()
    return JSONResponse(found.model_dump(), 200 if found.database else 503)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics() -> str:
    """Return figures for Prometheus."""
    found = await _look()
    lines = [
        "# HELP socialapp_up Whether a part answers.",
        "# TYPE socialapp_up gauge",
        f'socialapp_up{{part="database"}} {int(found.database)}',
        f'socialapp_up{{part="redis"}} {int(found.redis)}',
        "# HELP socialapp_workers Workers that gave a sign of life lately.",
        "# TYPE socialapp_workers gauge",
        f"socialapp_workers {found.workers}",
    ]
    if found.database:
        async with database().reading() as db:
            by_status = await overview.deliveries_by_status(db)
        lines += [
            "# HELP socialapp_deliveries Deliveries by status.",
            "# TYPE socialapp_deliveries gauge",
            *(f'socialapp_deliveries{{status="{s}"}} {n}' for s, n in sorted(by_status.items())),
        ]
    return "\n".join(lines) + "\n"
