"""Thousands of requests made up from the documentation: none finds a bug, and all answers fit it.

Schemathesis sends them from a thread with one event loop for the whole run, so the app is put
together here for that thread alone.
"""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import positive_data_acceptance, unsupported_method
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from socialapp import live, providers
from socialapp.api import queue
from socialapp.api.app import build
from socialapp.api.repeats import Repeats
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.evergreen import Rhythm
from socialapp.domain.recycling import Rule
from socialapp.domain.slots import WeeklyTime
from socialapp.domain.snippets import SnippetKind
from socialapp.providers import proposer
from socialapp.providers.http import Http
from socialapp.providers.syndication import reader
from socialapp.services import (
    comparisons,
    evergreen,
    evergreen_entries,
    posts,
    recycling,
    schedules,
    series,
    snippets,
    templates,
    timetables,
)
from socialapp.services.evergreen_entries import Content
from socialapp.store import files, session, vault
from socialapp.store.session import Database
from tests.api.test_carol_cannot import FOR_EVERYBODY
from tests.people import key_of, owner_of_a_workspace
from tests.servers.postgresql import Cluster, run
from tests.servers.valkey import ValkeyServer

EXAMPLES = 10
KINDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="module", params=KINDS)
def fresh_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a database for the whole module, on each kind."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("fuzz") / "socialapp.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite+aiosqlite:///{file}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    name = cluster.fresh(request.getfixturevalue("postgresql_template"))
    yield cluster.url(name)
    cluster.drop(name)


async def _furnish(url: str) -> str:
    """Make a workspace with something of each kind, and return a key of it."""
    database = Database(url)
    owner = await owner_of_a_workspace(database, "Alice", "Europe/Berlin")
    async with database.transaction() as db:
        for text in ("Fresh bread", "Fresh rolls", "Fresh cake"):
            post = await posts.create(db, owner, text=text, now=utc_now())
            await schedules.create(db, owner, post_id=post.id or 0, now=utc_now())
        again = await posts.create(db, owner, text="Fresh every week", now=utc_now())
        await series.create(
            db, owner, post_id=again.id or 0, repeat="FREQ=WEEKLY;COUNT=4", now=utc_now()
        )
        await snippets.create(
            db, owner, kind=SnippetKind.TEXT, name="Hours", text="From six", now=utc_now()
        )
        mornings = [WeeklyTime(0, 540)]
        await timetables.create(db, owner, name="Mornings", times=mornings, now=utc_now())
        await templates.create(db, owner, name="Weekly", text="This week", now=utc_now())
        rhythm = Rhythm((WeeklyTime(0, 540),))
        settings = evergreen.Settings("Classics", (), rhythm, "Europe/Berlin")
        made = await evergreen.create(db, owner, settings, now=utc_now())
        for text in ("Our oven", "Our flour"):
            await evergreen_entries.add(db, owner, made.id or 0, Content(text), now=utc_now())
        await evergreen.start(db, owner, made.id or 0, now=utc_now())
        finds = await recycling.preview(db, owner, made.id or 0, Rule(), now=utc_now())
        await recycling.save(db, owner, made.id or 0, Rule(), finds, now=utc_now())
        starts = moments.read("2031-05-13T09:00", zone="Europe/Berlin")
        two = comparisons.New("Bread", Content("Our rye"), Content("Rye, ours"), (), starts)
        await comparisons.create(db, owner, two, now=utc_now())
        page = await posts.create(
            db, owner, kind=Kind.PAGE, title="Hours", text="From six", now=utc_now()
        )
        await schedules.create(db, owner, post_id=page.id or 0, kind=Kind.PAGE, now=utc_now())
    key = await key_of(database, owner)
    await database.close()
    return key


@pytest.fixture(scope="module")
def key(fresh_url: str) -> str:
    """A key of a workspace with something in it."""
    return str(run(_furnish(fresh_url)))


@pytest.fixture(scope="module")
def app(
    fresh_url: str, valkey_server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The tools of the app, for the thread that the requests are sent from."""
    line = live.connect(valkey_server.url)
    session.connect(fresh_url, after_commit=line.tell_of)
    files.connect(tmp_path_factory.mktemp("media"), limit_bytes=1024 * 1024)
    vault.connect(keys="", folder=tmp_path_factory.mktemp("vault"))
    providers.use(providers.connect(Http()))  # the sandbox is asked nothing over it
    reader.use(None)
    proposer.use(None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, "WAITS_S", 0)  # nobody publishes here
        yield


GENERATION = GenerationConfig(deterministic=True)
# A body over the limit is refused before anybody looks at what is in it.
REFUSALS = ["400", "401", "403", "404", "406", "413", "415"]
CHECKS = ChecksConfig.from_dict({"negative_data_rejection": {"expected-statuses": REFUSALS}})
APP = Repeats(build())


def schema(**more: Any) -> OpenApiSchema:
    """Read what the API says of itself."""
    project = ProjectConfig(generation=GENERATION, checks=CHECKS, **more)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_asgi("/api/openapi.json", APP, config=config)


SCHEMA = schema()
# Who has no key is refused whatever they send: nobody has to think out every edge of it.
DOORS = schema(phases=PhasesConfig(coverage=CoveragePhaseConfig(enabled=False)))
# What is well formed may still be refused: a time in the past, a cursor that no list gave out.
NOT_IN_THE_DOCUMENTATION = [positive_data_acceptance]
# A PATCH of it is one of a post called "check": that is no id, 400.
LOOK_LIKE_AN_ID = {
    *("/api/posts/check", "/api/posts/bulk", "/api/channels/visit", "/api/sources/preview"),
    *(f"/api/schedules/{word}" for word in ("bulk", "import", "export", "sample")),
}
briefly = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@SCHEMA.parametrize()
@briefly
def test_whatever_is_sent_the_answer_is_as_documented(case: Case, app: None, key: str) -> None:
    excluded = [*NOT_IN_THE_DOCUMENTATION]
    if case.operation.path in LOOK_LIKE_AN_ID:
        excluded.append(unsupported_method)

    # Each would plan up to 40 posts, which is tested elsewhere: here it is asked what it would be.
    plans = case.operation.path == "/api/comparisons" and isinstance(case.body, dict)
    if plans and case.body.get("dry_run", False) is False:
        case.body["dry_run"] = True

    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=excluded)


@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
@DOORS.parametrize()
@settings(briefly, max_examples=5)
def test_without_a_key_only_the_open_door_answers(case: Case, app: None) -> None:
    answer = case.call()

    if (case.method.lower(), case.operation.path) not in FOR_EVERYBODY:
        assert answer.status_code in {401, 404, 405}
