"""How a WordPress is connected: found, allowed, and told apart from what does not let us in."""

from collections.abc import Iterator, Mapping
from secrets import token_hex
from typing import Any

import pytest
from aiohttp import web

from socialapp.domain.errors import Rejected
from socialapp.domain.outcome import Disconnected, Refused, TryLater, Unknown
from socialapp.providers.contract import (
    Access,
    Adapts,
    AppRegistry,
    Connected,
    PublishFailed,
    capabilities_of,
)
from socialapp.providers.http import Http
from socialapp.providers.wordpress import discovery
from socialapp.providers.wordpress.adapter import WordPress as Adapter
from tests.providers.desk_wordpress import Desk, post, raw
from tests.servers.wordpress import WordPress
from tests.servers.wordpress_consent import Browser
from tests.servers.wordpress_front import WordPressFront

BACK = "https://social.example.org/connect/wordpress"


class NoApps:
    """A site keeps no registration of a program."""

    async def get(self, provider: str, address: str) -> Mapping[str, Any] | None:
        raise AssertionError

    async def put(self, provider: str, address: str, app: Mapping[str, Any]) -> None:
        raise AssertionError


@pytest.fixture
def network(http: Http) -> Adapter:
    return Adapter(http)


@pytest.fixture
def plain_permalinks(wordpress: WordPress) -> Iterator[None]:
    """The site has no addresses but those with a question mark."""
    wordpress.run_php("update_option('permalink_structure', '');")
    yield
    wordpress.run_php("update_option('permalink_structure', '/%postname%/');")


async def connect(
    network: Adapter, site: WordPress, address: str, login: str = "editor", password: str = ""
) -> Connected:
    password = password or site.application_passwords[login]
    given = {"site": address, "login": login, "password": password}
    return await network.connect("password", given)


async def fails(network: Adapter, site: WordPress, address: str, *who: str) -> PublishFailed:
    with pytest.raises(PublishFailed) as failed:
        await connect(network, site, address, *who)
    return failed.value


def join(site: WordPress, login: str, role: str) -> str:
    """Make another member, and return their application password."""
    made = f"['user_login' => '{login}', 'user_pass' => 'secret', 'role' => '{role}']"
    return site.run_php(
        f"$id = wp_insert_user({made});"
        "echo WP_Application_Passwords::create_new_application_password($id, ['name' => 't'])[0];"
    )


# With what is typed.


@pytest.mark.parametrize(
    ("login", "may", "can_pages"),
    [
        ("admin", {"publish_pages", "manage_categories", "upload_files"}, True),
        ("editor", {"publish_pages", "manage_categories", "upload_files"}, True),
        ("author", {"publish_posts", "upload_files"}, False),
    ],
)
async def test_who_may_write_is_connected(
    network: Adapter, wordpress: WordPress, login: str, may: set[str], can_pages: bool
) -> None:
    connected = await connect(network, wordpress, wordpress.base_url, login)

    account = connected.account
    host = wordpress.base_url.removeprefix("http://")
    assert (account.name, account.handle) == ("Test site", f"{login}@{host}")
    assert account.url == wordpress.base_url
    assert connected.address == f"{wordpress.base_url}/wp-json"
    assert may <= set(account.known["may"])
    assert account.known["roles"] == ["administrator" if login == "admin" else login]
    assert isinstance(network, Adapts)
    options = {o.key: o for o in capabilities_of(network, account.known).options}
    assert (("page", "Page") in options["wordpress_kind"].choices) is can_pages
    assert wordpress.application_passwords[login] not in repr(connected)


async def test_who_may_not_publish_is_told_what_is_missing_and_whom_to_ask(
    network: Adapter, wordpress: WordPress
) -> None:
    password = join(wordpress, "helper", "contributor")

    nobody = await fails(network, wordpress, wordpress.base_url, "subscriber")
    helper = await fails(network, wordpress, wordpress.base_url, "helper", password)

    assert "has the role subscriber" in str(nobody)
    assert "lacks edit_posts and publish_posts" in str(nobody)
    assert "has the role contributor" in str(helper)
    assert "lacks publish_posts. Ask the site's admin to make it an Author" in str(helper)


