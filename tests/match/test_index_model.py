"""The index against its definition: the same answers as dictionaries of sets, whatever is added, removed, loaded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import pytest

from ingest.match import chains, table
from ingest.match.index import Index
from ingest.match.keys import BANDS, FLASH_S, ROWS, named
from ingest.match.postings import PER_DAY
from ingest.match.rows import microseconds
from ingest.match.sketch import Sketch
from ingest.match.sketches import read
from ingest.model import ArticleId
from tests.match.samples import NOON

WINDOW = timedelta(days=3)
Held = tuple[Sketch, float | None, float | None]  # with its time, and what forgetting goes by, in seconds after noon


@dataclass
class Model:
    """What the index is meant to answer, computed by looking at every article."""

    held: dict[int, Held] = field(default_factory=dict)

    def candidates(self, asking: Sketch, at: float | None) -> list[int]:
        found = []
        for number, (other, other_at, _) in self.held.items():
            both = at is not None and other_at is not None
            gap = abs(at - other_at) if at is not None and other_at is not None else 0.0
            if not (both and gap > WINDOW.total_seconds()) and self._is_worth(asking, other, gap, both):
                found.append(number)
        return sorted(found)

    def _is_worth(self, a: Sketch, b: Sketch, gap: float, both: bool) -> bool:
        leads = len(set(a.lead.tolist()) & set(b.lead.tolist()))
        if a.whole or b.whole:
            shared = leads >= max(1, *(each.lead.size for each in (a, b) if each.whole))
        else:
            votes = leads + len(set(a.body.tolist()) & set(b.body.tolist())) + 2 * _share_a_band(a, b)
            shared = votes >= (1 if min(a.body.size, b.body.size) < 3 else 2)
        short = any(each.whole or not each.lead.size for each in (a, b))
        sources = set(named(a.agency, a.publisher)) & set(named(b.agency, b.publisher))
        item = both and bool(sources) and a.flash != b.flash and gap <= FLASH_S
        return shared or (a.title != 0 and a.title == b.title and short) or item


def _share_a_band(a: Sketch, b: Sketch) -> bool:
    if not a.signature.size or not b.signature.size:
        return False
    return bool((a.signature == b.signature).reshape(BANDS, ROWS).all(axis=1).any())


def drawn(rng: np.random.Generator) -> Sketch:
    """A sketch that shares something with many others."""
    able = rng.random() < 0.9
    signature = rng.integers(0, 5, BANDS * ROWS).astype(np.uint32) if able else np.empty(0, dtype=np.uint32)
    whole = able and rng.random() < 0.15
    body = np.unique(rng.integers(0, 200, rng.integers(0, 12)).astype(np.uint64) * np.uint64(16))
    lead = np.unique(rng.integers(0, 300, rng.integers(0, 4 if whole else 16)).astype(np.uint64) * np.uint64(2))
    nothing = np.empty(0, dtype=np.uint64)
    return Sketch(
        signature=signature,
        body=body if able else nothing,
        lead=lead if able else nothing,
        whole=whole,
        digest=int(rng.integers(0, 1 << 63)),
        words=0,
        title=int(rng.integers(-3, 4)),
        agency=int(rng.integers(0, 3)),
        publisher=int(rng.integers(0, 5)),
        flash=rng.random() < 0.3,
    )


def times(rng: np.random.Generator) -> tuple[float | None, float]:
    at = float(rng.integers(-8 * 86400, 8 * 86400))
    return (None if rng.random() < 0.2 else at), at


def bulk(index: Index, articles: dict[int, Held]) -> None:
    """Add articles at once."""
    stamps = [at if at is not None else kept_at for _, at, kept_at in articles.values()]
    index.add_all(
        np.array(list(articles), dtype=np.int64),
        read([each.to_bytes() for each, _, _ in articles.values()]),
        np.array([microseconds(NOON + timedelta(seconds=at or 0.0)) for at in stamps], dtype=np.int64),
        np.array([at is not None for _, at, _ in articles.values()]),
    )


def add(index: Index, number: int, held: Held) -> None:
    each, at, kept_at = held
    index.add(ArticleId(number), each, _time(at), kept_at=_time(kept_at))


def _time(seconds: float | None) -> object:
    return None if seconds is None else NOON + timedelta(seconds=seconds)


@pytest.fixture(params=["usual", "tight"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The usual limits, and such that small sets make crowds, chunks and larger tables."""
    if request.param == "tight":
        monkeypatch.setattr(table, "LONG", 4)
        monkeypatch.setattr(table, "MANY", 2)
        monkeypatch.setattr(table, "IDLE", 8)
        monkeypatch.setattr(chains, "_CHUNK_BITS", 6)
    yield


