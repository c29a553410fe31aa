"""Articles and feeds in and out of a newsroom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import SamewireError
from ingest.match import records
from ingest.pipeline import batch, transfer
from ingest.pipeline.transfer import Wanted, exported, import_articles, import_opml
from tests.pipeline import texts
from tests.pipeline.conftest import Newsroom
from tests.pipeline.test_order import archive, written


def take_in(newsroom: Newsroom, records: list[dict[str, Any]]) -> tuple[int, int]:
    path = written(newsroom.folder / "archive.jsonl", records)
    return import_articles(newsroom.config(), path, newsroom.now, lambda _done, _total: None)


def out(newsroom: Newsroom, form: str = "jsonl") -> bytes:
    return b"".join(exported(newsroom.config(), Wanted(form=form), newsroom.now, lambda _done, _total: None))


def dump(newsroom: Newsroom) -> list[dict[str, Any]]:
    tables = ("articles", "members", "stories", "verdicts", "journal", "publishers", "entries", "revisions")
    return [row for table in tables for row in newsroom.rows(f"SELECT * FROM {table}")]


@pytest.fixture
def full(newsroom: Newsroom) -> Newsroom:
    newsroom.settings = "[export]\nfull_text = true\n"
    return newsroom


def test_importing_an_archive_twice_changes_nothing_the_second_time(newsroom: Newsroom) -> None:
    assert take_in(newsroom, archive()) == (len(archive()), 0)
    before = dump(newsroom)
    assert take_in(newsroom, archive()) == (0, len(archive()))
    assert dump(newsroom) == before


def test_an_import_that_was_stopped_goes_on_where_it_stopped(newsroom: Newsroom, tmp_path: Path) -> None:
    take_in(newsroom, archive()[:7])
    assert take_in(newsroom, archive()) == (len(archive()) - 7, 7)
    other = Newsroom(tmp_path / "other")
    other.folder.mkdir()
    take_in(other, archive())
    assert newsroom.stories() == other.stories()


def test_what_was_imported_comes_out_equal(full: Newsroom) -> None:
    records = {record["url"]: record for record in archive()}
    take_in(full, archive())
    lines = [json.loads(line) for line in out(full).splitlines()]
    assert len(lines) == len(records)
    for line in lines:
        record = records[line["url"]]
        assert {name: line[name] for name in ("title", "text", "publisher", "publisher_kind")} == {
            name: record[name] for name in ("title", "text", "publisher", "publisher_kind")
        }
        assert line["published_at"] == record["published_at"].replace("+00:00", "Z")
        assert line["status"] == "extracted"


def test_an_export_taken_in_elsewhere_gives_the_same_stories_and_the_same_export(
    full: Newsroom, tmp_path: Path
) -> None:
    records = archive()
    records[0] |= {"byline": ["Ada Quist"], "source_title": "Meridian"}
    take_in(full, records)
    other = Newsroom(tmp_path / "other", settings=full.settings)
    other.folder.mkdir()
    take_in(other, [json.loads(line) for line in out(full).splitlines()])
    assert other.stories() == full.stories()
    assert out(other) == out(full)


def test_an_export_taken_in_at_home_changes_nothing(full: Newsroom) -> None:
    site = full.site()
    full.follow(site.feed([site.article("/selva", texts.SUMMIT_TITLE, texts.SUMMIT)]), "Courier")
    full.poll()
    before = dump(full)
    assert take_in(full, [json.loads(line) for line in out(full).splitlines()]) == (0, 1)
    assert dump(full) == before


def test_an_archive_that_does_not_say_a_publishers_kind_leaves_it_alone(newsroom: Newsroom) -> None:
    site = newsroom.site()
    newsroom.follow(site.feed([]), "NewsHub247", "aggregator")
    newsroom.poll()
    take_in(newsroom, [{"id": "1", "publisher": "NewsHub247", "title": "t", "text": texts.SUMMIT[0]}])
    assert newsroom.one("SELECT kind FROM publishers WHERE name = 'NewsHub247'") == "aggregator"


def test_two_archives_that_number_their_articles_alike_lose_none(newsroom: Newsroom) -> None:
    take_in(newsroom, [{"id": "1", "title": texts.filler(1)[0], "text": "\n".join(texts.filler(1)[1])}])
    assert take_in(newsroom, [{"id": "1", "title": texts.filler(2)[0], "text": "\n".join(texts.filler(2)[1])}]) == (
        1,
        0,
    )
    assert newsroom.one("SELECT count(*) FROM articles") == 2


@pytest.mark.parametrize(
    "record",
    [
        {"title": "lone \ud800 surrogate", "text": "A \udfff text."},
        {"title": "nul \0 here", "text": "and \0 there"},
        {"title": "t", "text": "x", "url": "https://example.org/\ud800"},
        {"title": "t", "text": "x", "publisher": "P\ud800"},
        {"title": "t", "text": "x", "published_at": "0001-01-01T00:00:00Z"},
        {"title": "t", "text": "x", "published_at": "9999-12-31T23:59:59Z"},
        {"title": "", "text": ""},
    ],
    ids=["surrogates", "NUL", "surrogate in url", "surrogate in publisher", "year 1", "year 9999", "empty"],
)
def test_hostile_records_are_taken_in_and_come_out_as_sound_text(full: Newsroom, record: dict[str, str]) -> None:
    assert take_in(full, [{"id": "1", **record}]) == (1, 0)
    (line,) = out(full).splitlines()
    found = json.loads(line)
    assert "\0" not in found["title"] + found["text"]
    assert not any("\ud800" <= character <= "\udfff" for character in found["title"] + found["text"])
    full.must_be_sound()
    full.poll()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "1", "text": 5}', "expected strings"),
        ('{"title": "t", "text": "x"}', 'needs an "id"'),
        ("[1, 2]", "expected a JSON object"),
        ("{not json", "not JSON"),
        ('{"id": "1", "text": "x", "published_at": "yesterday"}', "no ISO 8601 time"),
        ('{"id": "1", "text": "x", "published_at": "0001-01-01T00:00:00+05:00"}', "no ISO 8601 time"),
        ("[" * 100_000, "not JSON"),
    ],
    ids=["number", "no id", "list", "torn", "no time", "before time", "deep"],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_stored(newsroom: Newsroom, line: str, said: str) -> None:
    path = newsroom.folder / "archive.jsonl"
    path.write_text('{"id": "0", "title": "fine", "text": "fine"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(SamewireError, match=said) as caught:
        import_articles(newsroom.config(), path, newsroom.now, lambda _done, _total: None)
    assert str(caught.value).startswith(f"{path}:2:")
    assert not newsroom.database.exists()


def test_feeds_taken_in_as_opml_come_out_again_and_are_polled(newsroom: Newsroom, tmp_path: Path) -> None:
    site = newsroom.site()
    site.feed([site.article("/l", *texts.filler(1))])
    opml = (
        '<opml version="2.0"><head/><body><outline text="North"><outline type="rss" text="One" '
        f'xmlUrl="{site.url("/feed.xml")}"/></outline><outline text="Bad" xmlUrl="javascript:alert(1)"/></body></opml>'
    )
    assert import_opml(newsroom.config(), opml.encode(), newsroom.now)[:2] == (1, 0)
    assert import_opml(newsroom.config(), opml.encode(), newsroom.now)[:2] == (0, 1)
    newsroom.poll()
    assert newsroom.one("SELECT count(*) FROM articles WHERE status = 'extracted'") == 1
    other = Newsroom(tmp_path / "other")
    other.folder.mkdir()
    assert import_opml(other.config(), out(newsroom, "opml"), other.now) == (1, 0, [])
    assert out(other, "opml") == out(newsroom, "opml")
    assert b'<outline text="North">' in out(other, "opml")
    assert other.one("SELECT url FROM feeds") == site.url("/feed.xml")


def test_opml_that_lists_a_configured_feed_changes_nothing_about_it(newsroom: Newsroom) -> None:
    site = newsroom.site()
    url = site.feed([])
    newsroom.follow(url, "Courier", "wire", more='interval = "5m"\nfetch_pages = false')
    newsroom.poll()
    wanted = "SELECT f.*, p.name, p.kind FROM feeds f JOIN publishers p ON p.id = f.publisher_id"
    before = newsroom.rows(wanted)
    opml = f'<opml version="2.0"><body><outline type="rss" text="Other" xmlUrl="{url}"/></body></opml>'
    assert import_opml(newsroom.config(), opml.encode(), newsroom.now) == (0, 1, [])
    (after,) = newsroom.rows(wanted)
    assert "Other" in str(after["outlines"])  # how that file lists it is kept, for writing the list again
    assert [{**after, "outlines": None}] == before


def test_csv_and_atom_come_out_of_a_newsroom(newsroom: Newsroom) -> None:
    take_in(newsroom, [*archive(), {"id": "formula", "title": "=HYPERLINK(1)", "text": texts.SUMMIT[0]}])
    table = out(newsroom, "csv").decode()
    assert len(table.splitlines()) == len(archive()) + 2
    assert "'=HYPERLINK(1)" in table
    assert out(newsroom, "atom").startswith(b"<?xml")


def test_a_text_longer_than_any_page_is_cut_and_counted(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "MAX_IMPORTED_CHARS", 1_000)
    long, short = ({"id": f"{n}", "title": f"Ferry {n}", "text": "word " * n, "publisher": "a"} for n in (400, 100))
    assert take_in(newsroom, [long, short]) == (2, 0)
    assert [row["n"] for row in newsroom.rows("SELECT length(text) AS n FROM articles ORDER BY id")] == [1_000, 500]
    assert newsroom.rows("SELECT name, bitten, last_subject FROM caps") == [
        {"name": "imported_text", "bitten": 1, "last_subject": "article 1"}
    ]
    assert take_in(newsroom, [long, short]) == (0, 2)


def test_of_an_endless_line_no_more_is_read_than_a_line_may_have(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (batch, records):
        monkeypatch.setattr(one, "MAX_LINE_CHARS", 5_000)
    path = newsroom.folder / "archive.jsonl"
    path.write_text('{"id": "1", "title": "t", "text": "x"}\n' + "[" * 100_000, encoding="utf-8")
    with pytest.raises(SamewireError, match=r"archive\.jsonl:2: a line of over 5000 characters"):
        import_articles(newsroom.config(), path, newsroom.now, lambda _done, _total: None)
    assert not newsroom.database.exists()
