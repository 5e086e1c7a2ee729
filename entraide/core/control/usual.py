"""What is usual, and from where on a value is far from it: by median and MAD.

The median and the median absolute deviation hardly move when a tenth of the values are wrong, which
mean and standard deviation do. A value is unusual when its modified z-score,
``0.6745 × (value − median) ÷ MAD``, is above 3.5 (B. Iglewicz and D. Hoaglin, *How to Detect and
Handle Outliers*, ASQC, 1993, p. 11–13; why the median: C. Leys et al., *Journal of Experimental
Social Psychology* 49, 2013, p. 764–766). Where more than half of the values are equal the MAD is
0: the mean absolute deviation, × 1.253314, stands in its place, as the same authors advise. Prices
that hardly vary would make small differences unusual: nothing below a multiple of the median is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

MINIMUM_SAMPLE = 20
MODIFIED_Z = Fraction("3.5")
MAD_TO_DEVIATION = 1 / Fraction("0.6745")  # of a normal distribution
MEAN_TO_DEVIATION = Fraction("1.253314")


@dataclass(frozen=True, slots=True)
class Usual:
    """The middle of a sample of whole numbers, and the highest value that is still usual."""

    count: int
    median: int
    limit: int


def usual_of(values: Sequence[int], *, at_least_times: int = 2) -> Usual | None:
    """What is usual among values ≥ 0 in one unit; None for fewer than :data:`MINIMUM_SAMPLE`.

    No value up to ``at_least_times`` the median is unusual.
    """
    if len(values) < MINIMUM_SAMPLE:
        return None
    middle = median([Fraction(value) for value in values])
    gaps = [abs(value - middle) for value in values]
    deviation = median(gaps) * MAD_TO_DEVIATION
    if not deviation:
        deviation = sum(gaps, Fraction(0)) / len(gaps) * MEAN_TO_DEVIATION
    far = middle + MODIFIED_Z * deviation
    limit = max(math.ceil(far), math.ceil(at_least_times * middle))
    return Usual(len(values), round(middle), limit)
