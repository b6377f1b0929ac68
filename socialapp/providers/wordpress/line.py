"""The line to one site: requests to its REST API, and what its refusals mean."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from socialapp.domain.outcome import Disconnected, Outcome, Refused, TryLater, Unknown
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Answer, Http, failure, without

_TAG = re.compile(r"<[^>]*>")
_OF_FIREWALLS = frozenset({403, 406})
"""406 is what ModSecurity answers with."""
_DROPPED_BY_PHP = frozenset({"rest_upload_no_data", "rest_upload_no_content_disposition"})
"""A form that is bigger than its post_max_size comes in empty."""
_NAMED = frozenset(
    {
        *("rest_cannot_create", "rest_cannot_publish", "rest_cannot_delete"),
        "rest_forbidden_status",
    }
)
"""The refusals that are for want of exactly the capability that `Doing` names."""


@dataclass(frozen=True)
class Doing:
    """What a request is for, to be named when it is refused."""

    words: str
    needs: str = ""
    """The capability without which WordPress refuses it."""
    not_done: str = "Nothing was posted."
    file: str = "a file"
    """The name of what is sent."""


LOOK = Doing("read its posts")
CONNECT = Doing("be connected", not_done="Nothing was changed.")
UPLOAD = Doing("upload files", "upload_files")
WRITE = {"posts": Doing("write posts", "edit_posts"), "pages": Doing("write pages", "edit_pages")}
PUBLISH = {
    "posts": Doing("publish posts", "publish_posts"),
    "pages": Doing("publish pages", "publish_pages"),
}
DELETE = {
    "posts": Doing("delete posts", "delete_published_posts", "It was not taken down."),
    "pages": Doing("delete pages", "delete_published_pages", "It was not taken down."),
}
_ROLES = {
    "edit_posts": "Author",
    "publish_posts": "Author",
    "upload_files": "Author",
    "delete_published_posts": "Author",
}
"""The smallest of WordPress's own roles that has it; of the others it is Editor.

https://wordpress.org/documentation/article/roles-and-capabilities/
"""


class Line:
    """Speaks for one account."""

    def __init__(self, http: Http, access: Access) -> None:
        self._http = http
        self.access = access
        login, password = (str(access.secrets.get(key, "")) for key in ("login", "password"))
        self._headers = {
            "Authorization": aiohttp.encode_basic_auth(login, password),
            "Accept": "application/json",
        }

    @property
    def unreadable(self) -> str:
        """Return what to say of an answer that makes no sense."""
        return (
            f"WordPress {self.access.account}: what answered is not its API, or something adds to"
            " what that says (a firewall, a PHP warning)."
        )

    async def send(
        self, method: str, path: str, *, leaving: Callable[[], None] | None = None, **request: Any
    ) -> Answer:
        """Send one request to the API and return its answer. Raises PublishFailed."""
        url = f"{self.access.base_url}{path}"
        return await self._http.send(method, url, leaving=leaving, headers=self._headers, **request)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        doing: Doing,
        leaving: Callable[[], None] | None = None,
        **request: Any,
    ) -> Any:
        """Send one request and return the JSON of a success. Raises PublishFailed."""
        answer = await self.send(method, path, leaving=leaving, **request)
        return self.read(answer, doing)

    def read(self, answer: Answer, doing: Doing) -> Any:
        """Return the JSON of a success; raises PublishFailed with what else it means."""
        if answer.status not in {200, 201}:
            raise PublishFailed(refusal(answer, self.access, doing))
        try:
            return answer.json()
        except (ValueError, RecursionError) as error:
            raise PublishFailed(Unknown(self.unreadable)) from error

    def one(self, said: Any) -> Mapping[str, Any]:
        """Return what has to be one thing with a number. Raises PublishFailed."""
        if not isinstance(said, dict) or type(said.get("id")) is not int:
            raise PublishFailed(Unknown(self.unreadable))
        return said

    def many(self, said: Any) -> list[Mapping[str, Any]]:
        """Return what has to be a list of such things. Raises PublishFailed."""
        if not isinstance(said, list):
            raise PublishFailed(Unknown(self.unreadable))
        return [self.one(each) for each in said]


def header(answer: Answer, name: str) -> str:
    """Return a header of an answer; "" when it is missing."""
    return next((v for k, v in answer.headers.items() if k.lower() == name.lower()), "")


def object_of(answer: Answer) -> Mapping[str, Any]:
    """Return the JSON object that was answered; an empty one for anything else."""
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def error_of(answer: Answer) -> tuple[str, str]:
    """Return WordPress's own code of a refusal, and its words; "" for what others answer."""
    said = object_of(answer)
    if not isinstance(said.get("code"), str):
        return "", ""
    # Who may not see drafts is told that `status` is wrong; why is one level deeper.
    code = "rest_forbidden_status" if b'"rest_forbidden_status"' in answer.body else said["code"]
    return code, _plain(said.get("message"), said.get("data"))


