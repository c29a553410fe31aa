"""The shares at which one reading of a page is believed, and the next, dearer one is not asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Each 0..1; bench/extract.py --folds chooses them anew on some sites and tries them on the others."""

    #: The place that holds this share of a page's prose ...
    all_share: float = 0.96
    #: ... reads like the densest element, but for this share: then there is nothing to doubt, and no other is asked.
    sure_share: float = 0.95
    #: From this agreement with the quick look on, trafilatura's reading of the part around the prose is believed.
    agreed_near: float = 0.8
    #: The same for its fast reading of the whole page, below which the careful one is asked too.
    agreed: float = 0.7


THRESHOLDS = Thresholds()
