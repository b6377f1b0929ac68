"""How damage changes the score of real photographs: each kind at three strengths.

`python -m benchmarks.photos` prints a table. The photographs are those that the wheels of
scikit-image and scikit-learn carry, and a crop of each.
"""

import io
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from socialapp.domain.score import score
from socialapp.imaging import measures

_SHIPPED = {
    "skimage/data": (
        "astronaut.png", "brick.png", "camera.png", "chelsea.png", "coffee.png", "coins.png",
        "grass.png", "gravel.png", "hubble_deep_field.jpg", "moon.png", "motorcycle_left.png",
        "retina.jpg", "rocket.jpg",
    ),
    "sklearn/datasets/images": ("china.jpg", "flower.jpg"),
}  # fmt: skip
Damage = Callable[[Image.Image, int], bytes]


def shipped() -> Iterator[tuple[str, Image.Image]]:
    """Yield the photographs, each with a name."""
    for folder, names in _SHIPPED.items():
        package, _, rest = folder.partition("/")
        found = find_spec(package)
        assert found
        assert found.origin
        for name in names:
            with Image.open(Path(found.origin).parent / rest / name) as picture:
                whole = picture.convert("RGB")
            whole.thumbnail((1024, 1024))
            yield Path(name).stem, whole
            yield f"{Path(name).stem}, a crop", _crop(whole)


def _crop(whole: Image.Image) -> Image.Image:
    width, height = whole.size
    return whole.crop((width // 8, height // 8, width * 3 // 4, height * 3 // 4))


def saved(picture: Image.Image, quality: int = 92) -> bytes:
    """Return it as JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()


def _blur(picture: Image.Image, strength: int) -> bytes:
    return saved(picture.filter(ImageFilter.GaussianBlur((1.5, 3, 6)[strength])))


def _over_expose(picture: Image.Image, strength: int) -> bytes:
    return saved(
        picture.point([min(255, int(v * (1.8, 2.8, 4.5)[strength])) for v in range(256)] * 3)
    )


def _noise(picture: Image.Image, strength: int) -> bytes:
    grain = np.random.default_rng(7).normal(0, (12, 28, 55)[strength], (*picture.size[::-1], 3))
    return saved(Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8)))


def _tiny(picture: Image.Image, strength: int) -> bytes:
    by = (2, 4, 8)[strength]
    return saved(picture.resize((picture.width // by, picture.height // by), Image.Resampling.BOX))


def _crush(picture: Image.Image, strength: int) -> bytes:
    return saved(picture, quality=(30, 14, 4)[strength])


DAMAGES: dict[str, Damage] = {
    "blurred": _blur,
    "over-exposed": _over_expose,
    "noisy": _noise,
    "tiny": _tiny,
    "crushed": _crush,
}


def scored(data: bytes) -> float:
    """Return the score of a picture."""
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(data)
        file.flush()
        return score(measures.measure(Path(file.name))).value


def main() -> None:
    """Print the table."""
    print("| photograph | as it is |", " | ".join(DAMAGES), "|")
    print("|---|---|" + "---|" * len(DAMAGES))
    for name, picture in shipped():
        whole = f"{scored(saved(picture)):.1f}"
        damaged = [
            ", ".join(f"{scored(damage(picture, s)):.1f}" for s in range(3))
            for damage in DAMAGES.values()
        ]
        print(f"| {name} |", " | ".join([whole, *damaged]), "|")


if __name__ == "__main__":
    main()
