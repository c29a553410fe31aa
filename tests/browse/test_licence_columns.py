"""Every column of the schema that can hold words: it is kept back with licensed texts, or here is why it is not."""

from __future__ import annotations

import sqlite3
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.browse.licence import EXCERPTS, TEXTS, conceal
from ingest.browse.serve import build
from ingest.browse.settings import Settings, ShowText
from tests.browse.conftest import Newsroom as Tables
from tests.pipeline import texts
from tests.pipeline.conftest import Newsroom

#: Why a column is no publisher's text, and the columns of which that is true, by table.
OPEN = {
    "headlines, which are shown always, bylines and credits with them": """
        articles: title byline section keywords agency agency_evidence source_title revisions: title entries: title
        stories: title feeds: title missed_pages: title proposals: title digests: subject caps: last_subject
    """,
    "addresses, and names of hosts, publishers, people and settings": """
        articles: identity url canonical_url read_from language entries: guid link canonical_link kept_pages: url
        feeds: url known_as validators_url moved_to host move_refused outlines hints charset publishers: name domain
        hosts: host site_templates: host sitemaps: site url missed_pages: url proposals: url
        subscriptions: hub topic callback alert_targets: target alert_messages: target deliveries: recipient
        caps: name watches: name digest_events: edition mute deliveries: edition constraints: made_by
        publisher_tags: tag made_by reader_marks: reader journal: actor
    """,
    "one word of a fixed list": """
        alert_messages: channel status reason alert_targets: channel held alerts: kind articles: status reason
        text_source read_by recheck constraints: kind deliveries: status reason digest_events: fate
        entries: published_reason feeds: origin status paused_by last_reason hits: reason journal: action
        members: relation reason passed_over: reason polls: outcome reason reading polls_daily: outcome reason
        proposals: reason publishers: kind quarantine: reason related: reason signatures: skipped algorithm
        site_templates: standing checked why sitemaps: reason subscriptions: status reason
        verdicts: relation reason veto refused
    """,
    "a sentence of ours: of figures and times, of what a server said, or of why a person did something": """
        articles: withdrawn_reason redacted_reason pruned_reason alert_messages: answer deliveries: answer
        feeds: last_detail journal: reason detail polls: detail proposals: detail quarantine: detail sitemaps: detail
        subscriptions: detail stories: first_reason verdicts: explanation agreement related: explanation
    """,
    "the reader's own words, and which of them stand where": """
        watches: query hits: terms found alerts: detail key reader_marks: note
    """,
    "hashes, signatures and keys": """
        alert_messages: key articles: matched_hash content_hash deliveries: message_id entries: key content_hash
        epochs: digest feeds: etag last_modified body_hash marks: mark passages: hashes traits points: key speaker_hash
        quarantine: body_hash version signatures: sketch subscriptions: salt
    """,
    "names, figures and single words of a text, from which none of its sentences can be had": """
        claims: claim points: profile terms: terms articles_fts_idx: segid term pgno articles_fts_docsize: sz
    """,
    "names of elements, and hashes of lines": "site_templates: place templates observations",
    "what a server or feed says of a file or date": "kept_pages: content_type entries: published_raw",
    "the index itself: it holds no content, and its settings": "articles_fts: title text articles_fts_config: k v",
    "SQLite's own": "sqlite_sequence: name seq",
    "times and days that do not end in _at": """
        digests: day since until deliveries: day since until digest_events: day polls_daily: day passages: at
        points: at signatures: at journal: at hits: at passed_over: at subscriptions: lease_until hosts: paused_until
    """,
}


def listed() -> set[tuple[str, str]]:
    """OPEN as (table, column)."""
    found, table = set(), ""
    for word in " ".join(OPEN.values()).split():
        if word.endswith(":"):
            table = word[:-1]
        else:
            found.add((table, word))
    return found


def columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Every column of a table that can hold words; times by the name that all of them have are none."""
    return {
        (table, row[1])
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for row in connection.execute(f'PRAGMA table_info("{table}")')
        if row[2] not in ("INTEGER", "REAL") and not row[1].endswith("_at")
    }


def test_every_column_with_words_is_kept_back_or_on_the_list(newsroom: Tables) -> None:
    there, kept_back = columns(newsroom.store.connection), TEXTS | EXCERPTS
    assert there - kept_back - listed() == set(), "hold they words of a text? then licence.py, else OPEN with a reason"
    assert listed() - there == set(), "listed and not there"
    assert kept_back - there == set(), "kept back and not there"
    assert kept_back & listed() == set(), "kept back and listed"


@pytest.mark.parametrize("show", [ShowText.EXCERPT, ShowText.NONE])
def test_what_a_poll_writes_shows_no_word_of_a_text(newsroom_at_work: Path, show: ShowText) -> None:
    """Neither as it stands nor unpacked; a word that only the text has is looked for in each cell that can be read."""
    with_all, with_less = cells(newsroom_at_work, ShowText.FULL), cells(newsroom_at_work, show)
    assert {("articles", "text"), ("kept_pages", "body"), ("articles_fts_data", "block")} <= with_all
    assert with_less - {("articles_fts_idx", "term")} == set()


def cells(path: Path, show: ShowText) -> set[tuple[str, str]]:
    """The columns in which the word stands, as somebody reads them from whom this much is kept back."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    conceal(connection, show)
    found = set()
    for (table,) in tables:
        rows = connection.execute(f'SELECT * FROM "{table}"')
        names = [one[0] for one in rows.description]
        for row in rows:
            found |= {(table, name) for name, cell in zip(names, row, strict=True) if b"zebrafish" in unpacked(cell)}
    connection.close()
    return found


def unpacked(cell: Any) -> bytes:
    raw = cell if isinstance(cell, bytes) else str(cell).encode()
    try:
        return zlib.decompress(raw).lower()
    except zlib.error:
        return raw.lower()


@pytest.fixture(scope="module")
def newsroom_at_work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that polls filled, with a revision, kept pages, a story of two and an alert."""
    room = Newsroom(tmp_path_factory.mktemp("licensed"))
    room.settings = (
        "[extract]\nkeep_pages = true\n[[watches]]\nname = 'w'\nquery = 'summit'\nwebhook = 'http://127.0.0.1:9/'\n"
    )
    one, two = room.site(), room.site()
    said = [*texts.SUMMIT, "In the evening a zebrafish swam by, which nobody had seen in the river before."]
    for site, name in ((one, "Courier"), (two, "Herald")):
        room.follow(site.feed([]), name)
    room.poll()
    one.feed([one.article("/a", "Summit opens", said)])
    two.feed([two.article("/b", "Summit opens", [*said, "More."])])
    room.poll(after=timedelta(hours=3))
    one.page("/a", "Summit opens", [*said, "It went on, said those who had seen the zebrafish, to the sea."])
    room.poll(after=timedelta(hours=2))
    assert room.one("SELECT count(*) FROM revisions") == 1
    room.close()
    return room.database


async def test_neither_a_page_nor_a_blob_of_datasette_has_them(newsroom: Tables, ferry: int) -> None:
    words = zlib.compress(b"<p>It sailed</p>")
    newsroom.insert("kept_pages", article_id=1, url="https://x.example/", content_type="", body=words, kept_at="x")
    for show in ShowText:
        site = build(newsroom.path, settings=Settings(show_text=show))
        answer = await site.client.get("/newsroom/kept_pages/1.blob?_blob_column=body")
        assert (words in answer.content) is (show is ShowText.FULL), (show, answer.text)
        block = await site.client.get("/newsroom.json?sql=select+hex(block)+as+b+from+articles_fts_data&_shape=array")
        assert (b"sailed".hex().upper() in block.text) is (show is ShowText.FULL), (show, block.text)
        assert "Ferry service" in (await site.client.get("/stories?q=sailed")).text
