"""The metadata against the real schema, the ready questions, and the search box."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ingest.browse.metadata import metadata
from ingest.browse.tables import TABLES
from ingest.store.read_canned import CANNED
from ingest.store.times import to_text
from tests.browse.conftest import START, Newsroom

NOT_FOR_PEOPLE = re.compile(r"articles_fts_\w+|sqlite_stat\d")


def schema(newsroom: Newsroom) -> dict[str, list[str]]:
    connection = newsroom.store.connection
    names = [
        row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    ]
    return {
        name: [row["name"] for row in connection.execute(f"PRAGMA table_info([{name}])")]
        for name in names
        if not NOT_FOR_PEOPLE.fullmatch(name)
    }


def test_every_table_and_column_is_described_and_no_other(newsroom: Newsroom) -> None:
    assert {name: set(table.columns) for name, table in TABLES.items()} == {
        name: set(columns) for name, columns in schema(newsroom).items()
    }


def test_every_description_is_a_sentence() -> None:
    said = [text for table in TABLES.values() for text in (table.description, *table.columns.values())]
    assert [text for text in said if not text.endswith((".", "JSON.")) or text[0] == " "] == []


def test_options_name_columns_that_exist() -> None:
    for table in TABLES.values():
        named = {table.options.get(key) for key in ("label_column", "sort", "sort_desc", "fts_pk")} - {None}
        named |= set(table.options.get("facets", ())) | set(table.options.get("sortable_columns", ()))
        assert named <= set(table.columns)


def test_what_datasette_writes_into_the_metadata_stays_out_of_ours() -> None:
    given = metadata("newsroom")["databases"]["newsroom"]
    given["tables"]["feeds"]["columns"]["url"] = "changed"
    given["tables"]["feeds"]["facets"].append("url")
    given["queries"].clear()
    again = metadata("newsroom")["databases"]["newsroom"]
    assert again["tables"]["feeds"]["columns"]["url"] != "changed"
    assert "url" not in again["tables"]["feeds"]["facets"]
    assert set(again["queries"]) == set(CANNED)


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if not table.options.get("hidden")])
async def test_every_table_page_opens(site: Any, ferry: int, name: str) -> None:
    root = {"ds_actor": site.sign({"a": {"id": "root"}}, "actor")}
    answer = await site.client.get(f"/newsroom/{name}", cookies=root)
    assert answer.status_code == 200
    assert TABLES[name].description.split("’")[0] in answer.text.replace("&#39;", "'")


@pytest.mark.parametrize("name", CANNED)
async def test_every_ready_question_runs(site: Any, ferry: int, name: str) -> None:
    answer = await site.client.get(f"/newsroom/{name}.json?words=ferry&first_publisher=Northwire&article=1")
    assert answer.json().get("error") is None, answer.text


async def test_the_questions_answer_what_they_say(site: Any, newsroom: Newsroom, ferry: int) -> None:
    connection = newsroom.store.connection
    connection.execute("UPDATE stories SET updated_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')")
    now = connection.execute("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')").fetchone()[0]
    newsroom.article("Wall", "", first_seen_at=now, status="refused", reason="paywall")
    newsroom.insert(
        "feeds",
        url="https://echo.example/rss",
        publisher_id=newsroom.publisher("Echo Online"),
        origin="config",
        added_at=now,
        next_at=now,
        failures=3,
        last_reason="http_5xx",
    )
    newsroom.insert("polls", feed_id=1, started_at=now, outcome="error", seconds=4.2)
    newsroom.insert(
        "verdicts",
        article_a=1,
        article_b=2,
        relation="different",
        score=0.4,
        reason="numbers",
        explanation="They count differently.",
        jaccard=0.7,
        containment_a=0.8,
        containment_b=0.9,
        title=0.9,
        lead_a=0.8,
        lead_b=0.8,
        shared=40,
        veto="12th / 13th",
        decided_at=to_text(START),
    )
    rows = {}
    for name in CANNED:
        query = "words=sailed&first_publisher=Northwire&article=2&_shape=array"
        rows[name] = (await site.client.get(f"/newsroom/{name}.json?{query}")).json()
    assert {row["title"] for row in rows["articles_with_words"]} == {
        "Ferry service resumes after storm",
        "Ferries sail again",
        "Ferry back",
    }
    assert rows["first_most_often"][0]["publisher"] == "Northwire"
    assert rows["first_most_often"][0]["followed_within_an_hour"] == 1
    assert (rows["spread_furthest"][0]["publishers"], rows["spread_furthest"][0]["hours"]) == (3, 26.7)
    assert rows["slowest_feeds"][0]["average_s"] == 4.2
    assert rows["feeds_that_fail"][0]["in_a_row"] == 3
    assert [(row["publisher"], row["average_min"]) for row in rows["lag_to_publishers"]] == [
        ("Daily Harbour", 14.0),
        ("Echo Online", 95.0),
    ]
    assert (rows["refused_pages"][0]["reason"], rows["refused_pages"][0]["articles"]) == ("paywall", 1)
    assert rows["vetoed_pairs"][0]["veto"] == rows["latest_vetoes"][0]["veto"] == "12th / 13th"


async def test_the_questions_of_an_analyst_answer_what_they_say(site: Any, newsroom: Newsroom, ferry: int) -> None:
    connection = newsroom.store.connection
    now = connection.execute("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')").fetchone()[0]
    connection.execute("UPDATE articles SET first_seen_at = ?, agency = iif(id IN (2, 4), 'Northwire', agency)", [now])
    connection.execute("UPDATE revisions SET text = 'It killed 12 in 3 towns'")
    connection.execute("UPDATE articles SET text = 'It killed 13 in 3 towns' WHERE id = 2")
    for title, changed in (("Quiet", "2026-05-04T06:00:00Z"), ("Loud", now)):
        newsroom.insert(
            "feeds", url=f"https://{title}.example/", publisher_id=1, origin="config", added_at=now, next_at=now,
            last_change_at=changed,
        )  # fmt: skip
    for number, words in ((1, '["Ferry", "Harbour"]'), (2, '["ferry"]')):
        update = "UPDATE articles SET section = 'Region', keywords = ? WHERE id = ?"
        connection.execute(update, [words, number])
    rows = {}
    asked = ("stories_first_by", "agency_copies", "feeds_that_went_quiet", "revisions_that_changed_a_number")
    for name in (*asked, "keywords_of_the_week"):
        query = "publisher=Northwire&agency=Northwire&_shape=array"
        rows[name] = (await site.client.get(f"/newsroom/{name}.json?{query}")).json()
    assert [(row["story_id"], row["taken_up_by"]) for row in rows["stories_first_by"]] == [(ferry, 2)]
    # The other one that credits the agency came more than a day later.
    assert [(row["publisher"], row["lag_minutes"]) for row in rows["agency_copies"]] == [("Daily Harbour", 14.0)]
    assert [row["url"] for row in rows["feeds_that_went_quiet"]] == ["https://Quiet.example/"]
    assert [row["numbers"] for row in rows["revisions_that_changed_a_number"]] == ["12 → 13"]
    found = [(row["keyword"], row["publishers"], row["sections"]) for row in rows["keywords_of_the_week"]]
    assert found == [("Ferry", 2, "Region"), ("Harbour", 1, "Region")]


SEARCHES = [
    ("ferry", {"Ferry service resumes"}),
    ("FERRY Service", {"Ferry service resumes"}),
    ('"service ferry"', set()),
    ('"ferry service"', {"Ferry service resumes"}),
    ("ferry NOT service", set()),
    ("cafe", {"Café am Hafen"}),
    ("渡轮", {"渡轮服务恢复"}),
    ("轮服务", {"渡轮服务恢复"}),
    ("服务渡轮", set()),
    ("паром", {"Паром снова ходит"}),
]
BAD_SEARCHES = [
    '"',
    "ferry OR",
    "ferry*",
    "title:",
    "NEAR(",
    "^ferry -x",
    "!!!",
    "(",
    "' OR 1=1 --",
    "\0",
    "{title}: a",
]


@pytest.fixture
def scripts(newsroom: Newsroom) -> None:
    for title in ("Ferry service resumes", "Café am Hafen", "渡轮服务恢复", "Паром снова ходит"):
        newsroom.story(title, [(newsroom.article(title, title), "original")])


@pytest.mark.parametrize(("query", "expected"), SEARCHES, ids=[query for query, _ in SEARCHES])
async def test_our_search_and_datasettes_box_find_the_same(
    site: Any, scripts: None, query: str, expected: set[str]
) -> None:
    page = (await site.client.get("/stories", params={"q": query})).text
    found = set(re.findall(r'<a href="/story/\d+">([^<]+)</a>', page))
    rows = (await site.client.get("/newsroom/articles.json", params={"_search": query, "_shape": "array"})).json()
    assert (found, {row["title"] for row in rows}) == (expected, expected)


@pytest.mark.parametrize("query", BAD_SEARCHES)
@pytest.mark.parametrize("path", ["/stories?q=", "/newsroom/articles?_search=", "/newsroom/articles_with_words?words="])
async def test_no_search_is_an_error(site: Any, scripts: None, path: str, query: str) -> None:
    address, _, name = path.rstrip("=").partition("?")
    answer = await site.client.get(address, params={name: query})
    assert answer.status_code == 200
    assert "fts5" not in answer.text


async def test_a_search_pages_on_and_keeps_its_words(site: Any, newsroom: Newsroom) -> None:
    for number in range(30):
        newsroom.story(f"R{number}", [(newsroom.article(f"R{number}", "harbour & quay"), "original")])
    page = (await site.client.get("/stories", params={"q": "harbour & quay"})).text
    assert "?page=2&amp;q=harbour+%26+quay" in page
    second = (await site.client.get("/stories?page=2&q=harbour")).text
    assert len(re.findall(r'href="/story/\d+"', second)) == 5


async def test_facets_stand_on_the_small_tables(site: Any, ferry: int) -> None:
    answer = await site.client.get("/newsroom/publishers.json")
    facets = answer.json()["facet_results"]["kind"]["results"]
    assert {facet["value"]: facet["count"] for facet in facets} == {"outlet": 2, "wire": 1}


async def test_a_story_number_in_a_view_leads_to_its_page(site: Any, ferry: int) -> None:
    for path in ("story_list", "story_timeline", "articles_with_words?words=ferry"):
        assert f'<a href="/story/{ferry}">{ferry}</a>' in (await site.client.get(f"/newsroom/{path}")).text
