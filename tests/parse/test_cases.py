"""Feeds of the world by class of trouble: each case is data, with what must come of it beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import ParseError
from ingest.model import Entry, ParsedFeed
from ingest.parse.feed import parse_feed
from tests.parse.feeds import answer

CASES = Path(__file__).parent / "cases"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "media": "http://search.yahoo.com/mrss/",
        "atom": "http://www.w3.org/2005/Atom",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "slash": "http://purl.org/rss/1.0/modules/slash/",
        "georss": "http://www.georss.org/georss",
        "xhtml": "http://www.w3.org/1999/xhtml",
        "own": "http://own.example/ns",
    }.items()
)
WRAPS = {
    "none": "{}",
    "rss": f'<rss version="2.0" {NAMESPACES}><channel><title>Top</title>{{}}</channel></rss>',
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>Top</title>{}</feed>',
}


def cases() -> list[Any]:
    return [*_cases()]


def _cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


def body_of(case: dict[str, Any]) -> bytes:
    return WRAPS[case["wrap"]].format(case["body"]).encode(case.get("encoding", "utf-8"))


def told(entry: Entry) -> dict[str, Any]:
    """An entry in the words of the cases: what is not there is empty."""

    def time(moment: datetime | None) -> str:
        return moment.isoformat().replace("+00:00", "Z") if moment else ""

    return {
        "guid": entry.guid or "",
        "link": entry.link or "",
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "published": time(entry.published_at),
        "raw": entry.published_raw or "",
        "updated": time(entry.updated_at),
        "authors": list(entry.authors),
        "language": entry.language or "",
        "source": entry.source_title or "",
        "source_url": entry.source_url or "",
        "categories": list(entry.categories),
    }


def read(case: dict[str, Any], known: frozenset[bytes] = frozenset()) -> ParsedFeed:
    return parse_feed(answer(body_of(case), case.get("content_type", "application/xml")), known)


@pytest.mark.parametrize("case", cases())
def test_a_case_is_read_as_it_should_be(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(ParseError) as raised:
            read(case)
        assert raised.value.reason == case["error"]
        return
    parsed = read(case)
    wanted = case["entries"]
    assert [
        {name: told(entry)[name] for name in expected} for entry, expected in zip(parsed.entries, wanted, strict=True)
    ] == wanted
    assert parsed.version == case.get("version", parsed.version)
    for index, mark in enumerate(parsed.marks):
        part = read(case, frozenset({mark}))
        assert part.entries == parsed.entries[:index] + parsed.entries[index + 1 :]
        assert part.seen == (mark,)


def test_there_are_cases_enough() -> None:
    assert len(cases()) >= 200
