"""Numbers that a later text gives otherwise."""

from __future__ import annotations

import pytest

from ingest.match.restated import restated

TITLE = "Ferry fire in Holm"


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("At least 12 people were killed.", "At least 15 people were killed.", (("12", "15"),)),
        ("At least twelve people were killed.", "At least 12 people were killed.", ()),
        ("At least 12 people were killed.", "At least 12 people were killed on Monday.", ()),
        ("The ferry sails.\nSome 12 people were killed there.", "The ferry sails.\nSome 14 people were killed there.",
         (("12", "14"),)),
        ("The ferry sails.\nThe pier is 12 metres long.", "The ferry sails.\nThe pier is 14 metres long.", ()),
        ("The pier is 12 metres long.", "The pier is 14 metres long.", (("12", "14"),)),
    ],
)  # fmt: skip
def test_a_number_in_the_same_words_is_told_with_both_values(
    old: str, new: str, changes: tuple[tuple[str, str], ...]
) -> None:
    assert restated((TITLE, old), (TITLE, new)) == changes


def test_a_number_of_the_title_counts() -> None:
    assert restated(("Fire kills 3 in Holm", ""), ("Fire kills 5 in Holm", "")) == (("3", "5"),)
