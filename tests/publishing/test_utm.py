"""UTM parameters: what goes out has them, once, and what was frozen stays as it was."""

from socialapp.domain.utm import UtmRule
from socialapp.services import utm
from socialapp.services.writing import PartGiven
from tests.world import World, until

LINK = "https://example.org/x"
OWN = "https://example.org/y?utm_source=mine"


async def _rule(world: World, rule: UtmRule) -> None:
    async with world.database.transaction() as db:
        await utm.change(db, world.alice, rule)


async def test_links_get_them_when_they_are_sent_and_what_is_kept_has_none(world: World) -> None:
    await _rule(world, UtmRule(True, "{network}", "", "{campaign}", ("example.org",)))
    async with world.worker():
        schedule = await world.schedule(
            f"{LINK} {OWN} https://other.example",
            parts=[PartGiven(f"{LINK}#more")],
            campaign="Autumn",
        )
        await world.reaches(schedule, "posted")

    words = "?utm_source=sandbox&utm_campaign=Autumn"
    assert await world.timeline() == [
        f"{LINK}{words} {OWN} https://other.example",
        f"{LINK}{words}#more",
    ]


async def test_a_rule_that_changes_after_the_first_try_changes_nothing_of_the_second(
    world: World,
) -> None:
    await _rule(world, UtmRule(True, "before", "", ""))
    async with world.worker():
        await world.tell_sandbox("limited")
        schedule = await world.schedule(LINK)
        await until(lambda: world.log(schedule), within_s=20)
        await _rule(world, UtmRule(True, "after", "", ""))
        await world.reaches(schedule, "posted")

    assert await world.timeline() == [f"{LINK}?utm_source=before"]
    assert len(await world.log(schedule)) == 2
