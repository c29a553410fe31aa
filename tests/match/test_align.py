"""What two texts put in each other's place."""

from __future__ import annotations

import pytest

from ingest.match.align import swaps
from ingest.match.features import features
from tests.match.samples import document

_FRAME = (
    "{0} will build a plant for fertiliser in Corby, the company said on Monday. {0} expects to hire 340 people, and"
    " the council welcomed the news. Work is to begin in spring, and the first line starts two years later."
)


def test_a_name_in_anothers_place_is_a_swap_in_title_and_text() -> None:
    one, other = (
        features(document(number, f"{name} to build plant in Corby", _FRAME.format(name)))
        for number, name in enumerate(("Orlitz", "Tavano"), 1)
    )
    found = swaps(one, other)
    assert [(swap.a, swap.b, swap.title) for swap in found] == [
        (("orlitz",), ("tavano",), True),
        (("orlitz",), ("tavano",), False),
        (("orlitz",), ("tavano",), False),
    ]
    assert [(swap.b, swap.a) for swap in swaps(other, one)] == [(swap.a, swap.b) for swap in found]


@pytest.mark.parametrize("text", ["", "one", "one two three four five six seven"])
def test_equal_or_tiny_texts_have_no_swaps(text: str) -> None:
    one, other = features(document(1, "t", text)), features(document(2, "t", text))
    assert swaps(one, other) == ()
