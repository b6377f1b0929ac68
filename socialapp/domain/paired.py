"""What the counts of pairs say: a ratio with an interval, or that it cannot be told.

The method rests on one thing alone: that the order within each pair was drawn at random. Were both
wordings the same, every order that could have been drawn would have been as likely as the one that
was; so the orders are run through, all of them, and what was seen is looked up among what each
would have shown. That holds for few pairs and for counts of any shape, trend or spread: nothing is
assumed of them. Turned around, it gives the interval: a ratio is in it when, with that ratio taken
out, what was seen is nothing special (Hartigan 1969: the bounds are means of the pairs that
another order would turn around).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

PAIRS_AT_LEAST = 7
"""Of fewer no order is rare enough: 6 balanced pairs can be drawn in only 20 ways."""
PAIRS_AT_MOST = 20
LEVEL = 0.95
RATIO_FROM = 5
"""Mean of the smaller count of each pair, from which a ratio is told with an honest interval."""


@dataclass(frozen=True)
class Pair:
    """What A and B came to in comparable slots."""

    a: int
    b: int
    is_a_first: bool


class Scale(StrEnum):
    """In what a difference is told."""

    RATIO = "ratio"
    DIFFERENCE = "difference"
    """Per post; of small counts a ratio says little, and its interval would be too narrow."""


@dataclass(frozen=True)
class Finding:
    """What complete pairs say of A against B."""

    pairs: int
    scale: Scale
    estimate: float
    """Of a ratio: so many times what B got; of a difference: so many more for each post."""
    low: float | None
    """The interval; None: too few pairs, or too much the same order in them."""
    high: float | None

    @property
    def is_told(self) -> bool:
        """Whether the interval leaves "no difference" out."""
        if self.low is None or self.high is None:
            return False
        nothing = 1 if self.scale == Scale.RATIO else 0
        return self.low > nothing or self.high < nothing


def find(pairs: Sequence[Pair]) -> Finding:
    """Say what pairs tell; at least one. More than PAIRS_AT_MOST would take too long."""
    return _find(tuple(pairs))


@lru_cache(maxsize=256)
def _find(pairs: tuple[Pair, ...]) -> Finding:
    scale = _scale(pairs)
    # Half of one is added so that none is a number, too; to both, so that it favours neither.
    steps = [
        math.log((pair.a + 0.5) / (pair.b + 0.5))
        if scale is Scale.RATIO
        else float(pair.a - pair.b)
        for pair in pairs
    ]
    told = math.exp if scale is Scale.RATIO else float
    bounds = _interval(steps, [pair.is_a_first for pair in pairs])
    return Finding(
        len(pairs),
        scale,
        told(sum(steps) / len(steps)),
        told(bounds[0]) if bounds else None,
        told(bounds[1]) if bounds else None,
    )


def _scale(pairs: Sequence[Pair]) -> Scale:
    """Choose by what stays when A and B change places in any pair: the choice favours neither.

    And so the test stays exact. Below RATIO_FROM the half that is added pulls a ratio towards 1.
    """
    fewer = [min(pair.a, pair.b) for pair in pairs]
    with_none = sum(not number for number in fewer)
    is_few = sum(fewer) < RATIO_FROM * len(pairs) or with_none * 2 >= len(pairs)
    return Scale.DIFFERENCE if is_few else Scale.RATIO


def _interval(steps: Sequence[float], firsts: Sequence[bool]) -> tuple[float, float] | None:
    import numpy as np  # here, for it is big, and asked for seldom

    if len(steps) > PAIRS_AT_MOST:
        raise ValueError("too many pairs to run through their orders")
    # Every set of pairs that another order would turn around: sum, size, and how it shifts the
    # number of pairs with A first.
    sums, sizes, shifts = np.zeros(1), np.zeros(1, np.int16), np.zeros(1, np.int16)
    for step, is_first in zip(steps, firsts, strict=True):
        sums = np.concatenate([sums, sums + step])
        sizes = np.concatenate([sizes, sizes + 1])
        shifts = np.concatenate([shifts, shifts + (1 if is_first else -1)])
    lead = 2 * sum(firsts) - len(firsts)
    # Only orders as balanced as the one that was drawn could have been drawn.
    turned = (sizes > 0) & ((shifts == 0) | (shifts == lead))
    means = np.round(sums[turned] / sizes[turned], 9)
    rank = math.floor((1 - LEVEL) / 2 * (len(means) + 1) + 1e-9)
    if rank < 1:
        return None
    parts = np.partition(means, [rank - 1, len(means) - rank])
    return float(parts[rank - 1]), float(parts[len(means) - rank])
