"""WordPress: what it can take, how it is connected, and publishing what was drafted."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

from yarl import URL

from socialapp.clock import utc_now
from socialapp.domain.content import Capabilities
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import Absent, Finding, Posted, Refused, TryLater, Unknown
from socialapp.providers.contract import (
    Access,
    Account,
    AppRegistry,
    Connected,
    Field,
    PublishFailed,
    Visit,
    Way,
)
from socialapp.providers.http import Answer, Http
from socialapp.providers.intent import Intent
from socialapp.providers.wordpress import connecting, discovery, drafting, writing
from socialapp.providers.wordpress.capabilities import CAPABILITIES, of_account
from socialapp.providers.wordpress.line import DELETE, LOOK, PUBLISH, Line, error_of

_SITE = Field("site", "Address of the site", placeholder="https://blog.example.org")
_HELD = ("draft", "pending", "future", "private", "trash")


class WordPress:
    """A site of one's own: a draft is made before the moment, and published at it."""

    key = "wordpress"
    name = "WordPress"
    capabilities = CAPABILITIES
    ways: tuple[Way, ...] = (
        Way(
            "visit",
            "Allow it on your site",
            "You sign in on your site and allow it there. WordPress then makes a password for this"
            " app alone, which you can take back at any time under Users > Profile.",
            (_SITE,),
            is_visit=True,
        ),
        Way(
            "password",
            "With an application password",
            "On your site, under Users > Profile > Application Passwords, make one for this app and"
            " paste it here. It is not the password that you sign in with.",
            (
                _SITE,
                Field("login", "Login name", hint="Or the e-mail address of the account."),
                Field(
                    "password",
                    "Application password",
                    is_secret=True,
                    placeholder="abcd EFGH 1234 ijkl MNOP 6789",
                ),
            ),
        ),
    )

    def __init__(self, http: Http) -> None:
        self._http = http

    # Connecting.

    async def connect(self, way: str, given: Mapping[str, str]) -> Connected:
        """Find the site, and try login and application password there."""
        site = await discovery.find(self._http, given["site"])
        return await self._connected(site.api, given["login"], given["password"])

    async def depart(
        self, way: str, given: Mapping[str, str], *, back: str, state: str, apps: AppRegistry
    ) -> Visit:
        """Send the person to the page of their site that makes application passwords.

        https://make.wordpress.org/core/2020/11/05/application-passwords-integration-guide/
        """
        site = await discovery.find(self._http, given["site"])
        if not site.authorize:
            raise Rejected(Problem("no_visit", _no_visit(site), "site"))
        here, returned = URL(back), URL(back).update_query(state=state)
        if (
            here.scheme == "http"
            and URL(site.authorize).scheme == "https"
            and not _is_loopback(here)
        ):
            raise Rejected(Problem("no_way_back", _NO_WAY_BACK, "site"))
        asked = {
            # A person's application passwords need different names.
            "app_name": f"socialapp at {here.host} ({token_hex(3)})",
            "app_id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(here.origin()))),
            "success_url": str(returned),
            "reject_url": str(returned.update_query(success="false")),
        }
        return Visit(str(URL(site.authorize).update_query(asked)), keep={"api": site.api})

    async def arrive(
        self,
        way: str,
        keep: Mapping[str, Any],
        came: Mapping[str, str],
        *,
        back: str,
        apps: AppRegistry,
    ) -> Connected:
        """Take the password that the site made; it is tried where the person was sent."""
        login, password = came.get("user_login", ""), came.get("password", "")
        if not login or not password:
            message = "The site was not allowed to let this app in. The channel is not connected."
            raise Rejected(Problem("not_allowed_there", message, "way"))
        return await self._connected(str(keep["api"]), login, password)

    async def _connected(self, api: str, login: str, password: str) -> Connected:
        secrets = {"login": login, "password": password}
        access = Access(api, connecting.handle(login, api.partition("/wp-json")[0]), "", secrets)
        account = await connecting.account(self._http, access)
        return Connected(account, secrets, address=api)

    async def verify(self, access: Access) -> Account:
        """Ask the site who we are, and what we may do there."""
        return await connecting.account(self._http, access)

    @staticmethod
    def adapted(known: Mapping[str, Any]) -> Capabilities:
        """Return what it can take of this account."""
        return of_account(known)

    # Publishing.

    def has_to_prepare(self, intent: Intent) -> bool:
        """Each post has its draft."""
        return True

    async def prepare(self, intent: Intent, access: Access, *, once: str) -> dict[str, Any]:
        """Make the draft with its files, or bring the one that is there up to date."""
        return await drafting.draft(Line(self._http, access), intent, once=once)

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Publish the draft: of one that is published already it changes nothing."""
        line, prepared = Line(self._http, access), intent.prepared
        if not prepared:
            raise PublishFailed(TryLater(f"{access.account} has no draft of it yet."))
        answer = await line.send(
            "POST",
            _path(prepared),
            leaving=leaving,
            json={"status": "publish", "slug": prepared["slug"]},
            params=drafting.FIELDS,
        )
        if _is_of_others(answer):
            await self._surely_not_posted(intent, access, once)
        there = line.one(line.read(answer, PUBLISH[prepared["route"]]))
        if there["id"] != prepared["id"]:
            raise PublishFailed(Unknown(line.unreadable))
        return _posted(there, line)

    async def _surely_not_posted(self, intent: Intent, access: Access, once: str) -> None:
        """Make sure of a refusal that is not WordPress's. Raises PublishFailed when it is none.

        A firewall may look at what WordPress answers, and refuse it then.
        """
        finding = await self.find(intent, access, once=once, since=utc_now())
        if isinstance(finding, Absent):
            return
        reason = f"WordPress {access.account}: something in front of the site refused the answer."
        raise PublishFailed(Unknown(reason))

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Ask what became of the draft, by its number; when that is gone, by the slugs it has."""
        line = Line(self._http, access)
        try:
            there = await _by_number(line, intent) or await _by_slug(line, intent, once)
            if there is None or there.get("status") in ("draft", "auto-draft"):
                return Absent()
            return _posted(there, line)
        except PublishFailed as error:
            return Unknown(f"It is not known whether the post is out: {error}")

    async def delete(self, posted: Mapping[str, Any], access: Access) -> None:
        """Move it into the site's trash, where its people can bring it back."""
        line = Line(self._http, access)
        for route in ("posts", "pages"):  # one is known by its number alone
            path = f"/wp/v2/{route}/{posted['remote_id']}"
            answer = await line.send("DELETE", path)
            code, _ = error_of(answer)
            if code == "rest_trash_not_supported":
                answer = await line.send("DELETE", path, params={"force": "true"})
            if answer.status == 410:
                return
            if code != "rest_post_invalid_id":
                line.read(answer, DELETE[route])
                return


