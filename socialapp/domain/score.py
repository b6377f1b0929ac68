"""Measures of a photograph -> an aesthetic score from 0 to 10, and a sentence why for each part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp, log

VERSION = 1
"""Raised with every change of the formula: what was scored by an older one is scored again."""
_FLOOR = 0.02


@dataclass(frozen=True)
class Part:
    """One part of a score."""

    name: str
    value: float
    """0-1."""
    why: str


@dataclass(frozen=True)
class Score:
    """What a photograph is worth. One bad part pulls the whole down: it is a geometric mean."""

    value: float
    """0-10."""
    parts: tuple[Part, ...]


def score(measures: Mapping[str, float]) -> Score:
    """Judge what `imaging.measures` measured."""
    parts = tuple(_part(name, judge(measures)) for name, (_, judge) in _PARTS.items())
    total = sum(
        weight * log(max(_FLOOR, p.value))
        for p, (weight, _) in zip(parts, _PARTS.values(), strict=True)
    )
    return Score(round(10 * exp(total), 2), parts)


def _part(name: str, value: float) -> Part:
    value = round(min(1.0, max(0.0, value)), 3)
    good, middling, bad = _WORDS[name]
    return Part(name, value, good if value >= 0.7 else middling if value >= 0.4 else bad)


def _ramp(value: float, worst: float, best: float) -> float:
    return min(1.0, max(0.0, (value - worst) / (best - worst)))


def _sharpness(of: Mapping[str, float]) -> float:
    return _ramp(of["sharpness"], 0.05, 0.75)


def _exposure(of: Mapping[str, float]) -> float:
    lost = 1.5 * of["highlights"] + of["whites"] + 0.03 * of["shadows"]
    too_bright = 1 - _ramp(of["mean"], 0.55, 1.0)
    too_dark = _ramp(of["mean"], 0.0, 0.06)
    return too_bright * too_dark / (1 + 6 * lost)


def _contrast(of: Mapping[str, float]) -> float:
    return 0.3 + 0.7 * _ramp(of["contrast"], 0.0, 0.1)


def _colour(of: Mapping[str, float]) -> float:
    return 0.5 + 0.5 * _ramp(of["colourfulness"], 0.0, 0.2)


def _noise(of: Mapping[str, float]) -> float:
    return 1 - _ramp(of["noise"], 0.01, 0.4)


def _resolution(of: Mapping[str, float]) -> float:
    pixels = max(1.0, of["width"] * of["height"])
    return _ramp(log(pixels), log(3_000), log(2_000_000))


def _composition(of: Mapping[str, float]) -> float:
    return 0.5 + 0.5 * of["thirds"]


def _compression(of: Mapping[str, float]) -> float:
    return 1 - _ramp(log(max(9.0, of["quantisation"])), log(9.0), log(255.0))


_PARTS: dict[str, tuple[float, Callable[[Mapping[str, float]], float]]] = {
    "sharpness": (0.20, _sharpness),
    "exposure": (0.22, _exposure),
    "contrast": (0.05, _contrast),
    "colour": (0.05, _colour),
    "noise": (0.26, _noise),
    "resolution": (0.12, _resolution),
    "composition": (0.02, _composition),
    "compression": (0.08, _compression),
}
_WORDS = {
    "sharpness": ("Edges are crisp.", "Edges are a little soft.", "It is blurred."),
    "exposure": (
        "Light and shadow keep their detail.",
        "Some of it is too bright or too dark to show detail.",
        "Much of it is too bright or too dark to show detail.",
    ),
    "contrast": ("It has depth from dark to bright.", "It is a little flat.", "It is flat."),
    "colour": ("Its colours are lively.", "Its colours are quiet.", "It has hardly any colour."),
    "noise": ("Calm areas are clean.", "Calm areas show some grain.", "It is grainy."),
    "resolution": (
        "It has enough pixels for any screen.",
        "It has few pixels and looks soft when it is shown large.",
        "It is tiny.",
    ),
    "composition": (
        "What draws the eye is well placed.",
        "What draws the eye is a little off the usual places.",
        "What draws the eye is at the edge.",
    ),
    "compression": (
        "It was saved with care.",
        "Saving has cost it some detail.",
        "Saving has crushed it: blocks and smears are visible.",
    ),
}
