"""The fields of forms: each is read by its id, so two of one id would answer for each other."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from socialapp.socialapp import app


def ids(component: Any) -> Iterator[str]:
    """Yield the ids that are written down in a component and all that is in it."""
    own = getattr(component, "id", None)
    own = getattr(own, "_var_value", own)
    if isinstance(own, str):
        yield own
    inside = [getattr(component, name, None) for name in ("comp1", "comp2")]
    for each in [*component.children, *inside]:
        if each is not None:
            yield from ids(each)


def test_no_two_fields_of_a_page_have_one_id() -> None:
    """Also in dialogs that are shut: they are in the page, and the last of them is the one read."""
    found = {
        address: [name for name, number in Counter(ids(page.component())).items() if number > 1]
        for address, page in app._unevaluated_pages.items()
    }
    fields = {
        address: [name for name in names if not name.endswith("-hint")]
        for address, names in found.items()
    }
    assert {address: names for address, names in fields.items() if names} == {}
