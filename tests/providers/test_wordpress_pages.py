"""Pages on a real WordPress: Markdown, attachments, and what they become for whom."""

import html
from pathlib import Path
from secrets import token_hex

import pytest

from socialapp.domain.content import MIB, Kind
from socialapp.domain.outcome import Refused
from socialapp.providers.contract import capabilities_of
from socialapp.providers.wordpress.adapter import WordPress as Adapter
from tests.providers.desk_wordpress import (
    PNG,
    Desk,
    attachment,
    files_of,
    page,
    post,
    raw,
    written_with,
)
from tests.servers.asking import ask
from tests.servers.wordpress import WordPress

MARKDOWN = """\
## What to bring

A *hat*, a **coat** and https://example.org/list.
[Contact](mailto:a@example.org) <script>alert(1)</script>[bad](javascript:alert(1))

| day | tide |
|-----|-----:|
| Mon | 3.2  |

```python
if a < b and c["d"]:
    print("ships")
```

1. one
2. two
"""


async def test_a_page_keeps_its_marks(desk: Desk, wordpress: WordPress) -> None:
    posted = await desk.posted(page("Notes for sailors", MARKDOWN))

    shown = (await ask("GET", posted.url)).body
    written = await raw(wordpress, posted, "pages")
    for part in (
        "<h2>What to bring</h2>",
        "<em>hat</em>",
        '<a href="https://example.org/list">',
        '<a href="mailto:a@example.org">Contact</a>',
        '<td style="text-align:right">3.2</td>',
        'if a &lt; b and c&#91;"d"]:\n    print("ships")',
        "<li>two</li>",
    ):
        assert part in written["content"]["raw"]
    assert 'c["d"]' in html.unescape(shown)
    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown


@pytest.mark.parametrize(
    "title", ['Tom & Jerry\'s "Ärger" <b>5 < 6</b> 100% \\ 港', "&amp; is an entity", "[gallery]"]
)
async def test_a_title_is_read_as_it_was_written(
    desk: Desk, wordpress: WordPress, title: str
) -> None:
    posted = await desk.posted(page(title, "Text"))

    written = await raw(wordpress, posted, "pages")
    assert html.unescape(written["title"]["raw"]) == title
    assert (await ask("GET", posted.url)).status == 200


async def test_a_page_without_a_title_is_called_as_it_begins(
    desk: Desk, wordpress: WordPress
) -> None:
    posted = await desk.posted(page("", "# The *harbour*\n\nText"))

    assert (await raw(wordpress, posted, "pages"))["title"]["raw"] == "The harbour"


