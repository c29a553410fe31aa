"""The list of stories and the page of one, asked for as a browser would."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from ingest.store.times import to_text
from tests.browse.conftest import START, Newsroom

HOSTILE = [
    ("script", '<script>alert("x")</script>'),
    ("attribute", '"><img src=x onerror=alert(1)>'),
    ("template", "{{ 7 * 7 }} {% raw %}"),
    ("quote", 'O\'Neill & "Sons" <b>bold</b>'),
    ("right to left", "\u202eevil\u202c שלום"),
    ("long", "A" * 10_000),
    ("sql", "'); DROP TABLE stories; --"),
]


async def page(site: Any, path: str, *, status: int = 200) -> str:
    answer = await site.client.get(path)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def words_of(text: str) -> str:
    """What a reader sees: tags out, entities decoded, blanks joined."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


async def test_the_start_page_leads_to_the_stories(site: Any) -> None:
    answer = await site.client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/stories")


async def test_an_empty_newsroom_says_what_to_do(site: Any) -> None:
    assert "samewire add" in await page(site, "/stories")


async def test_the_list_names_the_first_the_reach_and_the_articles(site: Any, ferry: int) -> None:
    text = words_of(await page(site, "/stories"))
    assert "3 publishers Ferry service resumes after storm" in text
    assert "First Northwire 93 %" in text
    assert "4 articles" in text


async def test_the_latest_change_comes_first_and_pages_do_not_overlap(site: Any, newsroom: Newsroom) -> None:
    for number in range(30):
        article = newsroom.article(f"Report {number:02}", "words", minutes=number)
        newsroom.story(f"Report {number:02}", [(article, "original")], minutes=number)
    shown = [re.findall(r"Report (\d\d)</a>", await page(site, f"/stories?page={n}")) for n in (1, 2)]
    assert shown[0] + shown[1] == [f"{number:02}" for number in range(29, -1, -1)]
    assert 'rel="next"' not in await page(site, "/stories?page=2")


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999", "1e3", "２"])
async def test_an_odd_page_number_is_no_error(site: Any, ferry: int, number: str) -> None:
    await page(site, f"/stories?page={number}")


async def test_a_page_beyond_the_end_leads_back(site: Any, ferry: int) -> None:
    assert "no stories this far back" in await page(site, "/stories?page=7")


async def test_the_story_page_tells_who_was_first_and_why(site: Any, ferry: int) -> None:
    text = words_of(await page(site, f"/story/{ferry}"))
    assert "First Northwire 93 % sure It carries the agency’s credit and the earliest time." in text
    assert "Credited agency Northwire" in text


async def test_members_stand_in_time_order_with_their_lag(site: Any, ferry: int) -> None:
    text = await page(site, f"/story/{ferry}")
    assert re.findall(r'sw-lag">([^<]+)', text) == ["+14 min", "+1 h 35 min", "+1 day 2 h"]
    assert re.findall(r'class="sw-member sw-(\w+)"', text) == [
        "original",
        "copy",
        "abridgement",
        "rewrite",
    ]
    assert "Copy 87 % of Northwire · lead" in words_of(text).replace("Northwire lead", "Northwire · lead")


async def test_an_undecided_first_says_why(site: Any, newsroom: Newsroom) -> None:
    article = newsroom.article("Two at once", "words")
    story = newsroom.story(
        "Two at once", [(article, "original")], first_article_id=None, first_reason="Both carry the same minute."
    )
    text = words_of(await page(site, f"/story/{story}"))
    assert "First Not decided Both carry the same minute." in text
    assert "First not decided" in words_of(await page(site, "/stories"))


async def test_an_article_without_a_known_time_gets_no_lag(site: Any, newsroom: Newsroom) -> None:
    first = newsroom.article("Known", "words")
    unknown = newsroom.article("Unknown", "words", publisher="Echo", minutes=50, published_at=None, baseline=1)
    story = newsroom.story("Known", [(first, "original"), (unknown, "copy")])
    text = await page(site, f"/story/{story}")
    assert "sw-lag" not in text
    assert "before we watched it" in text


async def test_what_a_publisher_took_back_says_so(site: Any, newsroom: Newsroom) -> None:
    first = newsroom.article("Known", "words")
    gone = newsroom.article("Gone", "words", publisher="Echo", withdrawn_at=to_text(START), withdrawn_reason="410 Gone")
    story = newsroom.story("Known", [(first, "original"), (gone, "copy")])
    assert words_of(await page(site, f"/story/{story}")).count("taken back by its publisher: 410 Gone") == 1


async def test_revisions_are_shown_with_what_changed(site: Any, ferry: int) -> None:
    text = words_of(await page(site, f"/story/{ferry}"))
    assert "Daily Harbour changed its text" in text
    assert "+3 −2 words" in text
    assert "The ferry to Holm will sail." in text


async def test_a_merged_story_leads_to_where_it_went_at_last(site: Any, newsroom: Newsroom, ferry: int) -> None:
    middle = newsroom.story("Middle", [], merged_into=ferry, first_article_id=None)
    old = newsroom.story("Old", [], merged_into=middle, first_article_id=None)
    answer = await site.client.get(f"/story/{old}")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/story/{ferry}")


async def test_a_ring_of_merges_ends(site: Any, newsroom: Newsroom) -> None:
    one = newsroom.story("One", [], first_article_id=None)
    two = newsroom.story("Two", [], merged_into=one, first_article_id=None)
    newsroom.store.connection.execute("UPDATE stories SET merged_into = ? WHERE id = ?", [two, one])
    await page(site, f"/story/{one}", status=404)