async def test_an_e_mail_address_is_a_login_too(network: Adapter, wordpress: WordPress) -> None:
    password = wordpress.application_passwords["editor"]

    connected = await connect(
        network, wordpress, wordpress.base_url, "editor@example.org", password
    )

    assert connected.account.handle.startswith("editor@127.0.0.1")


async def test_a_password_is_typed_with_or_without_its_spaces(
    network: Adapter, wordpress: WordPress
) -> None:
    whole = wordpress.application_passwords["editor"]
    spaced = " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))

    assert (await connect(network, wordpress, wordpress.base_url, "editor", spaced)).account


# Where the API is.


@pytest.mark.parametrize("rest", ["", "/", "/wp-admin/", "/wp-login.php?x=1", "/wp-json/wp/v2"])
async def test_a_site_is_found_by_what_people_paste(
    network: Adapter, wordpress: WordPress, rest: str
) -> None:
    connected = await connect(network, wordpress, f"{wordpress.base_url}{rest}")

    assert connected.address == f"{wordpress.base_url}/wp-json"


async def test_a_site_is_found_by_the_address_of_one_of_its_posts(
    network: Adapter, wordpress: WordPress, desk: Desk
) -> None:
    posted = await desk.posted(post("Somewhere inside"))

    connected = await connect(network, wordpress, posted.url)

    assert connected.address == desk.access.base_url


async def test_a_site_that_does_not_say_where_its_api_is_is_found(
    network: Adapter, wordpress: WordPress, front: WordPressFront
) -> None:
    front.hides_links = True

    connected = await connect(network, wordpress, front.address)

    assert connected.address == front.api


@pytest.mark.usefixtures("plain_permalinks")
async def test_a_site_with_plain_permalinks_is_found_and_published_to(
    network: Adapter, wordpress: WordPress, front: WordPressFront
) -> None:
    for hides in (False, True):
        front.hides_links = hides
        if hides:
            front.answers.append(("GET", "/wp-json/", web.Response(status=404)))
        connected = await connect(network, wordpress, front.address)
        assert "?rest_route=" in connected.address
        access = Access(connected.address, connected.account.handle, "2", connected.secrets)
        posted = await Desk(network, access).posted(post(token_hex(8), tags=["plain"]))
        assert f"/?p={posted.remote_id}" in posted.url
        await network.delete({"remote_id": posted.remote_id}, access)


async def test_a_site_in_a_folder_is_found_and_published_to(
    network: Adapter, wordpress: WordPress
) -> None:
    async with WordPressFront(wordpress, folder="/news/blog") as front:
        connected = await connect(network, wordpress, front.address)
        access = Access(connected.address, connected.account.handle, "2", connected.secrets)
        posted = await Desk(network, access).posted(post(token_hex(8)))

        assert connected.address == f"{front.base_url}/news/blog/wp-json"
        assert connected.account.handle.endswith("/news/blog")
        assert connected.account.url == front.address
        assert posted.url.startswith(f"{front.address}/")


async def test_a_site_that_has_moved_is_found_where_it_is_now(
    network: Adapter, wordpress: WordPress, front: WordPressFront
) -> None:
    moved = web.Response(status=301, headers={"Location": f"{wordpress.base_url}/"})
    front.answers.append(("GET", "/", moved))

    connected = await connect(network, wordpress, front.address)

    assert connected.address == f"{wordpress.base_url}/wp-json"