@pytest.mark.parametrize("bands", ["table", "datasketch"])
@pytest.mark.parametrize("seed", range(3))
def test_every_answer_is_that_of_the_definition(sizes: None, seed: int, bands: str) -> None:
    rng = np.random.default_rng(seed)
    index, model = Index(WINDOW, bands=bands), Model()
    for _ in range(8):
        new = {int(number): (drawn(rng), *times(rng)) for number in np.unique(rng.integers(0, 90, 12))}
        if rng.random() < 0.5:
            bulk(index, new)
        else:
            for number, held in new.items():
                add(index, number, held)
        model.held |= new
        for number in rng.integers(0, 90, 4).tolist():
            index.remove(ArticleId(number))
            model.held.pop(number, None)
        if rng.random() < 0.3:
            before = float(rng.integers(-8, -2)) * 86400
            old = [n for n, (_, at, kept) in model.held.items() if (kept if at is None else at) < before]
            assert index.forget(NOON + timedelta(seconds=before)) == len(old)
            for number in old:
                del model.held[number]
        assert len(index) == len(model.held)
        assert all((number in index) == (number in model.held) for number in range(90))
        for _ in range(3):
            asking, (at, _) = drawn(rng), times(rng)
            assert list(index.candidates(asking, _time(at))) == model.candidates(asking, at)
    assert not index.capped_postings and not index.capped_candidates


def test_a_table_that_grows_finds_what_the_small_one_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    keys = rng.integers(0, 1 << 36, 6000, dtype=np.uint64)
    keys[::7] = keys[0]
    monkeypatch.setattr(chains, "_CHUNK_BITS", 9)
    some = chains.Chains()
    some.append(keys[:1000], linked=np.arange(1000) % 5 != 0)
    some.append(keys[1000:])
    starts = np.arange(1, 6002, 10)
    kept = np.arange(600) % 3 != 1
    expected = defaultdict(list)
    number = 0
    for place, key in enumerate(keys.tolist()):
        if kept[place // 10] and not (place < 1000 and place % 5 == 0):
            number += 1
            expected[key].append(number)
    monkeypatch.setattr(chains, "_bits_for", lambda _postings: 23)
    assert some.squeeze(starts, kept).sum() == number
    distinct = np.unique(keys)
    which, postings, _ = some.under(distinct)
    found = defaultdict(list)
    for place, posting in zip(which.tolist(), postings.tolist(), strict=True):
        found[int(distinct[place])].append(posting)
    assert {key: sorted(held) for key, held in found.items()} == expected


@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_is_thinned_alike_whatever_the_order(seed: int) -> None:
    """More than PER_DAY articles of one day under the same keys, added one by one, at once, or both."""
    rng = np.random.default_rng(seed)
    count = PER_DAY + 40
    articles: dict[int, Held] = {}
    for number in range(count):
        each = Sketch(
            signature=np.full(BANDS * ROWS, 7, dtype=np.uint32), body=np.arange(4, dtype=np.uint64) * np.uint64(16),
            lead=np.arange(6, dtype=np.uint64) * np.uint64(2), whole=False, digest=int(rng.integers(0, 50)), words=0,
            title=0, agency=0, publisher=number, flash=False,
        )  # fmt: skip
        articles[number] = (each, float(rng.integers(0, 1000)) if number % 9 else None, 0.0)
    asking = articles[0][0]
    answers = []
    for part in (0, count, int(rng.integers(1, count - 1))):
        order = rng.permutation(count).tolist()
        index = Index(WINDOW)
        if part:
            bulk(index, {number: articles[number] for number in order[:part]})
        for number in order[part:]:
            add(index, number, articles[number])
        answers.append((index.candidates(asking, NOON), index.capped_postings))
        assert len(answers[-1][0]) == PER_DAY + sum(at is None for _, at, _ in articles.values())
    assert len(Counter(answers)) == 1 and answers[0][1] > 0


def _of_crowd(number: int) -> Sketch:
    """Of a crowd whose articles share their leads, and every other one its bands and body too."""
    whole = number % 2
    return Sketch(
        signature=np.full(BANDS * ROWS, number * (1 - whole), dtype=np.uint32),
        body=np.arange(3 * whole, dtype=np.uint64), lead=np.arange(6, dtype=np.uint64) * np.uint64(2), whole=False,
        digest=number, words=0, title=0, agency=0, publisher=0, flash=False,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_a_crowd_that_comes_in_blocks_is_the_crowd_that_came_one_by_one(seed: int) -> None:
    """At a start signatures come in blocks in the order of their times, a day's in several of them."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.integers(-90_000, 90_000, 5 * PER_DAY)).tolist()
    articles: dict[int, Held] = {number: (_of_crowd(number), float(at), 0.0) for number, at in enumerate(times)}
    blocks, single = Index(WINDOW), Index(WINDOW)
    for start in range(0, len(articles), 70):
        bulk(blocks, {number: articles[number] for number in list(articles)[start : start + 70]})
    for number, held in articles.items():
        add(single, number, held)
    for asking in (articles[0][0], articles[1][0]):
        for at in (None, *(86_400.0 * day for day in (-2, -1, 0, 1, 3))):
            assert blocks.candidates(asking, _time(at)) == single.candidates(asking, _time(at))
    assert blocks.capped_postings == single.capped_postings > 0


def test_who_was_let_go_keeps_no_place_in_a_crowd() -> None:
    index, day = Index(WINDOW), PER_DAY + 10
    crowd: dict[int, Held] = {number: (_of_crowd(1), float(number), 0.0) for number in range(2 * day)}
    bulk(index, dict(list(crowd.items())[:day]))
    for number in range(0, 40, 2):
        index.remove(ArticleId(number))
    bulk(index, dict(list(crowd.items())[day:]))
    found = index.candidates(_of_crowd(1), NOON)
    assert len(found) == PER_DAY
    assert not set(found) & set(range(0, 40, 2))
