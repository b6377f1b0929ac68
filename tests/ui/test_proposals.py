"""Settings, Proposals: what an admin keeps, what others see of it, and the key that nobody sees."""

from pathlib import Path
from typing import Any

import pytest

from socialapp.domain.errors import Rejected
from socialapp.domain.people import Member, Role
from socialapp.providers.http import Http
from socialapp.services import proposals
from socialapp.store import files
from socialapp.store.session import Database
from socialapp.ui.compose.state import ComposeState
from socialapp.ui.library.state import LibraryState
from socialapp.ui.settings.proposals_state import ProposalsState
from tests.people import cookie_of
from tests.servers.model import ModelServer
from tests.ui.tabs import call, tab


def form(model: ModelServer, **more: Any) -> dict[str, Any]:
    """What the form says."""
    said = {"proposal_url": model.url, "proposal_model": "gemma3", "proposal_instruction": ""}
    return said | more


async def test_what_is_kept_is_shown_to_admins_and_the_key_to_nobody(
    database: Database,
    owner: Member,
    alice: str,
    networks: Http,
    model: ModelServer,
    tmp_path: Path,
) -> None:
    files.connect(tmp_path / "media", limit_bytes=1)
    page, compose, library = (tab(s, alice) for s in (ProposalsState, ComposeState, LibraryState))
    await call(page, "load")
    assert (page.is_on, page.url, page.has_key) == (False, "", False)

    with pytest.raises(Rejected):
        await call(page, "save", form(model, proposal_url="file:///etc"))
    await call(page, "save", form(model, proposal_key=model.key, proposal_sees="on"))
    await call(compose, "open", {"ticket": "t", "post_id": 0})
    assert (page.is_on, page.has_key, compose.draft["proposes"]) == (False, True, "")
    await call(page, "save", form(model, proposal_on="on", proposal_sees="on"))

    assert (page.is_on, page.has_key, page.url) == (True, True, model.url)
    for state in (page, compose, library):
        assert model.key not in str(state.dict()) + str(vars(state))
    await call(compose, "open", {"ticket": "t", "post_id": 0})
    await call(library, "load")
    assert (compose.draft["proposes"], library.proposes) == ("pictures", "pictures")
    told = await call(page, "save", form(model, proposal_url="https://other.example/v1"))
    assert not page.has_key
    assert "forgotten" in str(told)


async def test_others_see_where_it_goes_and_no_more(
    database: Database, owner: Member, alice: str, networks: Http, model: ModelServer
) -> None:
    mine = tab(ProposalsState, alice)
    await call(mine, "save", form(model, proposal_on="on", proposal_key=model.key))
    secret = (await cookie_of(database, owner, Role.EDITOR)).partition("=")[2]
    hers = tab(ProposalsState, secret)

    await call(hers, "load")

    assert (hers.is_on, hers.host, hers.sees_pictures) == (True, model.host, False)
    assert (hers.url, hers.model, hers.has_key, hers.named) == ("", "", False, [])
    async with database.reading() as db:
        assert (await proposals.offer(db, owner)) == "texts"
