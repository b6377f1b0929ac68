"""The worker process: `python worker.py`, or `arq worker.WorkerSettings`."""

from typing import Any

from socialapp import jobs, live
from socialapp.settings import get_settings
from socialapp.worker import Tools, main, redis_settings


async def _start(ctx: dict[str, Any]) -> None:
    ctx["tools"] = tools = Tools(get_settings())
    await tools.__aenter__()
    ctx.update(tools.for_jobs())


async def _stop(ctx: dict[str, Any]) -> None:
    await ctx["tools"].__aexit__()


class WorkerSettings:
    """For arq's own command; it needs Redis at the start, `main` does not."""

    functions = jobs.FUNCTIONS
    cron_jobs = jobs.CRON
    redis_settings = redis_settings(get_settings().redis)
    queue_name = live.QUEUE
    job_serializer = live.pack
    job_deserializer = live.unpack
    on_startup = _start
    on_shutdown = _stop
    max_jobs = 4
    keep_result = 0
    health_check_interval = 10


if __name__ == "__main__":
    main(get_settings())
