"""What the index proposes, and what it forgets."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.match.choosing import MAX_CANDIDATES
from ingest.match.features import features
from ingest.match.index import Index
from ingest.match.postings import PER_DAY
from ingest.match.sketch import Sketch, sketch
from ingest.match.sketches import read
from ingest.model import ArticleId
from tests.match.samples import NOON, TEXTS, document, journey

_DAY = timedelta(days=1)
_FORMS = [
    features(form)
    for language in ("en", "ru", "zh")
    for form in journey(language, list(TEXTS).index(language) * 100 + 1)
]
_SKETCHES = {form.id: sketch(form) for form in _FORMS}


def filled(window: timedelta = 14 * _DAY) -> Index:
    index = Index(window)
    for form in _FORMS:
        index.add(form.id, _SKETCHES[form.id], form.at)
    return index


@pytest.mark.parametrize("place", range(len(_FORMS)))
def test_every_form_of_a_text_is_proposed_for_every_other(place: int) -> None:
    form = _FORMS[place]
    own = {other.id for other in _FORMS if other.id // 100 == form.id // 100}
    assert set(filled().candidates(_SKETCHES[form.id], form.at)) == own


def test_a_sketch_survives_storing() -> None:
    index = Index(_DAY)
    for form in _FORMS:
        kept = Sketch.from_bytes(_SKETCHES[form.id].to_bytes())
        assert kept.to_bytes() == _SKETCHES[form.id].to_bytes()
        index.add(form.id, kept, form.at)
    assert all(
        index.candidates(_SKETCHES[form.id], form.at) == filled().candidates(_SKETCHES[form.id], form.at)
        for form in _FORMS
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"\x02" + b"\0" * 47, sketch(_FORMS[0]).to_bytes()[:-1], sketch(_FORMS[0]).to_bytes() + bytes(8)],
    ids=["empty", "other", "torn", "long"],
)
def test_bytes_that_are_no_sketch_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="sketch"):
        Sketch.from_bytes(data)
    good = sketch(_FORMS[0]).to_bytes()
    for many in ([data], [good, data], [data, good]):
        with pytest.raises(ValueError, match="sketch"):
            read(many)


def test_an_empty_text_is_held_and_proposes_nobody() -> None:
    index = filled()
    nothing = sketch(features(document(9999, "", "")))
    index.add(ArticleId(9999), nothing, None)
    assert ArticleId(9999) in index
    assert index.candidates(nothing, None) == ()
    index.remove(ArticleId(9999))
    assert ArticleId(9999) not in index


def test_the_window_compares_times_and_lets_unknown_ones_in() -> None:
    index = Index(_DAY)
    a, b = _FORMS[0], _FORMS[1]
    index.add(a.id, _SKETCHES[a.id], NOON)
    assert index.candidates(_SKETCHES[b.id], NOON + _DAY) == (a.id,)
    assert index.candidates(_SKETCHES[b.id], NOON + _DAY + timedelta(seconds=1)) == ()
    assert index.candidates(_SKETCHES[b.id], None) == (a.id,)


def test_forgetting_lets_go_by_time_and_leaves_nothing_behind() -> None:
    index = filled()
    index.add(ArticleId(9998), _SKETCHES[_FORMS[0].id], None, kept_at=NOON - _DAY)
    index.add(ArticleId(9997), _SKETCHES[_FORMS[0].id], None)
    assert index.forget(NOON - timedelta(hours=1)) == 1
    assert index.forget(NOON + 30 * _DAY) == len(_FORMS)
    assert len(index) == 1
    index.remove(ArticleId(9997))
    assert len(index) == 0 and index.candidates(_SKETCHES[_FORMS[0].id], None) == ()
    index.remove(ArticleId(9997))


def test_adding_an_article_again_replaces_it() -> None:
    index = Index(_DAY)
    a, b = _FORMS[0], _FORMS[-1]
    index.add(a.id, _SKETCHES[a.id], NOON)
    index.add(a.id, _SKETCHES[b.id], NOON)
    assert index.candidates(_SKETCHES[a.id], NOON) == ()
    assert index.candidates(_SKETCHES[b.id], NOON) == (a.id,)


@pytest.mark.parametrize("backwards", [False, True])
def test_of_a_crowd_the_earliest_of_each_day_stay_and_the_rest_is_counted(backwards: bool) -> None:
    index = Index(3 * _DAY)
    numbers = list(range(900))
    for number in reversed(numbers) if backwards else numbers:
        at = NOON.replace(hour=0) + timedelta(minutes=number % 300, days=number // 300)
        index.add(ArticleId(number), _SKETCHES[_FORMS[0].id], at)
    found = index.candidates(_SKETCHES[_FORMS[0].id], NOON.replace(hour=0))
    assert found == (*range(PER_DAY), *range(300, 300 + PER_DAY))[:MAX_CANDIDATES]  # of equals the nearest
    assert index.capped_postings > 0
    assert index.capped_candidates == 3 * PER_DAY - MAX_CANDIDATES > 0


@pytest.mark.parametrize("place", range(len(_FORMS)))
def test_datasketch_proposes_what_the_table_proposes(place: int) -> None:
    other = Index(14 * _DAY, bands="datasketch")
    for form in _FORMS:
        other.add(form.id, _SKETCHES[form.id], form.at)
    probe = _FORMS[place]
    assert other.candidates(_SKETCHES[probe.id], probe.at) == filled().candidates(_SKETCHES[probe.id], probe.at)


@settings(max_examples=20)
@given(st.permutations(_FORMS))
def test_the_order_of_adding_changes_no_answer(forms: list) -> None:  # type: ignore[type-arg]
    index = Index(_DAY)
    for form in forms:
        index.add(form.id, _SKETCHES[form.id], form.at)
    probe = _FORMS[3]
    assert index.candidates(_SKETCHES[probe.id], probe.at) == filled(_DAY).candidates(_SKETCHES[probe.id], probe.at)


def test_who_asks_changes_no_pair() -> None:
    """In a live newsroom the later article asks; which of two is later must not decide whether they are compared."""
    texts = [(form.title, form.text) for language in ("en", "ru", "de") for form in journey(language, 1)]
    for title, text in list(texts):
        words = text.split()
        texts += [(title, " ".join(words[start : start + count])) for start in (0, 3) for count in (6, 8, 14, 40)]
    articles = [document(number, title, text) for number, (title, text) in enumerate(texts)]
    sketches = {article.id: sketch(features(article)) for article in articles}
    index = Index(_DAY)
    for article in articles:
        index.add(article.id, sketches[article.id], None)
    answers = {number: set(index.candidates(each, None)) for number, each in sketches.items()}
    assert not index.capped_candidates
    assert not [(a, b) for a, found in answers.items() for b in found if a not in answers[b]]
    assert sum(len(found) for found in answers.values()) > 4 * len(answers)


def test_datasketch_is_loaded_by_who_asks_for_it_alone() -> None:
    code = (
        "import sys, datetime, ingest.match.batch as batch; batch.Index(datetime.timedelta(days=1));"
        "sys.exit('datasketch' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
