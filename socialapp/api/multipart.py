"""multipart/form-data read as it arrives: the file goes straight to its place on disk.

The framework's own reader takes a whole upload in before anything can refuse it.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from socialapp.domain.errors import Problem, Rejected, UnsupportedType
from socialapp.store.files import Incoming, too_big

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_FIELD_LIMIT_BYTES = 64 * 1024
_WRAPPING_BYTES = 1024 * 1024
"""What boundaries, part headers and text fields may add to the file itself."""


@dataclass
class Form:
    """What came besides the bytes of the file."""

    filename: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class _Parts:
    """Hears the parser: keeps text fields, hands on the bytes of the file."""

    def __init__(self) -> None:
        self.form = Form()
        self.has_file = self.is_whole = False
        self.file_bytes = bytearray()
        self._header = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._text = bytearray()
        self._is_in_file = False

    def on_part_begin(self) -> None:
        self._headers = {}
        self._text = bytearray()

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_in_file = self._name == "file"
        if self._is_in_file:
            if self.has_file:
                raise Rejected(Problem("one_file", "Send one file per request.", "file"))
            self.has_file = True
            self.form.filename = options.get(b"filename", b"").decode("utf-8", "replace")

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_in_file:
            self.file_bytes += data[start:end]
            return
        self._text += data[start:end]
        if len(self._text) > _FIELD_LIMIT_BYTES:
            message = "A text field is longer than any can be. Nothing was kept."
            raise Rejected(Problem("field_too_long", message, self._name))

    def on_part_end(self) -> None:
        if not self._is_in_file:
            self.form.fields[self._name] = self._text.decode("utf-8", "replace")

    def on_end(self) -> None:
        self.is_whole = True


async def receive(request: Request, incoming: Incoming) -> Form:
    """Read one file named `file` into `incoming`, and the text fields around it.

    Raises TooBig before reading what says that it is too big, and else as soon as it is.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > incoming.limit_bytes + _WRAPPING_BYTES:
        raise too_big(incoming.limit_bytes)
    parts = _Parts()
    try:
        parser = MultipartParser(_boundary(request), _callbacks(parts))
        async for chunk in request.stream():
            if chunk:
                parser.write(chunk)
                await incoming.write(bytes(parts.file_bytes))
                parts.file_bytes.clear()
    except FormParserError as error:
        raise _unreadable() from error
    except ClientDisconnect as error:
        raise Rejected(Problem("interrupted", "The upload was interrupted.")) from error
    if not parts.is_whole:
        raise _unreadable()
    if not parts.has_file:
        message = "Send the file as a part named “file”."
        raise Rejected(Problem("file_required", message, "file"))
    return parts.form


def upload_form(about: str, example: str, *, at_most: int) -> dict[str, Any]:
    """Return how the documentation describes an upload and the text field that goes with it."""
    words = {"type": "string", "maxLength": at_most}
    schema = {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}, about: words},
    }
    content = {"schema": schema, "example": {"file": "(the bytes)", about: example}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": content}}}


def _callbacks(parts: _Parts) -> "MultipartCallbacks":
    heard = {name: getattr(parts, name) for name in dir(parts) if name.startswith("on_")}
    return cast("MultipartCallbacks", heard)


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        message = "Send the file as multipart/form-data, in a part named “file”."
        raise UnsupportedType(message, code="multipart_required")
    return options[b"boundary"]


def _unreadable() -> Rejected:
    message = "The upload is incomplete or is not multipart/form-data. Nothing was kept."
    return Rejected(Problem("multipart_unreadable", message, "file"))
