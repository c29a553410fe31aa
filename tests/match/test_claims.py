"""What an article says of its origin, and that it can be kept."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.claims import CLAIM_VERSION, Claim, claim
from ingest.match.clean import clean
from ingest.model import Document, FeedKind
from tests.match.samples import NOON, TEXTS, document

_TITLE, _PARAGRAPHS = TEXTS["en"]
_TEXT = "\n".join(_PARAGRAPHS)


def _of(text: str = _TEXT, title: str = _TITLE, **fields: object) -> Claim:
    return claim(document(1, title, text, **fields))


def test_copies_share_their_digests_whatever_stands_around_them() -> None:
    own = _of()
    copy = _of("ANCHORAGE (Reuters) - " + _TEXT + "\nShare this: on everything", title=f"{_TITLE} - Valley Lantern")
    assert (copy.text, copy.opening, copy.headline) == (own.text, own.opening, own.headline)
    assert _of(_TEXT.replace("agreed", "chose")).text != own.text
    assert _of("\n".join(_PARAGRAPHS[:2])).opening == own.opening


@pytest.mark.parametrize(
    ("fields", "credit", "borrowed"),
    [
        ({"text": "ANCHORAGE (Reuters) - " + _TEXT}, "Reuters", True),
        ({"text": "ANCHORAGE (Reuters) - " + _TEXT, "publisher": "reuters.com"}, "Reuters", False),
        (
            {"text": "ANCHORAGE (Meridian Press) - " + _TEXT, "publisher": "meridianpress.example"},
            "Meridian Press",
            False,
        ),
        ({"text": _TEXT + "\n© 2026 The Valley Lantern. All rights reserved."}, None, False),
        ({"agency": "The Valley Lantern"}, None, False),
        ({"agency": "Reuters"}, "Reuters", True),
        ({"agency": "Reuters", "text": _TEXT + "\nReuters contributed to this report."}, None, False),
        ({"agency": "AP", "text": _TEXT + "\nReuters contributed to this report."}, "AP", True),
        ({"source_title": "Agence France-Presse"}, "AFP", True),
        ({"source_title": "The Daily Courier"}, None, False),
        ({"text": "LONDON, Nov. 3, 2026 /PRNewswire/ -- " + _TEXT}, None, False),
    ],
)
def test_the_agency_is_the_one_whose_text_it_is(fields: dict[str, object], credit: str | None, borrowed: bool) -> None:
    found = _of(**fields)  # type: ignore[arg-type]
    assert (found.credit, found.borrowed) == (credit, borrowed)


@pytest.mark.parametrize(
    ("fields", "untrusted"),
    [
        ({}, False),
        ({"kind": FeedKind.AGGREGATOR}, True),
        ({"publisher": "msn.com"}, True),
        ({"publisher": "msn.com", "kind": FeedKind.WIRE}, False),
        ({"publisher": "prnewswire.com"}, True),
        ({"publisher": "PR Newswire"}, True),
        ({"text": _TEXT + "\nRead Entire Article"}, True),
        ({"text": "By Jane Doe Northern Star staff\n" + _TEXT + "\n© 2026 Northern Star."}, True),
        ({"text": _TEXT + "\n© 2026 Northern Star."}, False),
    ],
)
def test_who_shows_others_texts_is_told_by_configuration_host_and_marks(
    fields: dict[str, object], untrusted: bool
) -> None:
    assert _of(**fields).untrusted is untrusted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "publisher", "foreign"),
    [
        (f"{_TITLE} - Valley Lantern", "p1.example", True),
        (f"{_TITLE} | Valley Lantern", "valleylantern.example", False),
        (f"{_TITLE} - The New York Times", "nytimes.com", False),
        (f"UPDATE 1-{_TITLE} - Valley Lantern", "p1.example", True),
        ("代表团会晤 - Valley Lantern", "p1.example", True),
        (_TITLE, "p1.example", False),
        ("", "p1.example", False),
        (f"{_TITLE} - Valley Lantern", None, False),
    ],
)
def test_another_publishers_name_behind_a_title_is_noted(title: str, publisher: str | None, foreign: bool) -> None:
    assert (_of(title=title, publisher=publisher).tail is not None) is foreign


def test_a_title_that_the_text_repeats_ends_in_its_own_words() -> None:
    title = "How to replace brake pads – From an Old Mechanic"
    assert _of(f"{title}\n{_TEXT}", title=title).tail is None
    assert _of(title=title).tail is not None


@pytest.mark.parametrize(
    ("fields", "marks"),
    [
        ({"title": f"CORRECTED-{_TITLE}"}, (True, False, False)),
        ({"text": "(Corrects the date in paragraph 2)\n" + _TEXT}, (True, True, False)),
        ({"title": f"UPDATE 1-{_TITLE}"}, (False, False, True)),
        ({"title": "ACTUALIZACIÓN: Las delegaciones se reúnen"}, (False, False, True)),
        ({}, (False, False, False)),
    ],
)
def test_a_later_version_says_so(fields: dict[str, object], marks: tuple[bool, bool, bool]) -> None:
    found = _of(**fields)  # type: ignore[arg-type]
    assert (found.corrected, found.noted, found.updated) == marks
    assert found.revised is any(marks)


def test_a_release_is_noted_with_who_speaks() -> None:
    text = "LONDON, Nov. 3, 2026 /PRNewswire/ -- Kelmo opens.\n" + _TEXT + "\nSOURCE Kelmo Inc."
    found = _of(text, publisher="kelmo.example")
    assert (found.release, found.service, found.company) == (True, "PR Newswire", "Kelmo Inc")
    assert found.is_company("Kelmo Inc") and found.self_named
    assert not _of(text, publisher="p1.example").is_company("Kelmo Inc")


def test_an_unnamed_publisher_is_a_family_of_its_own() -> None:
    found = _of(publisher=None)
    assert (found.family, found.name) == ("#1", "an unnamed publisher")
    assert not found.is_of("Reuters") and not found.self_named


_DOCUMENTS = st.builds(
    Document,
    id=st.integers(1, 9),
    key=st.text(max_size=5),
    title=st.sampled_from([_TITLE, f"CORRECTED: {_TITLE} - Courier", ""]) | st.text(max_size=30),
    text=st.sampled_from([_TEXT, "A (Reuters) - " + _TEXT, "x\nSOURCE Acme Inc", ""]) | st.text(max_size=200),
    published_at=st.none() | st.datetimes(timezones=st.just(NOON.tzinfo)),  # type: ignore[arg-type]
    publisher=st.none() | st.sampled_from(["p1.example", "msn.com", "Reuters"]) | st.text(max_size=12),
    kind=st.sampled_from(FeedKind),
    language=st.sampled_from([None, "en", "zh"]),
    url=st.none() | st.text(max_size=12),
    agency=st.none() | st.text(max_size=9),
    source_title=st.none() | st.text(max_size=9),
    first_seen_at=st.none() | st.datetimes(timezones=st.just(NOON.tzinfo)),  # type: ignore[arg-type]
    baseline=st.booleans(),
)


@given(_DOCUMENTS)
def test_a_claim_comes_back_from_its_json_as_it_was(made: Document) -> None:
    found = claim(made)
    back = Claim.from_json(found.to_json())
    assert back == found
    assert (back.stamp, back.family, back.names, back.named) == (found.stamp, found.family, found.names, found.named)
    assert "\n" not in found.to_json()
    assert claim(made, clean(made.title, made.text)) == found


@pytest.mark.parametrize("change", [{"version": CLAIM_VERSION + 1}, {"words": None, "more": 1}])
def test_a_claim_of_another_version_is_refused(change: dict[str, object]) -> None:
    values = json.loads(_of().to_json()) | change
    with pytest.raises(ValueError, match="not a claim"):
        Claim.from_json(json.dumps(values))


def test_a_claim_is_small() -> None:
    assert len(_of("ANCHORAGE (Reuters) - " + _TEXT * 20).to_json()) < 800


def test_long_hostile_text_costs_a_claim_little() -> None:
    started = time.process_time()
    claim(replace(document(1, "a - " * 2_000, "(a - A) © \n" * 18_000), publisher="a" * 500))
    assert time.process_time() - started < 20.0  # some two seconds; quadratic time takes minutes
