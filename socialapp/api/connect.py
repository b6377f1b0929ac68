"""Where networks send people back to, and where they read who we are."""

import logging
import traceback
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from socialapp.api import address
from socialapp.api.deps import identify
from socialapp.api.door import Bounded, Words
from socialapp.api.errors import problems
from socialapp.clock import utc_now
from socialapp.domain.errors import ForPeople, NotFound
from socialapp.domain.people import Member
from socialapp.providers import networks
from socialapp.providers.contract import Describes
from socialapp.services import connections, greetings, typed, visits
from socialapp.services.greetings import Greeting
from socialapp.store.secrets import Apps
from socialapp.store.session import database

router = APIRouter(prefix="/api/connect", tags=["Channels"], route_class=Bounded)

Provider = Annotated[Words, Path(max_length=50)]
CHANNELS, SIGN_IN = "/channels/", "/sign-in/"
"""Pages: a browser is sent to them."""
_SECOND_TRY = "again"
_CAME_AT_MOST = 4_000
_log = logging.getLogger(__name__)


@router.get(
    "/{provider}/back",
    status_code=303,
    response_class=RedirectResponse,
    responses={303: {"description": "On to the channels page, which says how it went."}},
)
async def come_back(provider: Provider, request: Request) -> Response:
    """Take in a person who comes back from a network, and the access that they bring."""
    by = await identify(request)
    if by is None:
        return _on_to(_where_signed_in(request))
    came = {key: words[:_CAME_AT_MOST] for key, words in request.query_params.items()}
    came.pop(_SECOND_TRY, None)
    greeting = await _arrive(by, provider, came)
    said = greetings.seal(by, greeting, now=utc_now())
    return _on_to(f"{CHANNELS}?{urlencode({'said': said})}")


def _on_to(where: str) -> Response:
    # The address that is left may have a code or a password in it.
    return RedirectResponse(
        where, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )


def _where_signed_in(request: Request) -> str:
    """Send a browser to the name under which it is signed in; the second time to the door."""
    other = address.under_its_other_name(request)
    if other is None or _SECOND_TRY in request.query_params:
        return SIGN_IN
    return str(other.include_query_params(**{_SECOND_TRY: "1"}))


async def _arrive(by: Member, provider: str, came: dict[str, str]) -> Greeting:
    try:
        channel = await connections.arrive(
            database(),
            by,
            state=came.get("state", ""),
            came=came,
            provider=provider,
            now=utc_now(),
        )
    except ForPeople as no:
        return Greeting(False, no.detail)
    except Exception as error:
        # Whatever stumbled may name what it had in its hands.
        happened = typed.without(visits.proofs(came), "".join(traceback.format_exception(error)))
        _log.error("Somebody came back from %s and was not taken in.\n%s", provider, happened)
        words = "Something went wrong here and was written to the log. The channel is not connected"
        return Greeting(False, f"{words}; please try again.")
    async with database().reading() as db:
        return await greetings.connected(db, channel)


@router.get("/{provider}/client.json", responses=problems(404))
async def describe_us(provider: Provider, request: Request) -> JSONResponse:
    """Say who we are, to networks that read it instead of registering us."""
    network = networks().get(provider)
    if not isinstance(network, Describes):
        raise NotFound("That network does not ask who we are.")
    described = await network.client_metadata(address.of(request), apps=Apps(database()))
    return JSONResponse(described, headers={"Cache-Control": "public, max-age=600"})
