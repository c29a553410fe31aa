"""The full-text index and the matcher in memory give one answer, whatever the query and whatever the texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import QueryError
from ingest.model import FeedKind
from ingest.store.connection import Store, open_writer
from ingest.store.watch_sql import articles_that_fit, watched
from ingest.text.search import indexed
from ingest.watch.evaluate import fits
from ingest.watch.index import QueryIndex
from ingest.watch.parse import parse
from ingest.watch.query import label
from ingest.watch.reading import Reading
from tests.store.conftest import NOW

# Few words, so that queries and texts meet; of scripts with and without spaces, accented, hyphenated, with apostrophes.
WORDS = (
    *(
        "peace",
        "talks",
        "Peace",
        "WHO",
        "who",
        "It",
        "IT",
        "it",
        "talk",
        "O'Brien",
        "obrien",
        "peace-talks",
        "U.S.",
        "us",
    ),
    *("Élysée", "elysee", "café", "cafe\u0301", "Straße", "STRASSE", "ŁÓDŹ", "Lodz", "İstanbul", "istanbul", "naïve"),
    *("北京", "北京举行峰会", "峰会", "京", "5月", "G20峰会", "東京", "ﾄｳｷｮｳ", "サミット", "กรุงเทพ", "กรุง"),
    *("قالَ", "قال", "أحمد", "احمد", "الرئيسُ", "שָׁלוֹם", "שלום", "Ёлка", "ёлка", "елка", "йод", "иод", "Άνω", "ανω"),
    *(
        "हिन्दी",
        "हिंदी",
        "३४",
        "34",
        "3,5",
        "x_y",
        "_",
        "don’t",
        "don't",
        "soft\u00adly",
        "a\u200db",
        "😀",
        "½",
        "ﬁn",
        "fin",
    ),
)
PUBLISHERS = (
    ("BBC", "bbc.co.uk", FeedKind.OUTLET),
    ("BBC Mundo", "bbc.com", FeedKind.OUTLET),
    ("Reuters", "reuters.com", FeedKind.WIRE),
    ("北京日報", "bjd.com.cn", FeedKind.AGGREGATOR),
)
GROUPS = {"british": ("BBC", "The Times", "Reuters.com"), "nobody": ()}
word = st.sampled_from(WORDS)
anything = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
text = st.lists(st.one_of(word, word, word, anything), max_size=14).map(" ".join)

phrase = st.builds(
    lambda exact, words, wild: f'{exact}"{words}"{wild}',
    st.sampled_from(["", "", "="]),
    st.one_of(word, st.lists(word, min_size=1, max_size=3).map(" ".join)).map(lambda w: w.replace('"', "")),
    st.sampled_from(["", "", "*"]),
)
bare = st.builds(lambda exact, w, wild: exact + w + wild, st.sampled_from(["", "="]), word, st.sampled_from(["", "*"]))
source = st.sampled_from(
    ["publisher:bbc", "publisher:reut*", "publisher:北京", "language:en", "language:pt", "agency:reuters",
     "agency:ap*", "group:british", "group:wire", "group:nobody", "publisher:bbc.co.uk"]
)  # fmt: skip
term = st.one_of(phrase, bare)
near = st.builds(
    lambda left, distance, right: f"{left} NEAR/{distance} {right}",
    st.one_of(term, st.builds("({} OR {})".format, term, term)),
    st.integers(1, 4),
    st.one_of(term, st.builds("({} OR {})".format, term, term)),
)
field = st.sampled_from(["title:", "text:", "lead:"])
leaf = st.one_of(
    term, term, near, st.builds("{}{}".format, field, term), st.builds("{}({})".format, field, near), source
)
query = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("{} NOT ({})".format, inner, inner).map(lambda q: f"({q})"),
        st.builds("({} {})".format, inner, inner),
    ),
    max_leaves=6,
)
article = st.tuples(
    text, text, st.sampled_from(PUBLISHERS), st.sampled_from([None, "Reuters", "AP"]),
    st.sampled_from([None, "en", "pt-BR"]),
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path: Path = tmp_path_factory.mktemp("agreement") / "newsroom.db"
    with open_writer(path, for_command="test") as opened:
        opened.connection.execute("PRAGMA synchronous = OFF")
        yield opened


def fill(store: Store, articles: list[tuple]) -> list[int]:
    """Put the articles where earlier ones were; returns their ids."""
    connection = store.connection
    for table in ("members", "stories", "articles", "publishers"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    ids = []
    for number, (title, body, (name, domain, kind), agency, language) in enumerate(articles):
        connection.execute(
            "INSERT OR IGNORE INTO publishers (name, domain, kind) VALUES (?, ?, ?)", [name, domain, kind]
        )
        owner = connection.execute("SELECT id FROM publishers WHERE name = ?", [name]).fetchone()[0]
        made = connection.execute(
            "INSERT INTO articles (publisher_id, identity, url, title, text, first_seen_at, agency, language, status, "
            "text_source, content_hash) VALUES (?, ?, '', ?, ?, '2026-05-05T12:00:00Z', ?, ?, 'extracted', 'feed', '')",
            [owner, str(number), title, body, agency, language],
        ).lastrowid
        story = connection.execute("INSERT INTO stories (title, created_at, updated_at) VALUES ('', '', '')").lastrowid
        connection.execute(
            "INSERT INTO members (article_id, story_id, relation, score, reason, joined_at) "
            "VALUES (?, ?, 'original', 1, 'x', '')",
            [made, story],
        )
        connection.execute(
            "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", [made, indexed(title), indexed(body)]
        )
        ids.append(made)
    return ids


@given(articles=st.lists(article, min_size=1, max_size=6), queries=st.lists(query, min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_index_and_matcher_agree(store: Store, articles: list[tuple], queries: list[str]) -> None:
    parsed = []
    for one in queries:
        try:
            parsed.append(parse(one, GROUPS))
        except QueryError:
            continue  # a term without a word, or one lone character of a script without spaces
    with store.transaction():
        ids = fill(store, articles)
        readings = {one.id: Reading(one.words) for one in watched(store.connection, ids)}
        many = QueryIndex(dict(enumerate(parsed)))
        matched = {number: many.matches(reading) for number, reading in readings.items()}
        for number, one in enumerate(parsed):
            for part in one.words:
                assert parse(label(part)).root == part
            told = {found.id for found in articles_that_fit(store.connection, one, since=NOW, limit=100)}
            assert told == {i for i, reading in readings.items() if fits(one.root, reading)}, one.text
            assert told == {i for i, names in matched.items() if number in names}, one.text