@pytest.mark.parametrize(
    "path", ["/story/999", "/story/abc", "/story/-1", "/story/" + "9" * 40, "/story/%3Cscript%3E", "/nowhere/at/all"]
)
async def test_what_is_not_there_gets_a_page_that_leads_on(site: Any, path: str) -> None:
    text = await page(site, path, status=404)
    assert 'href="/stories"' in text
    assert "<script>e" not in text


async def test_machines_get_json(site: Any) -> None:
    answer = await site.client.get("/newsroom/nothing.json")
    assert (answer.json()["status"], answer.json()["ok"]) == (404, False)


async def test_a_mistyped_address_is_not_worth_a_line_in_the_log(site: Any, capfd: pytest.CaptureFixture[str]) -> None:
    for path in ("/nowhere/at/all", "/newsroom/nothing", "/stories.json", "/story/0", "/newsroom?sql=delete"):
        await site.client.get(path)
    assert capfd.readouterr() == ("", "")


async def test_a_fault_of_ours_is_logged_and_not_shown(
    site: Any, newsroom: Newsroom, ferry: int, caplog: pytest.LogCaptureFixture
) -> None:
    newsroom.store.connection.execute("ALTER TABLE stories RENAME COLUMN first_reason TO whatever")
    assert "first_reason" not in await page(site, f"/story/{ferry}", status=500)
    assert "first_reason" in caplog.text


@pytest.mark.parametrize("title", [title for _, title in HOSTILE], ids=[name for name, _ in HOSTILE])
async def test_a_strangers_words_stay_text(site: Any, newsroom: Newsroom, title: str) -> None:
    article = newsroom.article(title, title, publisher=title[:200], agency=title[:100])
    story = newsroom.story(title, [(article, "original")], first_reason=title)
    newsroom.insert(
        "revisions",
        article_id=article,
        title=title,
        text=title,
        seen_at=to_text(START),
        replaced_at=to_text(START),
        added_words=1,
        removed_words=1,
        similarity=1,
    )
    for path in ("/stories", f"/story/{story}", f"/newsroom/articles/{article}", "/newsroom/articles"):
        text = await page(site, path)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>bold" not in text
        assert "7 * 7" in text or "7 * 7" not in title
    assert len(await page(site, "/stories")) < 60_000


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        'https://news.example/" onmouseover="alert(1)',
        "https://user:secret@news.example/",
        "https://[broken/",
        "//news.example/",
        "",
    ],
)
async def test_only_a_plain_web_address_becomes_a_link(site: Any, newsroom: Newsroom, url: str) -> None:
    article = newsroom.article("Headline", "words", url=url)
    text = await page(site, f"/story/{newsroom.story('Headline', [(article, 'original')])}")
    assert '<h3 dir="auto">Headline</h3>' in text


async def test_a_link_to_an_article_keeps_the_reader_to_itself(site: Any, newsroom: Newsroom) -> None:
    article = newsroom.article("Headline", "words", url="https://news.example/a?b=1&c=2")
    story = newsroom.story("Headline", [(article, "original")])
    answer = await site.client.get(f"/story/{story}")
    assert '<a href="https://news.example/a?b=1&amp;c=2">Headline</a>' in answer.text
    assert answer.headers["referrer-policy"] == "same-origin" and "target=" not in answer.text


async def test_a_very_large_story_is_cut_and_says_so(site: Any, newsroom: Newsroom) -> None:
    members = [(newsroom.article(f"Copy {n}", "words", minutes=n), "copy") for n in range(230)]
    text = await page(site, f"/story/{newsroom.story('Large', members)}")
    assert text.count('class="sw-member ') == 200
    assert "30 more in the" in text


@pytest.mark.parametrize("path", ["/stories", "/story/1"])
async def test_our_pages_only_answer_questions(site: Any, ferry: int, path: str) -> None:
    answer = await site.client.post(path)
    assert answer.status_code in (403, 405)


async def test_the_page_changes_as_the_writer_goes_on(site: Any, newsroom: Newsroom, ferry: int) -> None:
    await page(site, "/stories")
    with newsroom.store.transaction():
        article = newsroom.article("Fresh", "words", minutes=5000)
        newsroom.story("Fresh from the writer", [(article, "original")], minutes=5000)
        assert "Fresh from the writer" not in await page(site, "/stories")
    assert "Fresh from the writer" in await page(site, "/stories")


async def test_a_story_that_ends_while_it_is_read_is_whole_or_forwarded(
    site: Any, newsroom: Newsroom, ferry: int
) -> None:
    article = newsroom.article("Late", "words")
    late = newsroom.story("Late", [(article, "original")])
    for _ in range(10):
        with newsroom.store.transaction():
            newsroom.store.connection.execute("UPDATE members SET story_id = ? WHERE article_id = ?", [ferry, article])
            newsroom.store.connection.execute("UPDATE stories SET merged_into = ? WHERE id = ?", [ferry, late])
        assert (await site.client.get(f"/story/{late}")).status_code == 301
        with newsroom.store.transaction():
            newsroom.store.connection.execute("UPDATE members SET story_id = ? WHERE article_id = ?", [late, article])
            newsroom.store.connection.execute("UPDATE stories SET merged_into = NULL WHERE id = ?", [late])
        assert "Late" in await page(site, f"/story/{late}")
