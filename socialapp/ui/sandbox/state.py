"""Reading the public timeline. Anyone may: it is what followers would see."""

import reflex as rx
from reflex_base.registry import RegistrationContext

from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Right
from socialapp.services import results
from socialapp.store import sandbox
from socialapp.store.session import reading, transaction
from socialapp.ui.rights import PUBLIC, needs
from socialapp.ui.sandbox import views
from socialapp.ui.sandbox.views import TimelinePost
from socialapp.ui.session import here, signed_in

AT_ONCE = 20
AT_MOST = 200
REACTIONS = ("likes", "reposts")
ROOM = "sandbox"
"""Of the open timelines."""


class TimelineState(rx.State):
    """What all open timelines are told at once; written by broadcasts alone."""

    newest: int = 0


class SandboxState(rx.State):
    """The part of the timeline that is shown."""

    posts: list[TimelinePost] = []
    account: str = ""
    account_name: str = ""
    has_more: bool = False
    may_react: bool = False
    """Whoever writes may play those who look."""
    is_loaded: bool = False
    _shown: int = AT_ONCE

    @needs(PUBLIC)
    async def load(self) -> None:
        """Read the newest posts; of one account, if the address names it."""
        namespace = RegistrationContext.get().app.event_namespace
        assert namespace is not None
        await namespace.enter_room(self.router.session.session_id, ROOM)
        asked = self.router.url.query_parameters
        self.account = asked.get("account", "")[:100]
        self._shown = AT_ONCE
        session = await here(self)
        self.may_react = session is not None and session.member.may(Right.WRITE)
        await self._read()

    @needs(Right.WRITE)
    async def react(self, post_key: str, reaction: str) -> None:
        """Let one more of those who look like or repost a post."""
        if not post_key.isdecimal() or len(post_key) > 17 or reaction not in REACTIONS:
            raise NotFound("There is no such post on the timeline.")
        by = await signed_in(self)
        async with transaction() as db:
            await results.react(db, by, int(post_key), reaction, now=utc_now())
        await self._read()

    @needs(PUBLIC)
    async def refresh(self) -> None:
        """Read what is shown again."""
        await self._read()

    @needs(PUBLIC)
    async def show_more(self) -> None:
        """Read further down."""
        self._shown = min(self._shown + AT_ONCE, AT_MOST)
        await self._read()

    async def _read(self) -> None:
        wanted = self.router.url.query_parameters.get("post", "")
        further_down = []
        async with reading() as db:
            found = await sandbox.timeline(db, account=self.account, limit=self._shown + 1)
            shown = found[: self._shown]
            here = {post.id for post, _ in shown}
            if wanted.isdecimal() and len(wanted) < 18 and int(wanted) not in here:
                further_down = await sandbox.thread(db, int(wanted))
        more = [pair for pair in further_down if pair[0].id not in here]
        self.posts = views.threads([*shown, *more], wanted=wanted, now=utc_now())
        if more:  # what the address names comes first
            self.posts = sorted(self.posts, key=lambda post: not post["is_wanted"])
        self.account_name = found[0][1].name if self.account and found else ""
        self.has_more = len(found) > self._shown and self._shown < AT_MOST
        self.is_loaded = True
