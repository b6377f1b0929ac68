"""What is typed into the palette: days as people write them, names as they remember them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from socialapp.ui.components import jsx, keys
from tests.ui.browser import NODE

_FOLDER = Path(jsx.__file__).parent
TODAY = "2026-11-26"  # a Thursday


def run(module: str, expression: str, given: Any) -> Any:
    """What an expression over a script of the components gives for each of `given`."""
    script = f"""
        import * as it from "{(_FOLDER / module).as_uri()}";
        console.log(JSON.stringify({json.dumps(given)}.map((one) => {expression})));
    """
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", script], capture_output=True, check=False
    )
    assert not done.returncode, done.stderr.decode()
    return json.loads(done.stdout)


DAYS = {
    "2026-12-24": "2026-12-24",
    "today": TODAY,
    "Tomorrow": "2026-11-27",
    "friday": "2026-11-27",
    "thursday": TODAY,
    "wed": "2026-12-02",
    "next monday": "2026-11-30",
    "next friday": "2026-12-04",
    "last friday": "2026-11-20",
    "24 dec": "2026-12-24",
    "Dec 24th": "2026-12-24",
    "24.12.": "2026-12-24",
    "1.2.2027": "2027-02-01",
    "3 january": "2027-01-03",
    "in 3 days": "2026-11-29",
    "in 2 weeks": "2026-12-10",
    "2026-02-30": "",
    "31 feb": "",
    "9999-01-01": "",
    "fresh bread": "",
    "mo": "",
    "": "",
}


def test_days_are_read_as_people_write_them() -> None:
    read = run("dates.js", f'it.day(one, "{TODAY}")', list(DAYS))

    assert dict(zip(DAYS, read, strict=True)) == DAYS


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("cal", "Calendar", "Channel list"),
        ("bread", "Fresh bread from six", "Shortbread"),
        ("fr br", "Fresh bread", "Library"),
        ("cafe", "Café", "Cake from Fergus"),
        ("xq", "Queue", ""),
    ],
)
def test_the_better_name_comes_first(typed: str, better: str, worse: str) -> None:
    above, below = run("fuzzy.js", f"it.fit({json.dumps(typed)}, one)", [better, worse])

    assert above > below or (typed == "xq" and above == below == 0)


def test_no_two_shortcuts_of_one_place_have_the_same_keys() -> None:
    everywhere = {each.keys for each in keys.TABLE if each.where == keys.EVERYWHERE}
    assert len({(each.where, each.keys) for each in keys.TABLE}) == len(keys.TABLE)
    assert not [e for e in keys.TABLE if e.where != keys.EVERYWHERE and e.keys in everywhere]
