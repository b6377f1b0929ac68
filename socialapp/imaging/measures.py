"""Pixels -> the measures of a photograph and its fingerprint; the judgement is in domain/score."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from socialapp.imaging import pictures, types

_SIDE_PX = 1024
"""Measured at this size at most: 12 megapixels cost what one does, and memory stays flat."""
_CLEAN_QUANTISATION = 9.0
"""The mean of the luma table that JPEG has at quality 92."""
_REBLUR_PX = 9
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_Plane = NDArray[np.floating[Any]]


def measure(source: Path) -> dict[str, Any]:
    """Return the measures of a picture's first frame, by name, and its `fingerprint`."""
    data = source.read_bytes()
    with pictures.opened(data, types.file_type(data[:512])) as whole:
        width, height = whole.size
        tables = getattr(whole, "quantization", None)
        whole.draft("RGB", (_SIDE_PX, _SIDE_PX))
        picture = whole.convert("RGB")
    picture.thumbnail((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX, reducing_gap=2.0)
    colours = np.asarray(picture, dtype=np.float32) / 255
    luma = _grey(colours)
    broad = _broad(colours)
    return {
        "width": width,
        "height": height,
        "sharpness": _sharpness(luma),
        "noise": _noise(luma),
        "highlights": float((colours.max(axis=2) >= 0.996).mean()),
        "whites": float((colours.min(axis=2) >= 0.98).mean()),
        "shadows": float((broad.max(axis=2) <= 0.02).mean()),
        "mean": float(luma.mean()),
        "contrast": float(_grey(broad).std()),
        "colourfulness": _colourfulness(broad),
        "thirds": _thirds(luma),
        "quantisation": float(np.mean(tables[0])) if tables else _CLEAN_QUANTISATION,
        "fingerprint": fingerprint(picture),
    }


def _grey(colours: _Plane) -> _Plane:
    grey: _Plane = colours @ _LUMA
    return grey


def _broad(colours: _Plane) -> _Plane:
    """Return the means of 4 x 4 pixels: there grain is neither contrast nor colour."""
    rows, columns = (max(4, size // 4 * 4) for size in colours.shape[:2])
    if min(colours.shape[:2]) < 4:
        return colours
    whole = colours[:rows, :columns].reshape(rows // 4, 4, columns // 4, 4, 3)
    means: _Plane = whole.mean(axis=(1, 3))
    return means


def _laplacian(luma: _Plane) -> _Plane:
    inner = luma[1:-1, 1:-1] * 4
    return inner - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]


def _sharpness(luma: _Plane) -> float:
    """Return how much of the detail another blur would take away: little, of what is blurred.

    Crété-Roffet et al., "The blur effect" (2007).
    """
    if min(luma.shape) < 2 * _REBLUR_PX:
        return 0.0
    return min(_lost(luma), _lost(luma.T))


def _lost(luma: _Plane) -> float:
    sums = np.cumsum(luma, axis=1, dtype=np.float64)
    blurred = (sums[:, _REBLUR_PX:] - sums[:, :-_REBLUR_PX]) / _REBLUR_PX
    before = np.abs(np.diff(luma, axis=1))[
        :, _REBLUR_PX // 2 : _REBLUR_PX // 2 + blurred.shape[1] - 1
    ]
    after = np.abs(np.diff(blurred, axis=1))
    return float(np.maximum(0, before - after).sum() / max(float(before.sum()), 1e-6))


def _noise(luma: _Plane) -> float:
    """Return the grain of the calmest tenth of the picture; texture elsewhere is no noise."""
    grain = np.abs(_laplacian(luma))
    rows, columns = (size // 8 * 8 for size in grain.shape)
    if not rows or not columns:
        return 0.0
    blocks = grain[:rows, :columns].reshape(rows // 8, 8, columns // 8, 8).mean(axis=(1, 3))
    return float(np.quantile(blocks, 0.1))


def _colourfulness(colours: _Plane) -> float:
    """Hasler and Süsstrunk, "Measuring colourfulness in natural images" (2003), of 0-1 colours."""
    red, green, blue = np.moveaxis(colours, 2, 0)
    warm, cold = red - green, (red + green) / 2 - blue
    spread = float(np.hypot(warm.std(), cold.std()))
    return spread + 0.3 * float(np.hypot(warm.mean(), cold.mean()))


def _thirds(luma: _Plane) -> float:
    """Return how near what draws the eye is to a crossing of the thirds or the middle: 0-1."""
    weight = np.abs(luma - np.median(luma))
    total = float(weight.sum())
    if total < 1e-6:
        return 0.0
    y = float((weight.sum(axis=1) @ np.linspace(0, 1, luma.shape[0])) / total)
    x = float((weight.sum(axis=0) @ np.linspace(0, 1, luma.shape[1])) / total)
    spots = [(0.5, 0.5), *((a, b) for a in (1 / 3, 2 / 3) for b in (1 / 3, 2 / 3))]
    return max(0.0, 1 - 3 * min(float(np.hypot(x - a, y - b)) for a, b in spots))


def fingerprint(picture: Image.Image) -> str:
    """Return a perceptual hash, 64 bits in hexadecimal: pictures that look alike differ in few.

    The lowest frequencies of 32 x 32 greys, each above or below their median (pHash). The library
    that offers it would bring 150 MB of others along for these lines.
    """
    grey = np.asarray(picture.convert("L").resize((32, 32), Image.Resampling.LANCZOS), np.float64)
    at = np.arange(32)
    waves = np.cos(np.pi / 32 * (at + 0.5) * at[:8, None])
    low = waves @ grey @ waves.T
    bits = (low > np.median(low.flat[1:])).ravel()
    return np.packbits(bits).tobytes().hex()
