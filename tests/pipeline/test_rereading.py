"""What becomes of an article after its first reading: read again, followed elsewhere, withdrawn, kept, redacted."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta

import pytest
from click.testing import CliRunner

from ingest.cli import samewire
from ingest.model import ArticleId
from ingest.pipeline.again import read_kept
from ingest.pipeline.alerting import compose
from ingest.store.redact import TOMBSTONE, redact

from . import texts
from .conftest import Newsroom, Site

HOUR = timedelta(hours=1)


@pytest.fixture
def site(newsroom: Newsroom) -> Site:
    site = newsroom.site()
    newsroom.follow(site.feed([site.article("/a", "Summit opens", texts.SUMMIT)]), "Courier")
    return site


def _row(newsroom: Newsroom) -> dict[str, object]:
    return dict(newsroom.rows("SELECT * FROM articles")[0])


def test_a_page_is_read_again_after_an_hour_and_what_changed_is_a_revision(newsroom: Newsroom, site: Site) -> None:
    newsroom.poll()
    newsroom.poll(after=timedelta(minutes=50))
    assert site.times_asked("/a") == 1
    newsroom.poll(after=timedelta(minutes=20))
    assert site.times_asked("/a") == 2
    assert _row(newsroom)["recheck"] == "same"
    assert newsroom.rows("SELECT * FROM revisions") == []
    site.page("/a", "Summit opens", [*texts.SUMMIT, "In the evening the ministers signed a joint text after all."])
    newsroom.poll(after=5 * HOUR)
    row = _row(newsroom)
    assert (row["recheck"], row["status"], row["reason"]) == ("revised", "extracted", None)
    assert "signed a joint text" in str(row["text"])
    assert len(newsroom.rows("SELECT * FROM revisions")) == 1
    newsroom.poll(after=24 * HOUR)
    newsroom.poll(after=timedelta(days=7))
    assert _row(newsroom)["recheck_at"] is None
    newsroom.poll(after=timedelta(days=30))
    assert site.times_asked("/a") == 5
    newsroom.must_be_sound()


def test_a_page_that_fails_or_turns_into_a_wall_loses_no_text(newsroom: Newsroom, site: Site) -> None:
    newsroom.poll()
    before = _row(newsroom)
    site.on("/a", "<title>Summit opens</title><p>Subscribe to continue reading.</p><p>Already a subscriber?</p>")
    newsroom.poll(after=HOUR + timedelta(minutes=1))
    after = _row(newsroom)
    assert after["recheck"] == "paywall"
    assert [after[name] for name in ("text", "status", "reason")] == [before["text"], "extracted", None]
    site.on("/a", status=500)
    newsroom.poll(after=6 * HOUR)
    assert (_row(newsroom)["recheck"], _row(newsroom)["withdrawn_at"]) == ("http_5xx", None)


@pytest.mark.parametrize(("status", "readings"), [(410, 1), (404, 2)])
def test_a_page_that_is_gone_was_withdrawn_and_its_story_says_so(
    newsroom: Newsroom, site: Site, status: int, readings: int
) -> None:
    newsroom.poll()
    site.on("/a", status=status)
    for reading in range(readings):
        assert newsroom.rows("SELECT * FROM withdrawn") == []
        newsroom.poll(after=(1 + 6 * reading) * HOUR + timedelta(minutes=1))
    (gone,) = newsroom.rows("SELECT * FROM withdrawn")
    assert (gone["title"], gone["story_id"] is not None) == ("Summit opens", True)
    assert _row(newsroom)["text"] != ""
    assert _row(newsroom)["recheck_at"] is None
    said = CliRunner().invoke(samewire, ["--config", str(newsroom.write_config()), "story", str(gone["story_id"])])
    assert f"was taken back by its publisher: {gone['withdrawn_reason']}, found" in said.output


def test_a_kill_notice_marks_its_article(newsroom: Newsroom, site: Site) -> None:
    newsroom.poll()
    notice = (
        "Editors: please kill the story headed Summit opens. The account of the talks could not be confirmed by us."
    )
    site.page("/a", "KILL: Summit opens", [notice, f"{notice} A corrected report follows at once, at noon or later."])
    newsroom.poll(after=HOUR + timedelta(minutes=1))
    (gone,) = newsroom.rows("SELECT * FROM withdrawn")
    assert gone["withdrawn_reason"].startswith("kill notice:")


def test_a_stub_is_followed_to_the_article_and_the_hop_is_recorded(newsroom: Newsroom) -> None:
    aggregator, original = newsroom.site(), newsroom.site()
    target = original.page("/whole", "Summit opens", texts.SUMMIT)
    item = aggregator.article("/stub", "Summit opens", ["Ministers met on Tuesday."])
    aggregator.on(
        "/stub",
        f"<title>Summit opens</title><h1>Summit opens</h1><p>They met.</p><p><a href={target}>Read entire article</a>",
    )
    newsroom.follow(aggregator.feed([item]), "Aggregator")
    newsroom.poll()
    row = _row(newsroom)
    assert (row["status"], row["read_from"], row["url"]) == ("extracted", target, aggregator.url("/stub"))
    assert str(row["text"]).startswith(texts.SUMMIT[0][:60])
    newsroom.must_be_sound()


def test_a_stub_that_leads_nowhere_leaves_the_feeds_words(newsroom: Newsroom) -> None:
    aggregator, original = newsroom.site(), newsroom.site()
    item = aggregator.article("/stub", "Summit opens", ["Ministers met on Tuesday."])
    aggregator.on("/stub", f"<h1>Summit opens</h1><p><a href={original.url('/none')}>Read the full story</a></p>")
    newsroom.follow(aggregator.feed([item]), "Aggregator")
    newsroom.poll()
    row = _row(newsroom)
    assert (row["status"], row["reason"], row["text"]) == ("summary", "onward", "Ministers met on Tuesday.")


def test_kept_pages_are_read_again_under_new_rules_and_that_is_no_revision(newsroom: Newsroom, site: Site) -> None:
    newsroom.settings = "[extract]\nkeep_pages = true\n"
    newsroom.poll()
    assert newsroom.rows("SELECT article_id, url FROM kept_pages") == [{"article_id": 1, "url": site.url("/a")}]
    rule = f'[[extract.rules]]\npublisher = "{site.host_port}"\nselect = ["h1"]\n'
    newsroom.settings += rule
    asked = len(site.asked)
    with newsroom.desk() as desk:
        found = read_kept(desk.store, desk.config, desk.pool, newsroom.now, lambda *_: None)
        assert (found.read, found.changed, found.failed) == (1, 1, 0)
    assert (_row(newsroom)["text"], _row(newsroom)["read_by"]) == ("Summit opens", "rule")
    assert newsroom.rows("SELECT * FROM revisions") == []
    assert len(site.asked) == asked


def test_where_a_publisher_files_an_article_is_kept_and_asked_for_by_sql_until_it_is_redacted(
    newsroom: Newsroom, site: Site
) -> None:
    filed = (
        '<head><meta property="article:section" content="World">'
        '<meta name="news_keywords" content="Summit, Borders, summit">'
    )
    site.on("/a", site.answers["/a"].body.decode().replace("<head>", filed, 1))
    newsroom.poll()
    named = "SELECT a.section, k.value AS keyword FROM articles a, json_each(a.keywords) k"
    assert newsroom.rows(named) == [{"section": "World", "keyword": name} for name in ("Summit", "Borders")]
    site.page("/a", "Summit opens", [*texts.SUMMIT, "In the evening the ministers signed a joint text after all."])
    newsroom.poll(after=HOUR + timedelta(minutes=1))
    row = _row(newsroom)
    # A page that states none any more takes none back.
    assert (row["recheck"], row["section"], row["keywords"]) == ("revised", "World", '["Summit", "Borders"]')
    with newsroom.desk() as desk:
        redact(desk.store, ArticleId(1), "court order", made_by="desk", now=newsroom.now)
    assert newsroom.rows("SELECT section, keywords FROM articles") == [{"section": None, "keywords": "[]"}]
    newsroom.must_be_sound()


def test_of_a_redacted_article_no_word_is_left_and_none_comes_back(newsroom: Newsroom, site: Site) -> None:
    newsroom.settings = "[extract]\nkeep_pages = true\n"
    other = newsroom.site()
    newsroom.follow(other.feed([other.article("/b", "Talks begin", texts.SUMMIT)]), "Herald")
    newsroom.poll()
    site.page("/a", "Summit opens", [*texts.SUMMIT, "A zebrafish paragraph that only this article has in it."])
    site.feed([site.article("/a", "Summit opens with zebrafish", [*texts.SUMMIT, "Only a zebrafish knows why."])])
    newsroom.poll(after=HOUR + timedelta(minutes=1))
    article = newsroom.one("SELECT id FROM articles WHERE url = ?", site.url("/a"))
    with newsroom.desk() as desk:
        redact(desk.store, ArticleId(article), "court order", made_by="desk", now=newsroom.now)
    site.feed([site.article("/a", "Zebrafish again", [*texts.SUMMIT, "The zebrafish is back."], guid="x")])
    newsroom.poll(after=25 * HOUR)
    assert _cells_with(newsroom, "zebrafish") == []
    (row,) = newsroom.rows("SELECT * FROM articles WHERE id = ?", article)
    assert (row["title"], row["text"], row["redacted_reason"]) == (TOMBSTONE, "", "court order")
    assert newsroom.one("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'zebrafish'") == 0
    assert newsroom.one("SELECT count(*) FROM members WHERE article_id = ?", article) == 1
    newsroom.must_be_sound()


def test_alerts_and_digests_that_are_kept_lose_its_words_too(newsroom: Newsroom, site: Site) -> None:
    newsroom.settings = (
        "[[watches]]\nname = 'fish'\nquery = 'zebrafish'\nwebhook = 'http://127.0.0.1:9/hook'\n"
        '[[digest.recipients]]\naddress = "desk@newsroom.example"\n'
    )
    newsroom.poll()
    site.feed([site.article("/z", "Zebrafish’s talk", texts.SUMMIT)])
    newsroom.poll(after=3 * HOUR)
    article = newsroom.one("SELECT id FROM articles WHERE url = ?", site.url("/z"))
    with newsroom.desk() as desk:
        compose(desk)
        assert "Zebrafish" in newsroom.one("SELECT body FROM alert_messages")
        desk.store.connection.execute(
            "INSERT INTO digests VALUES ('2026-05-05', '', '', '', 'Zebrafish', 1, 1, ?, 'Zebrafish')",
            ["<p>Zebrafish’s talk</p>"],
        )
        redact(desk.store, ArticleId(article), "court order", made_by="desk", now=newsroom.now)
    assert set(_cells_with(newsroom, "zebrafish")) <= {"watches"}, "the query is the reader's own"
    assert "samewire digest --date 2026-05-05" in newsroom.one("SELECT plain FROM digests")
    (told,) = json.loads(newsroom.one("SELECT body FROM alert_messages"))["alerts"]
    assert (told["article"]["title"], told["article"]["url"], told["detail"]) == (TOMBSTONE, None, "")
    newsroom.must_be_sound()


def _cells_with(newsroom: Newsroom, word: str) -> list[str]:
    """Every table and column of the file in which a word stands."""
    found = []
    with sqlite3.connect(newsroom.database) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%fts5%'"
        ).fetchall()
        for (table,) in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                found += [table for cell in row if isinstance(cell, str) and word in cell.lower()]
    connection.close()
    return found


def test_the_yield_of_a_publisher_is_counted_by_kind(newsroom: Newsroom) -> None:
    site = newsroom.site()
    items = [site.article(f"/{n}", f"Report {n}", texts.SUMMIT) for n in range(3)]
    site.on("/1", "<title>Report 1</title><p>Subscribe to continue reading.</p><p>Already a subscriber?</p>")
    site.on("/2", status=403)
    newsroom.follow(site.feed(items), "Courier")
    newsroom.poll()
    with sqlite3.connect(newsroom.database) as connection:  # the view counts from today
        connection.execute("UPDATE articles SET first_seen_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-1 hour')")
    connection.close()
    (row,) = newsroom.rows("SELECT articles_7d, full_7d, walled_7d, blocked_7d, warning FROM publisher_yield")
    assert row == {"articles_7d": 3, "full_7d": 1, "walled_7d": 1, "blocked_7d": 1, "warning": None}
