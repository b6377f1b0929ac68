"""What may stand before a WordPress: a reverse proxy, with its folder, moods and mischief."""

from collections.abc import Iterable
from typing import Self

import aiohttp
from aiohttp import web

from tests.networks.mischief import Mischief
from tests.servers.simulator import Refusal, Simulator
from tests.servers.wordpress import WordPress

_OF_THE_LINE = {"connection", "content-encoding", "content-length", "host", "transfer-encoding"}


class WordPressFront(Simulator):
    """Passes requests on to a real site, which is reached under this address from then on."""

    publishing_paths = r".*/wp/v2/(posts|pages)/\d+"

    def __init__(self, site: WordPress, *, folder: str = "") -> None:
        super().__init__()
        self._site = site
        self._folder = folder
        self.drops: set[str] = set()
        """The headers of requests that do not get through, in small letters."""
        self.hides_links = False
        """Whether nothing says where the API is."""
        self.answers: list[tuple[str, str, web.Response]] = []
        """What is answered to the next requests of a method whose path ends so."""
        self.answers_after: list[tuple[str, str, web.Response]] = []
        """The same, although the site did what was asked."""

    @property
    def address(self) -> str:
        """Return where the site is for whoever comes through here."""
        return f"{self.base_url}{self._folder}"

    @property
    def api(self) -> str:
        """Return the root of its API."""
        return f"{self.address}/wp-json"

    def requests(self, method: str, end: str) -> int:
        """Count what came so far of a method, for paths that end so."""
        return sum(seen.method == method and seen.path.endswith(end) for seen in self.seen)

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._client = aiohttp.ClientSession(auto_decompress=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await super().__aexit__()

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.route("*", f"{self._folder}/{{path:.*}}", self._pass)]

    def refuses(self, how: Mischief) -> Refusal | None:
        match how:
            case Mischief.UNAUTHORISED:
                return _refusal(401, "incorrect_password", "The password is wrong.")
            case Mischief.REFUSE:
                return _refusal(400, "rest_invalid_param", "This post breaks the rules.")
            case Mischief.FAIL:
                return _refusal(500, "db_update_error", "Could not update post in the database.")
        return None

    def not_found(self) -> Refusal:
        return _refusal(404, "rest_no_route", "No route was found.")

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        if instead := _taken(self.answers, request):
            return instead
        target = f"{self._site.base_url}/{request.raw_path.removeprefix(f'{self._folder}/')}"
        left_out = _OF_THE_LINE | self.drops
        headers = {k: v for k, v in request.headers.items() if k.lower() not in left_out}
        async with self._client.request(
            request.method,
            target,
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            body = self._as_from_here(await answer.read())
            told = [(k, v) for k, v in answer.headers.items() if k.lower() not in _OF_THE_LINE]
        if self.hides_links:
            told = [(k, v) for k, v in told if k.lower() != "link"]
            body = body.replace(b"https://api.w.org/", b"")
        if instead := _taken(self.answers_after, request):
            return instead
        said = web.Response(status=answer.status, body=body)
        said.headers.clear()
        for name, value in told:
            said.headers.add(name, self._as_from_here(value.encode()).decode())
        return said

    def _as_from_here(self, said: bytes) -> bytes:
        """Name this address wherever the site names its own, also as JSON writes it."""
        own, ours = self._site.base_url, self.address
        said = said.replace(own.encode(), ours.encode())
        return said.replace(own.replace("/", r"\/").encode(), ours.replace("/", r"\/").encode())


def _taken(
    answers: list[tuple[str, str, web.Response]], request: web.Request
) -> web.Response | None:
    for each in answers:
        if each[0] == request.method and request.path.endswith(each[1]):
            answers.remove(each)
            return each[2]
    return None


def _refusal(status: int, code: str, words: str) -> Refusal:
    return Refusal(status, {"code": code, "message": words, "data": {"status": status}})
