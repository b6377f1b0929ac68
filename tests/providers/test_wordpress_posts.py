"""Posts on a real WordPress: their text, files and options; drafts, edits and lost answers."""

import asyncio
import html
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from aiohttp import web

from socialapp.clock import utc_now
from socialapp.domain.outcome import Absent, Posted, Refused, TryLater, Unknown
from socialapp.providers.contract import PublishFailed
from tests.networks.mischief import Mischief
from tests.providers.desk_wordpress import Desk, files_of, picture, post, raw, written_with
from tests.providers.stage_wordpress import on_site
from tests.servers.asking import ask
from tests.servers.wordpress import WordPress
from tests.servers.wordpress_front import WordPressFront

# What is written.


async def test_a_posts_text_is_read_as_it_was_written(desk: Desk, wordpress: WordPress) -> None:
    text = 'Tom & Jerry <script>alert(1)</script> [gallery] "quoted" 5 < 6\nsecond line\n\nhttps://example.org/a?b=1&c=2'

    posted = await desk.posted(post(text))

    written = await raw(wordpress, posted)
    assert written["status"] == "publish"
    assert written["content"]["raw"] == (
        "<p>Tom &amp; Jerry &lt;script&gt;alert(1)&lt;/script&gt; &#91;gallery] &quot;quoted&quot;"
        " 5 &lt; 6<br>\nsecond line</p>\n"
        '<p><a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a></p>'
    )
    shown = await ask("GET", posted.url)
    assert shown.status == 200
    assert "[gallery]" in html.unescape(shown.body)


@pytest.mark.parametrize(
    ("text", "options", "title"),
    [
        ("Short words", {}, "Short words"),
        ("First line\nand more", {}, "First line"),
        ("\n  \nLater", {}, "Later"),
        ("word " * 40, {}, "word " * 13 + "word…"),
        ("x" * 200, {}, "x" * 69 + "…"),
        ("Text", {"title": "  Chosen & <b>bold</b> "}, "Chosen & <b>bold</b>"),
    ],
)
async def test_a_post_has_a_title(
    desk: Desk, wordpress: WordPress, text: str, options: dict[str, Any], title: str
) -> None:
    posted = await desk.posted(post(text, **options))

    written = await raw(wordpress, posted)
    assert html.unescape(written["title"]["raw"]) == title
    assert "<b>" not in written["title"]["rendered"]


@pytest.mark.parametrize(
    ("title", "begins"),
    [
        ("Grüße aus Łódź & Zürich!", "grusse-aus-lodz-zurich-"),
        ("港の朝", "post-"),
        ("a-very-long " * 20, "a-very-long-a-very-long-a-very-long-a-very-long-a-very-long-"),
    ],
)
async def test_the_address_is_made_of_the_title_and_is_nobody_elses(
    desk: Desk, title: str, begins: str
) -> None:
    first = await desk.posted(post("Same", title=title))
    second = await desk.posted(post("Same", title=title))

    ends = [posted.url.rstrip("/").rpartition("/")[2] for posted in (first, second)]
    assert ends[0] != ends[1]
    for end in ends:
        assert end.startswith(begins)
        assert len(end.removeprefix(begins)) == 8


async def test_options_are_kept(desk: Desk, wordpress: WordPress) -> None:
    chosen = token_hex(4)

    posted = await desk.posted(
        post(
            "With everything",
            excerpt="In <short>",
            comments="closed",
            slug=f"chosen-{chosen}",
            tags=["R&B", "Café", "r&b", "  "],
            categories=["Harbour news"],
        )
    )

    written = await raw(wordpress, posted)
    assert posted.url.endswith(f"/chosen-{chosen}/")
    assert written["excerpt"]["raw"] == "In &lt;short&gt;"
    assert written["comment_status"] == "closed"
    assert await _names(wordpress, "tags", written["tags"]) == ["Café", "R&B"]
    assert await _names(wordpress, "categories", written["categories"]) == ["Harbour news"]


async def test_tags_and_categories_that_are_there_are_used(
    desk: Desk, wordpress: WordPress
) -> None:
    first = await raw(wordpress, await desk.posted(post("One", tags=["R&B"], categories=["Sea"])))
    second = await raw(wordpress, await desk.posted(post("Two", tags=["r&b"], categories=["sea"])))

    assert (first["tags"], first["categories"]) == (second["tags"], second["categories"])