def _is_of_others(answer: Answer) -> bool:
    """Whether something else than WordPress refused it, maybe after WordPress had answered."""
    is_clear = answer.status in {401, 429}
    return 400 <= answer.status < 500 and not is_clear and not error_of(answer)[0]


def _path(prepared: Mapping[str, Any]) -> str:
    return f"/wp/v2/{prepared['route']}/{prepared['id']}"


async def _by_number(line: Line, intent: Intent) -> Mapping[str, Any] | None:
    """Return the draft, whatever became of it; None when it is gone for good."""
    if not intent.prepared:
        return None
    answer = await line.send("GET", _path(intent.prepared), params=drafting.FIELDS)
    if answer.status == 404 and error_of(answer)[0] == "rest_post_invalid_id":
        return None
    return line.one(line.read(answer, LOOK))


async def _by_slug(line: Line, intent: Intent, once: str) -> Mapping[str, Any] | None:
    route = intent.prepared.get("route") or writing.route(intent, line.access)
    mark = writing.mark(line.access, once)
    return await drafting.look(line, route, mark, writing.unique_slug(intent, mark))


def _posted(there: Mapping[str, Any], line: Line) -> Posted:
    """Return it as posted, unless something on the site holds it. Raises PublishFailed."""
    status, link = there.get("status"), there.get("link")
    if status in _HELD:
        reason = (
            f"WordPress {line.access.account}: the site keeps it as {status!r}, so nobody can read"
            " it yet. Publish it there, or ask the site's admin what holds it."
        )
        raise PublishFailed(Refused(reason, action="check"))
    if status != "publish":
        raise PublishFailed(Unknown(line.unreadable))
    is_link = isinstance(link, str) and link.startswith(("https://", "http://"))
    return Posted(remote_id=str(there["id"]), url=str(link) if is_link else "")


def _is_loopback(url: URL) -> bool:
    return url.host in {"127.0.0.1", "::1", "localhost"}


_NO_WAY_BACK = (
    "WordPress sends you back only to an https address, and this app has none. Choose the way with"
    " an application password, or give the app an https address (SOCIALAPP_URL)."
)


def _no_visit(site: discovery.Site) -> str:
    if not site.says_more:
        return (
            "This site's API speaks only to those whom it knows. Choose the way with an application"
            " password."
        )
    return (
        "Application passwords are switched off on this site: by a security plugin, or because it"
        " is not reached by https. Ask its admin to allow them."
    )
