"""What is left when nothing waits: large stories computed whole, passages learned, stories related to events."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import matching
from ingest.pipeline.transfer import import_articles
from ingest.store import events
from ingest.store.connection import open_writer
from tests.pipeline import texts
from tests.pipeline.conftest import Newsroom, written

_BOX = "Sign here for the evening letter of the Courier, which tells in nine lines what the day was good for."


def taken_in(newsroom: Newsroom, records: list[dict[str, object]], name: str = "a") -> Newsroom:
    newsroom.now += timedelta(days=30)
    import_articles(
        newsroom.config(), written(newsroom.folder / f"{name}.jsonl", records), newsroom.now, lambda *_: None
    )
    newsroom.must_be_sound()
    return newsroom


def record(number: int, title: str, paragraphs: list[str], publisher: str, minutes: int) -> dict[str, object]:
    return {
        "id": f"a{number}",
        "url": f"https://{publisher}/{number}",
        "title": title,
        "text": "\n".join(paragraphs),
        "published_at": f"2026-05-05T{8 + minutes // 60:02d}:{minutes % 60:02d}:00Z",
        "publisher": publisher,
    }


def test_a_large_story_takes_members_without_being_computed_whole_and_settles_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [
        record(n, texts.SUMMIT_TITLE, [*texts.SUMMIT, f"Desk {n} added a line of its own here."], f"p{n}.example", n)
        for n in range(30)
    ]
    rooms = []
    regroup = matching.Matcher.regroup
    for large in (5, 10_000):
        whole: list[int] = []

        def counted(*args: Any, whole: list[int] = whole) -> None:
            whole.append(1)
            regroup(*args)

        monkeypatch.setattr(matching, "LARGE", large)
        monkeypatch.setattr(matching.Matcher, "regroup", counted)
        (tmp_path / str(large)).mkdir()
        rooms.append((taken_in(Newsroom(tmp_path / str(large)), records), len(whole)))
    (bounded, few), (plain, many) = rooms
    assert few < 20 < 30 <= many
    assert bounded.stories() == plain.stories()
    assert bounded.one("SELECT count(*) FROM stories WHERE settled IS NOT NULL") == 0


def test_what_a_publisher_repeats_is_learned_and_says_so(tmp_path: Path) -> None:
    records = [
        record(n, title, [*paragraphs, _BOX], "courier.example", 10 * n)
        for n, (title, paragraphs) in enumerate(
            [
                (texts.SUMMIT_TITLE, list(texts.SUMMIT)),
                texts.filler(3),
                texts.filler(5),
                texts.filler(8),
                texts.sanctions(12),
            ]
        )
    ]
    room = taken_in(Newsroom(tmp_path), records)
    learned = room.rows("SELECT words, articles FROM boilerplate")
    assert any(row["words"].startswith(_BOX[:30]) for row in learned), learned
    assert room.one("SELECT max(learned) FROM signatures") >= 1


def test_two_reports_of_one_happening_are_related_and_one_event(tmp_path: Path) -> None:
    one = [
        "A fire destroyed the Halvorsen paper mill in Tromso on Monday, and 14 workers were taken to hospital with"
        " burns. The flames were seen from across the fjord, fire chief Berit Nygaard said.",
        "The mill, which employs 230 people, had been repaired in spring after a first fire in its boiler house.",
    ]
    other = [
        "Berit Nygaard had not slept for thirty hours when she stood before the cameras in Tromso. Her crews fought the"
        " blaze at the Halvorsen mill all night, in vain.",
        "Doctors at the university clinic treated 14 people for burns. What becomes of the 230 jobs is open, the"
        " company wrote to its staff.",
    ]
    room = taken_in(
        Newsroom(tmp_path),
        [
            record(1, "Paper mill burns down in Tromso, 14 hurt", one, "p1.example", 0),
            record(2, "Night of fire at the Halvorsen mill", other, "p2.example", 90),
            record(3, *texts.filler(3), "p3.example", 100),
        ],
    )
    assert room.one("SELECT count(*) FROM stories WHERE merged_into IS NULL") == 3
    (link,) = room.rows("SELECT reason, score, explanation FROM related")
    assert link["reason"] == "same-event"
    assert "Halvorsen" in link["explanation"] or "halvorsen" in link["explanation"]
    assert room.one("SELECT count(DISTINCT event_id) FROM stories WHERE merged_into IS NULL") == 2
    assert room.one("SELECT count(*) FROM stories WHERE related_at IS NULL AND merged_into IS NULL") == 0


def test_a_pair_that_matches_and_lies_in_two_stories_says_why(tmp_path: Path) -> None:
    from ingest.model import ConstraintKind
    from ingest.store.corrections import record_constraint

    room = taken_in(
        Newsroom(tmp_path),
        [record(n, texts.SUMMIT_TITLE, list(texts.SUMMIT), f"p{n}.example", n) for n in (1, 2)],
    )
    assert room.one("SELECT count(*) FROM verdicts WHERE refused IS NOT NULL") == 0
    with room.desk() as desk:
        record_constraint(desk.store, ConstraintKind.APART, 1, 2, made_by="me", now=room.now)  # type: ignore[arg-type]
        desk.matcher.obey(desk.store, room.now)
    assert room.rows("SELECT refused FROM verdicts") == [{"refused": "person"}]


def test_a_flood_of_one_template_is_not_computed_whole_with_each_of_its_items(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None joins another, so none's place depends on the others, series or not."""
    looked_at: list[int] = []
    claims_of = matching.claims_of

    def counted(store: Any, ids: Any, known: Any) -> Any:
        looked_at.append(len(ids))
        return claims_of(store, ids, known)

    monkeypatch.setattr(matching, "claims_of", counted)
    records = [
        record(n, f"Summit story number {n}", [f"Leaders met and agreed on item {n}."], "hostile.example", n)
        for n in range(60)
    ]
    room = taken_in(Newsroom(tmp_path), records)
    assert room.rows("SELECT 1 FROM verdicts") == []  # each holds most of the next and none all of it
    assert len(room.rows("SELECT 1 FROM stories WHERE merged_into IS NULL")) == 60
    assert len(looked_at) >= 60
    assert max(looked_at) == 1


def test_a_story_is_related_once_its_articles_are_matched(tmp_path: Path) -> None:
    """In a burst thousands wait to be matched: what is related before is related again."""
    records = [record(n, title, list(paragraphs), f"p{n}.example", n) for n, (title, paragraphs) in enumerate(
        [(texts.SUMMIT_TITLE, texts.SUMMIT), texts.filler(3)])]  # fmt: skip
    newsroom = taken_in(Newsroom(tmp_path), records)
    with open_writer(newsroom.config().database_path, for_command="test") as store:
        store.connection.execute("UPDATE stories SET related_at = NULL")
        first, second = (each.members for each in events.waiting(store.connection, limit=10))
        store.connection.execute("UPDATE articles SET matched_hash = NULL WHERE id = ?", first)
        assert [each.members for each in events.waiting(store.connection, limit=10)] == [second]
        store.connection.execute("UPDATE articles SET status = 'pending', attempts = 0 WHERE id = ?", first)
        assert [each.members for each in events.waiting(store.connection, limit=10)] == [second]
        store.connection.execute("UPDATE articles SET matched_hash = content_hash")
        assert [each.members for each in events.waiting(store.connection, limit=1)] == [first]