async def test_attachments_are_linked_with_their_descriptions(
    desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    plan = attachment(tmp_path, name="Plän & <Liste> 2026.pdf", description="The <plan>\nof all")
    table = attachment(
        tmp_path, name="tides.csv", mime_type="text/csv", body=b"day,tide\nMon,3\n" * 100
    )

    posted = await desk.posted(page("Attached", "See below.", plan, table))

    first, second = await files_of(wordpress, int(posted.remote_id))
    written = (await raw(wordpress, posted, "pages"))["content"]["raw"]
    assert first["source_url"].endswith("/Plan-Liste-2026.pdf")
    assert html.unescape(first["description"]["raw"]) == "The <plan>\nof all"
    assert (
        '/Plan-Liste-2026.pdf">Plän &amp; &lt;Liste&gt; 2026.pdf</a> (1 kB):'
        " The &lt;plan&gt;<br>of all</li>"
    ) in written
    assert '/tides.csv">tides.csv</a> (2 kB)</li>' in written
    assert second["mime_type"] == "text/csv"
    assert (await ask("GET", first["source_url"])).body.startswith("%PDF")


async def test_pictures_among_the_attachments_are_shown_and_featured(
    desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    plan = attachment(tmp_path)
    shot = attachment(
        tmp_path,
        name="boat.png",
        mime_type="image/png",
        body=PNG,
        description='The "Teal"',
    )

    posted = await desk.posted(page("Shown", "Look", plan, shot))

    written = await raw(wordpress, posted, "pages")
    media = (await files_of(wordpress, int(posted.remote_id)))[1]
    assert written["featured_media"] == media["id"]
    assert media["alt_text"] == 'The "Teal"'
    assert html.unescape(media["caption"]["raw"]) == 'The "Teal"'
    figure = written["content"]["raw"].partition("<figure")[2]
    assert 'alt="The &quot;Teal&quot;"' in figure
    assert "<figcaption>The &quot;Teal&quot;</figcaption>" in figure


async def test_the_same_file_twice_is_uploaded_once(
    desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    one = attachment(tmp_path, name="one.pdf")
    other = attachment(tmp_path, name="other.pdf")

    posted = await desk.posted(page("Twice", "Look", one, other))

    assert len(await files_of(wordpress, int(posted.remote_id))) == 1
    written = (await raw(wordpress, posted, "pages"))["content"]["raw"]
    assert written.count("<li>") == 2


async def test_a_type_that_the_site_does_not_take_is_named(desk: Desk, tmp_path: Path) -> None:
    strange = attachment(
        tmp_path, name="drawing.svg", mime_type="image/svg+xml", body=b"<svg xmlns='x'/>"
    )

    outcome = await desk.outcome(page("Strange", "Look", strange))

    assert isinstance(outcome, Refused)
    assert "drawing.svg" in outcome.reason
    assert "file type" in outcome.reason


async def test_a_file_that_is_too_big_for_the_site_is_named(desk: Desk, tmp_path: Path) -> None:
    big = attachment(tmp_path, name="big.pdf", body=b"%PDF-1.4\n" + bytes(65 * MIB))

    outcome = await desk.outcome(page("Big", "Look", big))

    assert isinstance(outcome, Refused)
    assert "big.pdf is bigger than what its server takes" in outcome.reason


@pytest.mark.parametrize(
    ("kind", "chosen", "becomes"),
    [
        (Kind.PAGE, None, "pages"),
        (Kind.PAGE, "", "pages"),
        (Kind.PAGE, "post", "posts"),
        (Kind.POST, None, "posts"),
        (Kind.POST, "page", "pages"),
    ],
)
async def test_what_it_becomes_is_chosen(
    desk: Desk, wordpress: WordPress, kind: Kind, chosen: str | None, becomes: str
) -> None:
    words = token_hex(8)
    options = {} if chosen is None else {"wordpress_kind": chosen}

    await desk.posted(
        page(words, words, **options) if kind is Kind.PAGE else post(words, **options)
    )

    assert len(await written_with(wordpress, words, becomes)) == 1


async def test_a_page_of_an_author_becomes_a_post_which_is_said_before(
    author: Desk, wordpress: WordPress
) -> None:
    await author.learn()
    words = token_hex(8)

    await author.posted(page(words, words))

    can = capabilities_of(Adapter, author.access.known)
    (option,) = [option for option in can.options if option.key == "wordpress_kind"]
    assert option.choices == (("post", "Post"),)
    assert "may not publish pages" in option.hint
    assert len(await written_with(wordpress, words, "posts")) == 1


async def test_an_author_who_insists_on_a_page_is_told_whom_to_ask(author: Desk) -> None:
    outcome = await author.outcome(page("Mine", "Mine", wordpress_kind="page"))

    assert isinstance(outcome, Refused)
    assert outcome.action == "retry"
    assert "may not write pages there; it lacks the capability edit_pages" in outcome.reason
    assert "role Editor" in outcome.reason
    assert "Nothing was posted" in outcome.reason


async def test_a_page_goes_into_the_trash(desk: Desk, wordpress: WordPress) -> None:
    posted = await desk.posted(page("Take me down", "Text"))

    for _ in range(2):
        await desk.network.delete({"remote_id": posted.remote_id}, desk.access)

    assert (await raw(wordpress, posted, "pages"))["status"] == "trash"
