"""Series: titles of one frame from one source, and when two of their issues are one take."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ingest.match.batch import issue, match_all
from ingest.match.features import features
from ingest.match.series import Issue, is_one_take, series_of
from ingest.match.verify import compare
from ingest.model import ArticleId, Document
from tests.match.samples import NOON, document

_DAY = timedelta(days=1)
_RATES = (
    "The central bank set the rate of the crown at {n} to the dollar for {day}, and asked the exchange offices of the"
    " country to display it at the entrance from nine in the morning. Offices may depart from the rate by two parts in"
    " a hundred. Complaints are taken by the bank's counter in the capital on every working day until noon."
)


def _issue(number: int, title: int, at: datetime | None, publisher: str | None = "bank") -> Issue:
    return Issue(id=ArticleId(number), publisher=publisher, frame=7, title=title, at=at)


@pytest.mark.parametrize(
    ("issues", "count"),
    [
        ([_issue(n, n, NOON + n * _DAY) for n in range(3)], 3),
        ([_issue(n, n, NOON + n * _DAY) for n in range(2)], 0),
        ([_issue(n, 1, NOON + n * _DAY) for n in range(3)], 3),
        ([_issue(n, 1, NOON + timedelta(hours=n)) for n in range(3)], 0),
        ([_issue(n, n, NOON + 8 * n * _DAY) for n in range(3)], 0),
        ([_issue(n, n, NOON + n * _DAY, publisher=f"p{n}") for n in range(3)], 0),
        ([_issue(n, n, None) for n in range(3)], 0),
        ([_issue(n, n, NOON + n * _DAY, publisher=None) for n in range(3)], 0),
    ],
    ids=[
        "three titles",
        "two titles",
        "one title on three days",
        "versions within hours",
        "too far apart",
        "other sources",
        "no time",
        "no publisher",
    ],
)
def test_three_titles_of_one_frame_from_one_source_in_a_fortnight_are_a_series(issues: list[Issue], count: int) -> None:
    assert len(series_of(issues)) == count
    assert series_of(issues[::-1]) == series_of(issues)


def _rates(number: int, figure: str, day: int) -> Document:
    text = _RATES.format(n=figure, day=f"{day} May")
    found = document(number, f"Rate of the crown for {day} May", text, minutes=day * 1440)
    return replace(found, publisher="bank.example")


def test_issues_of_a_series_stand_alone_and_the_same_take_does_not() -> None:
    issues = [_rates(n, f"{20 + n}.{n}7", 3 + n) for n in range(1, 5)]
    assert len({issue(features(each)).frame for each in issues}) == 1
    assert len(match_all(issues, window=14 * _DAY).groups) == 4
    again = replace(issues[0], id=ArticleId(9), url="https://bank.example/again", published_at=NOON + 4.01 * _DAY)
    groups = match_all([*issues, again], window=14 * _DAY).groups
    assert sorted(len(group.members) for group in groups) == [1, 1, 1, 2]


def test_a_take_with_another_figure_is_another_issue() -> None:
    one, other = features(_rates(1, "21.17", 4)), features(_rates(2, "22.27", 4))
    assert not is_one_take(compare(one, other))