async def test_a_term_that_search_does_not_show_is_found_by_its_refusal(
    desk: Desk, front: WordPressFront, wordpress: WordPress
) -> None:
    first = await raw(wordpress, await desk.posted(post("One", tags=["Hidden"])))
    front.answers.append(("GET", "/tags", web.json_response([])))

    second = await raw(wordpress, await desk.posted(post("Two", tags=["Hidden"])))

    assert first["tags"] == second["tags"]


async def test_an_author_uses_categories_and_is_told_that_new_ones_are_not_theirs_to_make(
    author: Desk, wordpress: WordPress
) -> None:
    known = await author.posted(post("Known", categories=["Uncategorized"], tags=["new tag"]))
    outcome = await author.outcome(post("Unknown", categories=["Never heard of"]))

    assert (await raw(wordpress, known))["status"] == "publish"
    assert isinstance(outcome, Refused)
    assert "Never heard of" in outcome.reason
    assert "manage_categories" in outcome.reason
    assert "Nothing was posted" in outcome.reason


async def _names(site: WordPress, kind: str, ids: list[int]) -> list[str]:
    terms = await on_site(site, kind, include=",".join(map(str, ids)))
    return sorted(html.unescape(term["name"]) for term in terms)


# Pictures.


async def test_pictures_are_uploaded_with_their_descriptions_and_the_first_is_featured(
    desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    one = picture(tmp_path, colour="teal", name="Käse & Brot (final).png", alt='A "teal" <square>')
    two = picture(tmp_path, colour="red", name="two.png")

    posted = await desk.posted(post("Look", one, two))

    written = await raw(wordpress, posted)
    first, second = await on_site(
        wordpress, "media", parent=posted.remote_id, context="edit", orderby="id", order="asc"
    )
    assert written["featured_media"] == first["id"]
    assert html.unescape(first["title"]["raw"]) == "Käse & Brot (final)"
    assert first["source_url"].endswith("/Kase-Brot-final.png")
    assert 'alt="A &quot;teal&quot; &lt;square&gt;"' in written["content"]["raw"]
    assert f'class="wp-image-{second["id"]}"' in written["content"]["raw"]
    assert (await ask("GET", first["source_url"].replace(desk.access.base_url, ""))).status == 200


@pytest.mark.parametrize(
    ("choice", "is_featured", "is_in_text"),
    [("first", True, True), ("only", True, False), ("none", False, True)],
)
async def test_the_featured_picture_is_chosen(
    desk: Desk,
    wordpress: WordPress,
    tmp_path: Path,
    choice: str,
    is_featured: bool,
    is_in_text: bool,
) -> None:
    posted = await desk.posted(post("Look", picture(tmp_path), featured_picture=choice))

    written = await raw(wordpress, posted)
    assert bool(written["featured_media"]) is is_featured
    assert ("<img" in written["content"]["raw"]) is is_in_text


async def test_an_authors_pictures_are_posted_too(author: Desk, tmp_path: Path) -> None:
    await author.posted(post("Mine", picture(tmp_path, alt="Mine")))


async def test_a_picture_that_was_too_much_at_once_is_finished(
    desk: Desk, front: WordPressFront, wordpress: WordPress, tmp_path: Path
) -> None:
    _lose_strength(front, await _next_id(wordpress))

    posted = await desk.posted(post("Large", picture(tmp_path)))

    written = await raw(wordpress, posted)
    assert written["featured_media"]
    assert front.requests("POST", "/post-process") == 1


async def test_a_picture_that_cannot_be_finished_is_refused_and_removed(
    desk: Desk, front: WordPressFront, wordpress: WordPress, tmp_path: Path
) -> None:
    made = await _next_id(wordpress)
    _lose_strength(front, made)
    front.answers += [("POST", "/post-process", web.Response(status=500)) for _ in range(5)]

    outcome = await desk.outcome(post("Large", picture(tmp_path)))

    assert isinstance(outcome, Refused)
    assert "smaller picture" in outcome.reason
    assert (await on_site(wordpress, f"media/{made}"))["code"] == "rest_post_invalid_id"


def _lose_strength(front: WordPressFront, id: int) -> None:  # noqa: A002
    headers = {"X-WP-Upload-Attachment-ID": str(id)}
    front.answers_after.append(("POST", "/media", web.Response(status=500, headers=headers)))


async def _next_id(site: WordPress) -> int:
    """Return the number that the next upload of a post without a draft will have."""
    newest = int(
        site.run_php("echo $wpdb->get_var(\"SHOW TABLE STATUS LIKE '$wpdb->posts'\", 10);")
    )
    return newest + 1


async def test_a_file_that_is_gone_is_named(desk: Desk, tmp_path: Path) -> None:
    gone = replace(picture(tmp_path, name="gone.png"), file=str(tmp_path / "nowhere"))

    outcome = await desk.outcome(post("Look", gone))

    assert isinstance(outcome, Refused)
    assert "gone.png" in outcome.reason


# Drafts.


async def test_what_is_prepared_is_an_invisible_draft(desk: Desk, wordpress: WordPress) -> None:
    once, words = token_hex(16), token_hex(8)

    await desk.prepare(post(words), once)

    (draft,) = await written_with(wordpress, words)
    assert draft["status"] == "draft"
    assert (await ask("GET", f"{wordpress.base_url}/?p={draft['id']}")).status == 404


async def test_preparing_again_makes_nothing_new(
    desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    once, words = token_hex(16), token_hex(8)
    intent = post(words, picture(tmp_path, alt="Teal"), tags=["again"])

    first = await desk.prepare(intent, once)
    second = await desk.prepare(intent, once)

    assert first.prepared == second.prepared
    assert len(await written_with(wordpress, words)) == 1
    assert len(await files_of(wordpress, first.prepared["id"])) == 1


async def test_an_edited_post_changes_its_draft(
    desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    once, words = token_hex(16), token_hex(8)
    before = post(f"{words} before", picture(tmp_path, alt="Old words"), tags=["old"])
    after = post(f"{words} after", picture(tmp_path, alt="New words"), tags=["new"])

    first = await desk.prepare(before, once)
    posted = await desk.posted(after, once)

    (written,) = await written_with(wordpress, words)
    (file,) = await files_of(wordpress, first.prepared["id"])
    assert str(written["id"]) == posted.remote_id
    assert "after" in written["content"]["raw"]
    assert await _names(wordpress, "tags", written["tags"]) == ["new"]
    assert file["alt_text"] == "New words"
    assert "after" in posted.url


async def test_what_was_published_is_not_made_again_by_preparing(
    desk: Desk, wordpress: WordPress
) -> None:
    once, words = token_hex(16), token_hex(8)
    first = await desk.posted(post(words), once)

    again = await desk.posted(post(words), once)

    assert again == first
    assert again.url == first.url
    assert len(await written_with(wordpress, words)) == 1


async def test_a_draft_whose_answer_was_lost_is_found(
    desk: Desk, front: WordPressFront, wordpress: WordPress
) -> None:
    once, words = token_hex(16), token_hex(8)
    front.disturb(Mischief.ANSWER_LOST, path=r".*/wp/v2/posts")

    with pytest.raises(PublishFailed) as lost:
        await desk.prepare(post(words), once)
    await desk.posted(post(words), once)

    assert isinstance(lost.value.outcome, Unknown)
    assert len(await written_with(wordpress, words)) == 1


async def test_an_upload_whose_answer_was_lost_is_found(
    desk: Desk, front: WordPressFront, wordpress: WordPress, tmp_path: Path
) -> None:
    once, words = token_hex(16), token_hex(8)
    intent = post(words, picture(tmp_path, alt="Teal"))
    front.disturb(Mischief.ANSWER_LOST, path=r".*/wp/v2/media")

    with pytest.raises(PublishFailed):
        await desk.prepare(intent, once)
    posted = await desk.posted(intent, once)

    assert len(await files_of(wordpress, int(posted.remote_id))) == 1
    assert front.requests("POST", "/media") == 1


@pytest.mark.parametrize(
    "how",
    [
        *(Mischief.RESET_WHILE_READING, Mischief.REQUEST_LOST, Mischief.ANSWER_LOST),
        *(Mischief.RESET_WHILE_ANSWERING, Mischief.TRUNCATED, Mischief.BAD_GATEWAY),
        Mischief.MAINTENANCE,
    ],
)
@pytest.mark.parametrize("stage", ["posts", "media", r"posts/\d+", "tags"])
async def test_whatever_breaks_at_each_stage_of_preparing_nothing_is_made_twice(
    desk: Desk,
    front: WordPressFront,
    wordpress: WordPress,
    tmp_path: Path,
    stage: str,
    how: Mischief,
) -> None:
    once, words = token_hex(16), token_hex(8)
    intent = post(words, picture(tmp_path, alt="Teal"), tags=[f"tag {words}"])
    front.disturb(how, path=rf".*/wp/v2/{stage}")

    with pytest.raises(PublishFailed) as failed:
        await desk.prepare(intent, once)
    posted = await desk.posted(intent, once)

    assert isinstance(failed.value.outcome, Unknown | TryLater)
    (written,) = await written_with(wordpress, words)
    (file,) = await files_of(wordpress, int(posted.remote_id))
    assert written["status"] == "publish"
    assert written["featured_media"] == file["id"]
    assert len(written["tags"]) == 1


async def test_preparing_in_parallel_leads_to_one_post(desk: Desk, wordpress: WordPress) -> None:
    once, words = token_hex(16), token_hex(8)

    ready = await asyncio.gather(*(desk.prepare(post(words), once) for _ in range(4)))
    for _ in ready:
        await desk.posted(post(words), once)

    written = await written_with(wordpress, words)
    assert [each["status"] for each in written].count("publish") == 1


async def test_of_two_drafts_that_were_made_at_once_one_stays(
    desk: Desk, front: WordPressFront, wordpress: WordPress
) -> None:
    once, words = token_hex(16), token_hex(8)
    first = await desk.prepare(post(words), once)
    front.answers.append(("GET", "/posts", web.json_response([])))

    second = await desk.prepare(post(words), once)

    assert second.prepared == first.prepared
    assert len(await written_with(wordpress, words)) == 1


async def test_what_others_wrote_under_a_like_address_is_left_alone(
    desk: Desk, front: WordPressFront
) -> None:
    theirs = {"id": 1, "slug": "hello-world", "status": "publish", "link": "https://x.org"}
    front.answers.append(("GET", "/posts", web.json_response([theirs])))

    posted = await desk.posted(post("Mine"))

    assert posted.remote_id != "1"


# What becomes of a draft meanwhile.


async def test_a_draft_that_somebody_deleted_is_made_anew_when_it_is_tried_again(
    desk: Desk, wordpress: WordPress
) -> None:
    once, words = token_hex(16), token_hex(8)
    ready = await desk.prepare(post(words), once)
    wordpress.run_php(f"wp_delete_post({ready.prepared['id']}, true);")

    with pytest.raises(PublishFailed) as gone:
        await desk.network.publish(ready, desk.access, once=once)
    finding = await desk.network.find(ready, desk.access, once=once, since=utc_now())
    posted = await desk.posted(post(words), once)

    assert isinstance(gone.value.outcome, TryLater)
    assert gone.value.outcome.unprepares
    assert isinstance(finding, Absent)
    assert posted.remote_id != str(ready.prepared["id"])


@pytest.mark.parametrize("status", ["pending", "private", "trash"])
async def test_a_post_that_the_site_holds_is_not_called_posted(
    desk: Desk, wordpress: WordPress, status: str
) -> None:
    ready = await desk.prepare(post("Held"), "once")
    wordpress.run_php(
        f"wp_update_post(['ID' => {ready.prepared['id']}, 'post_status' => '{status}']);"
    )

    finding = await desk.network.find(ready, desk.access, once="once", since=utc_now())

    assert isinstance(finding, Unknown)
    assert status in finding.reason
    wordpress.run_php(f"wp_delete_post({ready.prepared['id']}, true);")


async def test_a_plugin_that_holds_new_posts_is_told(desk: Desk, front: WordPressFront) -> None:
    ready = await desk.prepare(post("Held"), token_hex(16))
    held = {"id": ready.prepared["id"], "status": "pending", "link": "", "slug": "x"}
    front.answers.append(("POST", f"/{ready.prepared['id']}", web.json_response(held)))

    with pytest.raises(PublishFailed) as failed:
        await desk.network.publish(ready, desk.access, once="x")

    assert isinstance(failed.value.outcome, Refused)
    assert failed.value.outcome.action == "check"
    assert "'pending'" in str(failed.value)


@pytest.mark.parametrize("status", [403, 406, 400])
async def test_a_firewall_that_refuses_the_request_is_told(
    desk: Desk, front: WordPressFront, status: int
) -> None:
    ready = await desk.prepare(post("Walled"), token_hex(16))
    wall = web.Response(status=status, text="<html>")
    front.answers.append(("POST", f"/{ready.prepared['id']}", wall))

    with pytest.raises(PublishFailed) as failed:
        await desk.network.publish(ready, desk.access, once="x")

    assert isinstance(failed.value.outcome, Refused)


async def test_a_firewall_that_refuses_the_answer_is_not_believed(
    desk: Desk, front: WordPressFront
) -> None:
    once = token_hex(16)
    ready = await desk.prepare(post("Walled"), once)
    wall = web.Response(status=403, text="<html>")
    front.answers_after.append(("POST", f"/{ready.prepared['id']}", wall))

    with pytest.raises(PublishFailed) as failed:
        await desk.network.publish(ready, desk.access, once=once)
    finding = await desk.network.find(ready, desk.access, once=once, since=utc_now())

    assert isinstance(failed.value.outcome, Unknown)
    assert isinstance(finding, Posted)


async def test_what_a_person_changed_in_the_draft_is_published(
    desk: Desk, wordpress: WordPress
) -> None:
    once = token_hex(16)
    ready = await desk.prepare(post("Ours"), once)
    wordpress.run_php(
        f"wp_update_post(['ID' => {ready.prepared['id']}, 'post_content' => 'Theirs']);"
    )

    posted = await desk.network.publish(ready, desk.access, once=once)

    assert (await raw(wordpress, posted))["content"]["raw"] == "Theirs"


async def test_the_sites_outage_costs_nothing(desk: Desk, wordpress: WordPress) -> None:
    once, words = token_hex(16), token_hex(8)
    direct = Desk(desk.network, replace(desk.access, base_url=f"{wordpress.base_url}/wp-json"))
    ready = await direct.prepare(post(words), once)

    wordpress.kill()
    try:
        down = await direct.outcome(post(token_hex(8)))
        with pytest.raises(PublishFailed) as failed:
            await direct.network.publish(ready, direct.access, once=once)
        finding = await direct.network.find(ready, direct.access, once=once, since=utc_now())
    finally:
        wordpress.start()
    posted = await direct.network.publish(ready, direct.access, once=once)

    assert isinstance(down, TryLater)
    assert isinstance(failed.value.outcome, TryLater)
    assert isinstance(finding, Unknown)
    assert (await raw(wordpress, posted))["status"] == "publish"


# Taking down.


async def test_a_post_goes_into_the_trash_and_once_more_is_no_fault(
    desk: Desk, wordpress: WordPress
) -> None:
    posted = await desk.posted(post("Take me down"))

    for _ in range(2):
        await desk.network.delete({"remote_id": posted.remote_id}, desk.access)

    assert (await raw(wordpress, posted))["status"] == "trash"
    assert (await ask("GET", posted.url)).status == 404


async def test_what_is_gone_already_is_taken_down(desk: Desk, wordpress: WordPress) -> None:
    posted = await desk.posted(post("Gone"))
    wordpress.run_php(f"wp_delete_post({posted.remote_id}, true);")

    await desk.network.delete({"remote_id": posted.remote_id}, desk.access)


async def test_a_site_without_a_trash_deletes_for_good(
    desk: Desk, front: WordPressFront, wordpress: WordPress
) -> None:
    posted = await desk.posted(post("For good"))
    no_trash = {"code": "rest_trash_not_supported", "message": "", "data": {"status": 501}}
    front.answers.append(
        ("DELETE", f"/{posted.remote_id}", web.json_response(no_trash, status=501))
    )

    await desk.network.delete({"remote_id": posted.remote_id}, desk.access)

    assert (await raw(wordpress, posted))["code"] == "rest_post_invalid_id"


async def test_another_ones_post_cannot_be_taken_down_by_an_author(
    desk: Desk, author: Desk
) -> None:
    posted = await desk.posted(post("Not yours"))

    with pytest.raises(PublishFailed) as failed:
        await author.network.delete({"remote_id": posted.remote_id}, author.access)

    assert isinstance(failed.value.outcome, Refused)
    assert "was not taken down" in str(failed.value)
