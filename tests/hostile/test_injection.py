"""Strangers' words make the whole trip and stay words: on pages, in mails, feeds, tables, logs, calls and SQL."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from ingest.browse.serve import build
from ingest.publish.opml import read_outlines
from tests.cli.mailing import READER, age

from .conftest import Scene
from .reading import CONTROL, dangers, formulas, links, mail_of, part
from .words import HOSTILE, MARK

_LOG_LINE = re.compile(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=[a-z]+ event=\S")
_ACTION = re.compile(r"<script|onerror=|onload=|alert\(", re.IGNORECASE)


def rows(scene: Scene, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(scene.database)) as connection:
        return connection.execute(sql).fetchall()


def test_every_hostile_item_was_stored_as_text(scene: Scene) -> None:
    """Nothing of the below would mean anything if the words had not come."""
    ((entries,),) = rows(scene, "SELECT count(*) FROM entries")
    assert entries >= 2 + 1.3 * len(HOSTILE)
    assert rows(scene, f"SELECT count(*) >= {entries - 5} FROM articles WHERE text LIKE '%{MARK}%'") == [(1,)]
    assert {name for (name,) in rows(scene, "SELECT name FROM sqlite_master WHERE type = 'table'")} >= {"stories"}
    texts = rows(scene, "SELECT title FROM articles UNION SELECT text FROM articles UNION SELECT title FROM feeds")
    assert [text for (text,) in texts if text and CONTROL.search(text.replace("\n", ""))] == []


async def test_no_page_runs_loads_or_sends_what_a_stranger_wrote(scene: Scene) -> None:
    site = build(scene.database)
    ids = [number for (number,) in rows(scene, "SELECT id FROM stories WHERE merged_into IS NULL")]
    publishers = [number for (number,) in rows(scene, "SELECT id FROM publishers")]
    a, b = (number for (number,) in rows(scene, f"SELECT id FROM articles WHERE text LIKE '%{MARK}%' LIMIT 2"))
    ours = ["/stories", "/stories?page=2", "/feeds", f"/compare/{a}/{b}"]
    ours += [f"/story/{number}" for number in ids[::6]] + [f"/publisher/{number}" for number in publishers]
    words = 0
    for path in ours:
        answer = await site.client.get(path)
        assert answer.status_code == 200, (path, answer.text[:300])
        assert dangers(answer.text, ours=frozenset({"svg"})) == [], path
        assert "script-src 'none'" in answer.headers["content-security-policy"], path
        assert all(re.match(r"(?:https?://|mailto:|/|#|\?)", link) for link in links(answer.text)), path
        words += answer.text.count(MARK)
    assert words > len(HOSTILE)


async def test_a_search_for_hostile_words_is_a_search(scene: Scene) -> None:
    site = build(scene.database)
    for name, words in HOSTILE.items():
        for path in ("/stories", "/newsroom/articles_with_words") if name in ("quote-out", "fts") else ("/stories",):
            key = "q" if path == "/stories" else "words"
            answer = await site.client.get(path, params={key: words.encode("utf-8", "replace").decode()[:1500]})
            assert answer.status_code in (200, 400), (path, words[:40])
            theirs = frozenset({"script", "textarea", "svg"}) if path != "/stories" else frozenset()
            assert dangers(answer.text, ours=theirs) == [], (path, words[:40])


async def test_datasettes_own_pages_show_text_and_forbid_scripts_that_are_not_theirs(scene: Scene) -> None:
    site = build(scene.database)
    sought = f"articles?title={HOSTILE['script']}&_facet=title"
    for name in ("articles?_size=100", "entries?_size=100", "feeds", "story_list", sought):
        path = f"/newsroom/{name}"
        answer = await site.client.get(path)
        assert answer.status_code == 200, path
        assert dangers(answer.text, ours=frozenset({"script", "textarea", "svg"})) == [], path
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_feeds_and_json_of_the_pages_are_sound(scene: Scene) -> None:
    site = build(scene.database)
    for path in ("/stories.atom", "/watch/zebras.atom"):
        answer = await site.client.get(path)
        etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False, no_network=True))
        read = feedparser.parse(answer.content, sanitize_html=False)
        assert not read.bozo and read.entries, path
        assert all(link.href.startswith("http") for entry in read.entries for link in entry.get("links", ())), path
        assert all(entry.title_detail.type == "text/plain" for entry in read.entries), path
    for path in ("/stories.json", "/feeds.json"):
        answer = await site.client.get(path)
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["x-content-type-options"] == "nosniff"
        json.loads(answer.text)
    for path in ("/stories.csv", "/feeds.csv"):
        assert formulas((await site.client.get(path)).content) == [], path


@pytest.mark.parametrize("form", ["csv", "csv --stories", "jsonl", "jsonl --stories", "atom", "opml"])
def test_an_export_is_read_back_as_the_words_that_went_in(scene: Scene, form: str) -> None:
    kind, *more = form.split()
    target = scene.folder / f"out-{'-'.join(form.split())}"
    scene.run("export", "--format", kind, *more, "--output", str(target))
    data = target.read_bytes()
    target.unlink()
    assert MARK.encode() in data
    if kind == "csv":
        assert formulas(data) == []
        assert b"'=HYPERLINK" in data
    elif kind == "jsonl":
        assert all(isinstance(json.loads(line), dict) for line in data.decode().split("\n") if line)
    elif kind == "atom":
        assert not feedparser.parse(data).bozo
    else:
        assert len(read_outlines(data).feeds) == 2
    assert kind == "csv" or CONTROL.search(data.decode()) is None


def test_digest_and_report_are_pages_that_do_nothing(scene: Scene) -> None:
    age(scene.database)
    preview, week = scene.folder / "digest.html", scene.folder / "week.html"
    scene.run("digest", "--preview", str(preview))
    scene.run("report", "--week", "--output", str(week))
    assert dangers(preview.read_text(encoding="utf-8")) == []
    assert dangers(week.read_text(encoding="utf-8"), ours=frozenset({"svg"})) == []
    assert MARK in preview.read_text(encoding="utf-8")
    for path in (preview, week):
        assert CONTROL.search(path.read_text(encoding="utf-8")) is None
        path.unlink()


def test_the_digest_as_a_mail_has_its_own_headers_and_no_other(scene: Scene) -> None:
    age(scene.database)
    before = len(scene.sink.mails)
    scene.run("digest", "--send")
    ((sender, readers, content),) = scene.sink.mails[before:]
    assert (sender, readers) == ("digest@samewire.example", [READER])
    mail = mail_of(content)
    check_headers(mail)
    assert dangers(part(mail, "html")) == []
    assert CONTROL.search(part(mail, "plain").replace("\r\n", "\n")) is None
    assert MARK in part(mail, "plain")


def check_headers(mail: Any) -> None:
    """Nothing that a stranger wrote became a header or reached beyond its own."""
    assert mail["To"] == READER
    assert {name.lower() for name in mail.keys()} <= {  # noqa: SIM118 - of a mail, not a dict
        "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-language",
        "content-transfer-encoding", "auto-submitted", "list-id", "list-unsubscribe", "precedence", "references",
        "in-reply-to", "x-auto-response-suppress", "list-unsubscribe-post",
    }  # fmt: skip
    assert len(mail.keys()) == len({name.lower() for name in mail.keys()})  # noqa: SIM118
    assert not mail.defects
    for name, value in mail.items():
        assert CONTROL.search(str(value)) is None and "\n" not in str(value), (name, value)


def test_alerts_by_mail_keep_a_strangers_words_in_subject_and_text(scene: Scene) -> None:
    mails = [mail_of(content) for _, _, content in scene.sink.mails]
    alerts = [mail for mail in mails if mail["Subject"].startswith("[zebras] ")]
    assert len(alerts) >= 10
    for mail in alerts:
        check_headers(mail)
        assert CONTROL.search(part(mail, "plain").replace("\r\n", "\n")) is None
        assert mail.get_body(("html",)) is None


def test_webhooks_are_called_with_json_that_is_data(scene: Scene) -> None:
    calls = [json.loads(body) for body in scene.publisher.posted["/hook"]]
    assert len(calls) >= 10
    for body in scene.publisher.posted["/hook"]:
        assert CONTROL.search(body.decode()) is None
        body.decode().encode("utf-8")
    told = [alert["article"] for call in calls for alert in call["alerts"]]
    assert all(re.match(r"https?://", one["url"]) for one in told if one["url"])


def test_the_log_has_one_line_an_event_and_nothing_that_moves_a_terminal(scene: Scene) -> None:
    lines = scene.log.splitlines()
    assert len(lines) >= len(HOSTILE)
    assert [line for line in scene.log.split("\n") if line and not _LOG_LINE.match(line)] == []
    assert CONTROL.search(scene.log) is None
    assert "forged" not in "".join(line[:60] for line in lines)


def test_a_terminal_is_shown_words_only(scene: Scene) -> None:
    story = rows(scene, "SELECT story_id FROM members GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")[0][0]
    for command in (["stories"], ["stories", "zebra"], ["story", str(story)], ["feeds"], ["status"], ["watch", "list"]):
        shown = scene.run(*command)
        assert CONTROL.search(shown) is None, command
        as_json = scene.run(*command, "--json")
        assert CONTROL.search(as_json) is None, command
        json.loads(as_json)
    assert scene.said and not any(CONTROL.search(said) for said in scene.said)


def test_no_name_of_a_file_comes_from_a_stranger(scene: Scene) -> None:
    allowed = {"config.toml", "newsroom.db", "newsroom.db-lock", "newsroom.db-wal", "newsroom.db-shm"}
    assert {path.name for path in scene.folder.iterdir()} <= allowed
    assert not Path("/tmp/zebra").exists()


def test_hostile_words_as_arguments_are_answered_and_no_more(scene: Scene) -> None:
    for words in ("sql", "fts", "ansi-clear", "template", "surrogate", "formula-minus"):
        text = HOSTILE[words].encode("utf-8", "replace").decode().replace("\0", "")
        out = scene.run("stories", "--", text, exits=(0, 1, 2))
        assert CONTROL.search(out) is None
    assert rows(scene, "SELECT count(*) > 0 FROM stories") == [(1,)]