async def test_an_api_that_speaks_only_to_members_is_connected(
    network: Adapter, wordpress: WordPress
) -> None:
    closed = """add_filter('rest_authentication_errors', fn($r) => $r ?: (is_user_logged_in()
        ? $r : new WP_Error('rest_not_logged_in', 'Members only', ['status' => 401])), 99);"""
    with wordpress.plugin(closed):
        connected = await connect(network, wordpress, wordpress.base_url)
        with pytest.raises(Rejected) as refused:
            await depart(network, wordpress.base_url)

    assert connected.account.name == "Test site"
    assert "application password" in str(refused.value)


@pytest.mark.parametrize("body", ["<html>Nothing", "{}", "[]", '{"namespaces": 3}'])
async def test_what_is_no_wordpress_is_refused_at_its_field(network: Adapter, body: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=body)

    app = web.Application()
    app.router.add_get("/{rest:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    given = {"site": f"http://127.0.0.1:{runner.addresses[0][1]}", "login": "a", "password": "b"}

    with pytest.raises(Rejected) as refused:
        await network.connect("password", given)

    assert refused.value.problems[0].field == "site"
    await runner.cleanup()


async def test_an_address_without_anybody_is_told(network: Adapter) -> None:
    with pytest.raises(PublishFailed) as failed:
        await network.connect(
            "password", {"site": "http://127.0.0.1:1", "login": "a", "password": "b"}
        )

    assert isinstance(failed.value.outcome, TryLater)
    assert "does not answer" in str(failed.value)


async def test_a_private_address_is_refused_unless_it_is_allowed(wordpress: WordPress) -> None:
    async with Http(connect_s=1, request_s=5) as guarded:
        for address in (wordpress.base_url, "https://127.0.0.1", "https://[::1]/blog"):
            with pytest.raises(PublishFailed) as failed:
                await connect(Adapter(guarded), wordpress, address)
            assert isinstance(failed.value.outcome, Refused)


@pytest.mark.parametrize("typed", ["", "javascript:alert(1)", "https://", "https://a b.org"])
async def test_what_is_no_address_is_refused_at_its_field(
    network: Adapter, wordpress: WordPress, typed: str
) -> None:
    with pytest.raises(Rejected) as refused:
        await connect(network, wordpress, typed)

    assert refused.value.problems[0].field == "site"


# Not let in.


@pytest.mark.parametrize(
    "who", [("editor", "Wr0ng-one"), ("nobody", "Wr0ng-one"), ("editor", "editor-password")]
)
async def test_a_wrong_password_is_called_wrong(
    network: Adapter, wordpress: WordPress, who: tuple[str, str]
) -> None:
    failed = await fails(network, wordpress, wordpress.base_url, *who)

    assert isinstance(failed.outcome, Disconnected)
    assert "does not know this login with this application password" in str(failed)
    assert who[1] not in str(failed)


async def test_a_server_that_drops_the_header_is_told_from_a_wrong_password(
    network: Adapter, wordpress: WordPress, front: WordPressFront
) -> None:
    front.drops = {"authorization"}

    dropped = await fails(network, wordpress, front.address)
    wrong = await fails(network, wordpress, front.address, "editor", "wrong")

    assert "drops the header Authorization" in str(dropped)
    assert "does not know this login" in str(wrong)


async def test_where_it_cannot_be_told_both_are_named(
    network: Adapter, wordpress: WordPress, front: WordPressFront
) -> None:
    front.answers.append(("POST", "/xmlrpc.php", web.Response(status=403)))

    failed = await fails(network, wordpress, front.address, "editor", "wrong")

    assert "Either login or application password are wrong" in str(failed)
    assert "drops the header Authorization" in str(failed)


async def test_application_passwords_that_are_off_are_called_off(
    network: Adapter, wordpress: WordPress
) -> None:
    with wordpress.plugin("add_filter('wp_is_application_passwords_available', '__return_false');"):
        failed = await fails(network, wordpress, wordpress.base_url)
        with pytest.raises(Rejected) as refused:
            await depart(network, wordpress.base_url)

    assert "application passwords are switched off" in str(failed)
    assert "switched off" in str(refused.value)


async def test_a_password_before_the_site_is_told(
    network: Adapter, wordpress: WordPress, front: WordPressFront
) -> None:
    wall = {"WWW-Authenticate": 'Basic realm="Staging"'}
    front.answers.append(
        ("GET", "/users/me", web.Response(status=401, headers=wall, text="<html>"))
    )

    failed = await fails(network, wordpress, front.address)

    assert "web server asks for a password of its own" in str(failed)


async def test_verifying_notices_what_was_taken_away(
    network: Adapter, wordpress: WordPress
) -> None:
    password = join(wordpress, "leaver", "editor")
    connected = await connect(network, wordpress, wordpress.base_url, "leaver", password)
    access = Access(connected.address, connected.account.handle, "", connected.secrets)

    wordpress.run_php("get_user_by('login', 'leaver')->set_role('author');")
    as_author = await network.verify(access)
    wordpress.run_php("get_user_by('login', 'leaver')->set_role('subscriber');")
    with pytest.raises(PublishFailed) as as_subscriber:
        await network.verify(access)
    wordpress.run_php(
        "WP_Application_Passwords::delete_all_application_passwords("
        "get_user_by('login', 'leaver')->ID);"
    )
    with pytest.raises(PublishFailed) as taken_back:
        await network.verify(access)

    assert "publish_pages" not in as_author.known["may"]
    assert isinstance(as_subscriber.value.outcome, Refused)
    assert isinstance(taken_back.value.outcome, Disconnected)


# By a visit.


async def depart(network: Adapter, address: str, *, back: str = BACK) -> Any:
    apps: AppRegistry = NoApps()
    return await network.depart("visit", {"site": address}, back=back, state="st/te", apps=apps)


async def test_a_visit_ends_with_a_password_that_the_site_made(
    network: Adapter, wordpress: WordPress
) -> None:
    for _ in range(2):  # once more is a connection of its own
        visit = await depart(network, wordpress.base_url)
        async with Browser(wordpress.base_url, "editor") as browser:
            came = await browser.answers(visit.url, button="approve")
        connected = await network.arrive("visit", visit.keep, came, back=BACK, apps=NoApps())

        assert came["state"] == "st/te"
        assert connected.account.handle.startswith("editor@")
        assert connected.secrets["login"] == "editor"
        access = Access(connected.address, "editor", "2", connected.secrets)
        posted = await Desk(network, access).posted(post(token_hex(8)))
        assert (await raw(wordpress, posted))["status"] == "publish"


async def test_a_visit_to_a_site_with_plain_permalinks(
    network: Adapter, wordpress: WordPress, plain_permalinks: None
) -> None:
    visit = await depart(network, wordpress.base_url)
    async with Browser(wordpress.base_url, "author") as browser:
        came = await browser.answers(visit.url, button="approve")

    connected = await network.arrive("visit", visit.keep, came, back=BACK, apps=NoApps())

    assert "?rest_route=" in connected.address


async def test_who_says_no_is_not_connected(network: Adapter, wordpress: WordPress) -> None:
    visit = await depart(network, wordpress.base_url)
    async with Browser(wordpress.base_url, "editor") as browser:
        came = await browser.answers(visit.url, button="reject")

    assert came == {"state": "st/te", "success": "false"}
    with pytest.raises(Rejected):
        await network.arrive("visit", visit.keep, came, back=BACK, apps=NoApps())


async def test_a_password_goes_nowhere_but_to_the_site_that_was_visited(
    network: Adapter, wordpress: WordPress, front: WordPressFront
) -> None:
    visit = await depart(network, wordpress.base_url)
    password = wordpress.application_passwords["editor"]
    came = {"site_url": front.address, "user_login": "editor", "password": password}

    connected = await network.arrive("visit", visit.keep, came, back=BACK, apps=NoApps())

    assert connected.address == f"{wordpress.base_url}/wp-json"
    assert not front.seen


async def test_a_way_back_without_https_is_refused_before_anybody_leaves(
    network: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def found(*_: object) -> discovery.Site:
        return discovery.Site("https://x.org/wp-json", "https://x.org/authorize")

    monkeypatch.setattr(discovery, "find", found)

    with pytest.raises(Rejected) as refused:
        await depart(network, "https://x.org", back="http://social.example.org/back")
    visit = await depart(network, "https://x.org", back="http://127.0.0.1:8000/back")

    assert "SOCIALAPP_URL" in str(refused.value)
    assert visit.url.startswith("https://x.org/authorize?app_name=socialapp")


@pytest.mark.parametrize(
    "authorization", ["javascript:alert(1)", "http://[", "", 7, None, "ftp://x.org", "/relative"]
)
async def test_a_site_cannot_send_people_anywhere_but_to_a_page(
    network: Adapter, front: WordPressFront, authorization: object
) -> None:
    endpoints = {"authorization": authorization}
    said = {
        "namespaces": ["wp/v2"],
        "authentication": {"application-passwords": {"endpoints": endpoints}},
    }
    front.answers.append(("GET", "/wp-json/", web.json_response(said)))

    with pytest.raises(Rejected):
        await depart(network, front.address)


# Strange answers.


@pytest.mark.parametrize(
    "me",
    [
        [],
        {},
        "me",
        {"id": "2"},
        {"id": None, "roles": {}},
    ],
)
async def test_somebody_without_a_number_is_nobody(
    network: Adapter, wordpress: WordPress, front: WordPressFront, me: object
) -> None:
    front.answers.append(("GET", "/users/me", web.json_response(me)))

    failed = await fails(network, wordpress, front.address)

    assert isinstance(failed.outcome, Unknown)


@pytest.mark.parametrize(
    ("root", "me"),
    [
        ({}, {"id": 2}),
        ({"name": 7, "home": ["x"]}, {"id": 2, "roles": "admin", "capabilities": []}),
        ({"name": "x" * 10_000, "home": "ftp://x"}, {"id": 2, "roles": [None, {}], "username": 5}),
        (
            {"home": "http://[", "name": "<b>Name</b>"},
            {"id": 2, "capabilities": {"edit_posts": True, "publish_posts": True, "x": []}},
        ),
    ],
)
async def test_what_is_known_of_a_strange_site_is_of_use(
    desk: Desk, front: WordPressFront, root: object, me: object
) -> None:
    front.answers += [
        ("GET", "/wp-json/", web.json_response(root)),
        ("GET", "/users/me", web.json_response(me)),
    ]

    account = await desk.network.verify(desk.access)

    assert account.remote_id == "2"
    assert len(account.name) <= 200
    assert account.url.startswith("http")
    assert capabilities_of(Adapter, account.known).images >= 0


@pytest.mark.parametrize("known", [{"may": None}, {"may": "x"}, {"may": {}}, {"site": 3}, {}])
def test_without_knowledge_everything_is_offered(known: dict[str, Any]) -> None:
    assert Adapter.adapted(known) == Adapter.capabilities


def test_who_may_not_upload_is_offered_no_pictures() -> None:
    can = Adapter.adapted({"may": ["edit_posts", "publish_posts"]})

    assert (can.images, can.videos, can.attachment_types) == (0, 0, ())


async def test_a_link_header_among_others_is_read(http: Http, wordpress: WordPress) -> None:
    links = (
        f'<https://x.org/a>; rel=preload, <{wordpress.base_url}/wp-json/>; rel="https://api.w.org/"'
    )

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="<html>", headers={"Link": links})

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    site = await discovery.find(http, f"http://127.0.0.1:{runner.addresses[0][1]}")

    assert site.api == f"{wordpress.base_url}/wp-json"
    await runner.cleanup()
