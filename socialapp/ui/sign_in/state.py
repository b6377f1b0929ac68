"""Where a visitor without a session belongs."""

import reflex as rx
from reflex.event import EventSpec

from socialapp.store import people
from socialapp.store.session import reading
from socialapp.ui import routes
from socialapp.ui.rights import PUBLIC
from socialapp.ui.session import here, needs


class EntryState(rx.State):
    """The two pages before the session."""

    @needs(PUBLIC)
    async def load(self) -> EventSpec | None:
        """Send whoever is on the wrong one of the pages to the right one."""
        if await here(self):
            return _go(routes.HOME)
        async with reading() as db:
            has_owner = await people.has_anyone(db)
        right = routes.SIGN_IN if has_owner else routes.WELCOME
        return None if self.router.url.path.rstrip("/") == right.rstrip("/") else _go(right)


def _go(address: str) -> EventSpec:
    spec: EventSpec = rx.redirect(address)
    return spec
