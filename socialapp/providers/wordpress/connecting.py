"""Who we are on a site, what we may do there, and why it does not let us in."""

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from yarl import URL

from socialapp.domain.outcome import Disconnected, Refused
from socialapp.providers.contract import Access, Account, PublishFailed
from socialapp.providers.http import Http
from socialapp.providers.wordpress.discovery import authorize_of
from socialapp.providers.wordpress.line import CONNECT, Line, error_of, object_of

_WANTED = ("edit_posts", "publish_posts")
_KNOWN = (
    *_WANTED,
    *("upload_files", "edit_pages", "publish_pages", "manage_categories"),
    *("delete_published_posts", "delete_published_pages"),
)
"""The capabilities that say what a channel can take."""
_NAME_CHARACTERS = 200
_NOT_IN_PASSWORDS = re.compile(r"[^A-Za-z0-9]")
_MADE_CHARACTERS = 24


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def _text(said: Any) -> str:
    return html.unescape(said).strip()[:_NAME_CHARACTERS] if isinstance(said, str) else ""


def handle(login: str, home: str) -> str:
    """Return what people call an account: who, and where."""
    there = URL(home)
    port = f":{there.explicit_port}" if there.explicit_port else ""
    return f"{login}@{there.host}{port}{there.path.rstrip('/')}"


async def account(http: Http, access: Access) -> Account:
    """Ask the site who we are, and what we may do there. Raises PublishFailed."""
    line = Line(http, access)
    root = await line.send("GET", "/")
    said = object_of(root)
    home = _home(said, access)
    answer = await line.send("GET", "/wp/v2/users/me", params={"context": "edit"})
    if answer.status == 401 and error_of(answer)[0] == "rest_not_logged_in":
        raise PublishFailed(Disconnected(await _why_unknown(http, access, said, home)))
    me = line.one(line.read(answer, CONNECT))
    login = _text(me.get("username")) or _text(me.get("slug")) or access.account
    access = replace(access, account=handle(login, home))
    roles = [role for role in map(_text, _list(me.get("roles"))) if role][:20]
    may = _capabilities(me, access, roles)
    name = _text(said.get("name")) or URL(home).host or ""
    known = {"site": name, "roles": roles, "may": may}
    return Account(str(me["id"]), name, access.account, home, known)


def _home(said: Mapping[str, Any], access: Access) -> str:
    """Return the address that readers open."""
    home = said.get("home") or said.get("url")
    try:
        if isinstance(home, str) and URL(home).scheme in {"http", "https"} and URL(home).host:
            return home[:2000]
    except ValueError:
        pass
    return access.base_url.partition("/wp-json")[0].partition("/?")[0]


def _capabilities(me: Mapping[str, Any], access: Access, roles: list[str]) -> list[str] | None:
    """Return what of it the account may; None when the site does not say.

    Raises PublishFailed when that is too little to publish anything.
    """
    said = me.get("capabilities")
    if not isinstance(said, dict) or not said:
        return None
    may = [each for each in _KNOWN if said.get(each) is True]
    missing = [each for each in _WANTED if each not in may]
    if missing:
        role = f"has the role {' and '.join(roles)}" if roles else "has no role"
        reason = (
            f"WordPress {access.account}: the account {role} on that site, and may not publish"
            f" there; it lacks {' and '.join(missing)}. Ask the site's admin to make it an Author"
            " (posts) or an Editor (posts and pages) under Users."
        )
        raise PublishFailed(Refused(reason, action="retry"))
    return may


async def _why_unknown(http: Http, access: Access, root: Mapping[str, Any], home: str) -> str:
    """Say why the site takes us for nobody: to WordPress that looks alike, whatever the cause."""
    who = f"WordPress {access.account}"
    if "authentication" in root and not authorize_of(root, access.base_url):
        return (
            f"{who}: application passwords are switched off there: by a security plugin, or"
            " because the site is not reached by https. Ask its admin to allow them."
        )
    knows = await _knows(http, access, home)
    if knows and _looks_made(str(access.secrets.get("password", ""))):
        return (
            f"{who}: login and password are right, but the site's web server drops the header"
            " Authorization before WordPress sees it. Ask its host to pass it on; with Apache:"
            ' SetEnvIf Authorization "(.+)" HTTP_AUTHORIZATION=$1'
        )
    make_one = "make one under Users > Profile > Application Passwords"
    if knows is not None:
        return (
            f"{who}: the site does not know this login with this application password. It is not"
            f" the password that you sign in with: {make_one}."
        )
    return (
        f"{who}: the site takes us for nobody. Either login or application password are wrong (it"
        f" is not the one that you sign in with: {make_one}), or its web server drops the header"
        " Authorization: then its host can help."
    )


def _looks_made(password: str) -> bool:
    """Whether WordPress may have made it: XML-RPC takes what people sign in with, too."""
    return len(_NOT_IN_PASSWORDS.sub("", password)) == _MADE_CHARACTERS


async def _knows(http: Http, access: Access, home: str) -> bool | None:
    """Whether the password is right: by XML-RPC, which has it in its body, not in a header.

    None when the site does not say: many have it closed.
    """
    login, password = (escape(str(access.secrets.get(key, ""))) for key in ("login", "password"))
    body = (
        '<?xml version="1.0"?><methodCall><methodName>wp.getUsersBlogs</methodName><params>'
        f"<param><value><string>{login}</string></value></param>"
        f"<param><value><string>{password}</string></value></param></params></methodCall>"
    )
    # Nowhere but where the password has been before.
    here = URL(access.base_url).origin().with_path(f"{URL(home).path.rstrip('/')}/xmlrpc.php")
    headers = {"Content-Type": "text/xml"}
    try:
        answer = await http.send("POST", str(here), data=body.encode(), headers=headers)
    except PublishFailed:
        return None
    if answer.status != 200 or b"<methodResponse>" not in answer.body:
        return None
    if b"<fault>" not in answer.body:
        return True
    return False if re.search(rb"<int>\s*403\s*</int>", answer.body) else None