def _plain(words: Any, data: Any) -> str:
    """Return what it says without its marks, with what is wrong about each field."""
    fields = data.get("params") if isinstance(data, dict) else None
    faults = list(fields.values())[:5] if isinstance(fields, dict) else []
    all_words = " ".join(each[:1000] for each in [words, *faults] if isinstance(each, str))
    return " ".join(html.unescape(_TAG.sub("", all_words)).split())[:300]


def refusal(answer: Answer, access: Access, doing: Doing) -> Outcome:
    """Sort an answer that is not a success.

    WordPress's codes are matched, never its words: those are translated.
    """
    who = f"WordPress {access.account}"
    code, words = error_of(answer)
    # Somebody who repeats what we sent would have it shown and kept.
    words = without(words, _as_sent(access))
    said = f" It said: {words}" if words else ""
    return (
        _kept_out(answer, code, who, said, doing)
        or _not_there(answer, code, who, doing)
        or _not_taken(answer, code, who, said, doing)
        or failure(answer, network=who, words=words).outcome
    )


def _as_sent(access: Access) -> list[str]:
    """Return the password in all the forms in which a site sees it: it ignores spaces."""
    login, password = (str(access.secrets.get(key) or "") for key in ("login", "password"))
    if not password:
        return []
    header = aiohttp.encode_basic_auth(login, password)
    return [password, "".join(password.split()), header.removeprefix("Basic ")]


def _kept_out(answer: Answer, code: str, who: str, said: str, doing: Doing) -> Outcome | None:
    if answer.status == 401:
        return Disconnected(f"{who}: {_no_access(answer, code)} {doing.not_done}")
    if header(answer, "cf-mitigated") or (answer.status in _OF_FIREWALLS and not code):
        return Refused(_walled(answer, who, doing), action="retry")
    if answer.status in {400, 403} and code.startswith(("rest_cannot_", "rest_forbidden")):
        return Refused(_not_allowed(code, who, said, doing), action="retry")
    return None


def _not_there(answer: Answer, code: str, who: str, doing: Doing) -> Outcome | None:
    if 300 <= answer.status < 400:
        reason = f"{who}: the site has moved. {doing.not_done} Connect it again."
        return Disconnected(reason)
    if answer.status != 404:
        return None
    if code == "rest_post_invalid_id":
        reason = f"{who}: somebody deleted the draft there. {doing.not_done} It is made anew."
        return TryLater(reason, unprepares=True)
    if code:
        reason = f"{who}: the site does not offer what is needed to {doing.words}."
        hint = "Ask its admin whether a plugin has closed the REST API, then try it again."
        return Refused(f"{reason} {doing.not_done} {hint}", action="retry")
    reason = f"{who}: the API is not where it was. {doing.not_done} Connect the site again."
    return Refused(reason, action="reconnect")


def _not_taken(answer: Answer, code: str, who: str, said: str, doing: Doing) -> Outcome | None:
    if answer.status == 412:
        reason = f"{who}: a file was damaged on its way. {doing.not_done} It is tried again."
        return TryLater(reason)
    if answer.status == 413 or code in _DROPPED_BY_PHP:
        return Refused(
            f"{who}: {doing.file} is bigger than what its server takes. {doing.not_done} Use a"
            " smaller one, or ask the site's host for more (upload_max_filesize, post_max_size)."
        )
    if code.startswith("rest_upload_"):
        return Refused(f"{who} did not take {doing.file}.{said} {doing.not_done} Use another file.")
    return None


def _no_access(answer: Answer, code: str) -> str:
    if code.startswith("application_passwords_disabled"):
        return "application passwords are switched off there. Ask the site's admin to allow them."
    if not code and "basic" in header(answer, "WWW-Authenticate").lower():
        return (
            "its web server asks for a password of its own before WordPress is reached. Ask the"
            " site's admin to leave /wp-json/ open."
        )
    return (
        "the site does not accept the application password, or it was taken back. Connect it"
        " again with a new one."
    )


def _walled(answer: Answer, who: str, doing: Doing) -> str:
    wall = "Cloudflare" if header(answer, "cf-mitigated") else "A firewall"
    return (
        f"{who}: {wall} in front of the site refused the request ({answer.status})."
        f" {doing.not_done} Ask the site's admin to let requests to /wp-json/ through, then try"
        " it again."
    )


def _not_allowed(code: str, who: str, said: str, doing: Doing) -> str:
    lacks = f"; it lacks the capability {doing.needs}" if code in _NAMED and doing.needs else ""
    role = _ROLES.get(doing.needs, "Editor")
    return (
        f"{who}: the account may not {doing.words} there{lacks}.{said} {doing.not_done}"
        f" Ask the site's admin for the role {role}, then try it again."
    )
