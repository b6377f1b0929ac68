"""Files on their way to a network."""

from pathlib import Path

import pytest

from socialapp.domain.content import Media
from socialapp.domain.outcome import Refused
from socialapp.providers import files
from socialapp.providers.contract import PublishFailed


@pytest.mark.parametrize(
    ("filename", "mime_type", "name"),
    [
        ("sea.jpg", "image/jpeg", "sea.jpg"),
        ("sea.HEIC", "image/jpeg", "sea.jpg"),
        ("a.tar.gz", "video/quicktime", "a.tar.mov"),
        ("", "image/webp", "3.webp"),
        ("/etc/passwd", "image/png", "passwd.png"),
        (r"C:\photos\sea.png", "image/png", "sea.png"),
        ('a"b\r\nX: y.png', "image/png", 'a"bX: y.png'),
        ("ö" * 300 + ".png", "image/png", "ö" * 100 + ".png"),
        ("odd", "image/unheard-of", "odd.bin"),
    ],
)
def test_a_name_ends_as_the_type_says(filename: str, mime_type: str, name: str) -> None:
    media = Media(1, "image", mime_type, 1, 1, 1, filename=filename)

    assert files.name_of(media, 3) == name


async def test_a_file_that_is_gone_is_a_refusal_in_words(tmp_path: Path) -> None:
    media = Media(1, "image", "image/png", 1, 1, 1, file=str(tmp_path / "gone"))
    upload = files.Upload("file", media.file, "gone.png", "image/png")

    with pytest.raises(PublishFailed) as read:
        files.content(media)
    with pytest.raises(PublishFailed) as sent:
        async with files.form({}, [upload]):
            pass

    for failed in (read, sent):
        assert isinstance(failed.value.outcome, Refused)
        assert str(tmp_path) not in str(failed.value)
