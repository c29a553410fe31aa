"""Signatures in the database: read in bulk by time, and never mixed with those of another make."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.model import ArticleId
from ingest.store import signatures
from ingest.store.connection import Store
from ingest.store.signatures import Make, Signed
from ingest.store.stories import store_claim

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MAKE = Make(epoch=3, algorithm="affine32", seed=1, tokeniser=1)
_HOUR = timedelta(hours=1)


@pytest.fixture
def store(desk) -> Store:  # type: ignore[no-untyped-def]
    connection = desk.store.connection
    connection.execute("INSERT INTO publishers (id, name, domain, kind) VALUES (1, 'A', 'a.example', 'outlet')")
    connection.executemany(
        "INSERT INTO articles (id, publisher_id, identity, url, title, text, content_hash, matched_hash, status, "
        "text_source, first_seen_at) "
        "VALUES (?, 1, ?, ?, '', '', 'x', 'x', 'extracted', 'feed', '2026-05-01T12:00:00Z')",
        [(number, str(number), f"https://a.example/{number}") for number in range(1, 7)],
    )
    for number in range(1, 7):
        at = NOON + number * _HOUR
        signed = Signed(
            make=MAKE, at=None if number == 3 else at, kept_at=at, sketch=bytes([number]), skipped=None, words=0,
            title=0, frame=0,
        )  # fmt: skip
        signatures.store_signature(desk.store, ArticleId(number), signed)
    return desk.store  # type: ignore[no-any-return]


def _read(store: Store, make: Make, *, since: datetime) -> list[tuple[int, int, int, bytes]]:
    rows = signatures.sketches(store.connection, make=make, since=since)
    return [row for each in rows for row in zip(each.ids, each.kept_s, each.timed, each.blobs, strict=True)]


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_sketches_are_read_by_time_whatever_the_batch(
    store: Store, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "_BATCH", batch)
    since = NOON + 2 * _HOUR
    expected = [
        (number, int((NOON + number * _HOUR).timestamp()), int(number != 3), bytes([number])) for number in range(2, 7)
    ]
    assert _read(store, MAKE, since=since) == expected
    assert signatures.count_sketches(store.connection, since=since) == len(expected)


def test_between_two_times_those_without_one_of_their_own_are_left_out(store: Store) -> None:
    found = signatures.sketches_between(store.connection, make=MAKE, since=NOON + 2 * _HOUR, until=NOON + 5 * _HOUR)
    assert [number for each in found for number in each.ids] == [2, 4]


@pytest.mark.parametrize("changed", [{"epoch": 4}, {"algorithm": "affine64"}, {"seed": 2}, {"tokeniser": 2}])
def test_signatures_of_another_make_are_not_read_and_their_articles_wait(store: Store, changed: dict) -> None:  # type: ignore[type-arg]
    make = replace(MAKE, **changed)
    assert _read(store, make, since=NOON) == []
    assert signatures.forget_other_makes(store, make=MAKE) == 0
    assert signatures.forget_other_makes(store, make=make) == 6
    assert store.connection.execute("SELECT count(*) FROM articles WHERE matched_hash IS NULL").fetchone()[0] == 6


def test_looking_for_other_makes_reads_no_sketch(store: Store) -> None:
    plan = store.connection.execute(
        "EXPLAIN QUERY PLAN SELECT article_id FROM signatures WHERE NOT (epoch = 3 AND algorithm = 'affine32' "
        "AND seed = 1 AND tokeniser = 1)"
    ).fetchall()
    assert any("COVERING INDEX signatures_by_kept" in row["detail"] for row in plan)


@pytest.mark.parametrize(("change", "kept"), [("kind = 'wire'", 0), ("name = 'B'", 0), ("kind = 'outlet'", 6)])
def test_a_publisher_that_changes_loses_the_claims_of_its_articles(store: Store, change: str, kept: int) -> None:
    for number in range(1, 7):
        store_claim(store, ArticleId(number), "{}")
    store.connection.execute(f"UPDATE publishers SET {change} WHERE id = 1")
    assert store.connection.execute("SELECT count(*) FROM claims").fetchone()[0] == kept
