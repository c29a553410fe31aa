"""The reference is complete: what the code declares stands on the pages, and nothing else is written."""

from __future__ import annotations

import ast
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from docs.tools import pictures, reference
from docs.tools.site import faults
from ingest.browse.words import SENTENCES, WORDS
from ingest.config import Config, loads
from ingest.config.schema import keys_of
from ingest.errors import Reason
from ingest.match.words import (
    PLACE_REASONS,
    REFUSED_REASONS,
    VERDICT_REASONS,
    PlaceReason,
    RefusedReason,
    VerdictReason,
)
from ingest.model import ArticleStatus, ConstraintKind, FeedKind, PollWord, Relation
from ingest.model.alerts import AlertKind, Channel
from ingest.model.articles import TextSource
from ingest.model.day import Fate
from ingest.model.events import Kinship
from ingest.model.meanings import MEANINGS
from ingest.model.names import Reading
from ingest.model.published import DeliveryStatus
from ingest.model.pushing import SubscriptionStatus
from ingest.revise.decide import DATE_FAULTS, DateFault
from ingest.store.connection import open_writer
from ingest.store.words import CAP_NAMES, JOURNAL_ACTIONS, CapName, JournalAction
from ingest.watch.telling import HitReason, PassReason

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
#: Names of columns that hold one of a few words, and a word that says nothing of the kind: `hosts.status` is a number.
SOUNDS_LIKE_A_WORD = re.compile(
    r"(?:.+_)?reason|status|outcome|kind|action|fate|refused|relation|origin|channel|reading"
)
IN_LIST = re.compile(r"^\s*(?:ALTER TABLE \w+ ADD COLUMN )?(\w+) TEXT[^\n]*CHECK \(\1 IN \(([^)]*)\)\)", re.M)


@cache
def made_now() -> dict[str, str]:
    return reference.pages()


@pytest.mark.parametrize("name", ["commands.md", "database.md", "words.md"])
def test_a_page_that_is_made_from_the_code_is_as_it_would_be_made_now(name: str) -> None:
    made = made_now()[name]
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == made, "run make docs-reference"


def test_pictures_show_what_the_code_computes_now() -> None:
    stale = [
        name for name, made in pictures.pictures().items() if (DOCS / "img" / name).read_text(encoding="utf-8") != made
    ]
    assert stale == [], "run make docs-reference, and look whether the pages around these pictures still say the truth"


@pytest.mark.parametrize(
    ("declared", "explained", "where"),
    [
        (set(Reason), set(MEANINGS), "ingest/errors.py (Reason), ingest/model/meanings.py (MEANINGS)"),
        (set(get_args(VerdictReason)), set(VERDICT_REASONS), "ingest/match/words.py (VERDICT_REASONS)"),
        (set(get_args(RefusedReason)), set(REFUSED_REASONS), "ingest/match/words.py (REFUSED_REASONS)"),
        (set(get_args(PlaceReason)), set(PLACE_REASONS), "ingest/match/words.py (PLACE_REASONS)"),
        (set(get_args(JournalAction)), set(JOURNAL_ACTIONS), "ingest/store/words.py (JOURNAL_ACTIONS)"),
        (set(get_args(CapName)), set(CAP_NAMES), "ingest/store/words.py (CAP_NAMES)"),
        (set(get_args(DateFault)), set(DATE_FAULTS), "ingest/revise/decide.py (DATE_FAULTS)"),
    ],
    ids=["reasons", "verdicts", "refused", "places", "journal", "caps", "dates"],
)
def test_every_word_has_its_sentence(declared: set[str], explained: set[str], where: str) -> None:
    assert declared - explained == set(), f"give each a sentence in {where}, then make docs-reference"
    assert explained - declared == set(), f"nobody writes these; take them out of {where}"


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("articles.status", ArticleStatus), ("articles.text_source", TextSource), ("polls.outcome", PollWord),
        ("polls.reading", Reading), ("publishers.kind", FeedKind), ("verdicts.relation", Relation),
        ("constraints.kind", ConstraintKind), ("related.reason", Kinship), ("alerts.kind", AlertKind),
        ("alert_messages.channel", Channel), ("deliveries.status", DeliveryStatus), ("digest_events.fate", Fate),
        ("subscriptions.status", SubscriptionStatus), ("hits.reason", HitReason), ("passed_over.reason", PassReason),
    ],
)  # fmt: skip
def test_a_column_has_the_words_of_its_type(column: str, words: Any) -> None:
    assert documented()[column] == {word.value for word in words}, "mend ingest/browse/words.py"


@cache
def documented() -> dict[str, set[str]]:
    """The words of each column of a closed set."""
    found: dict[str, set[str]] = {}
    for words in WORDS:
        for column in words.columns:
            found.setdefault(column, set()).update(words.meanings)
    return found


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("schema") / "newsroom.db"
    with open_writer(path, for_command="tests"):
        pass
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def test_every_column_of_words_is_documented(schema: sqlite3.Connection) -> None:
    missing = [
        f"{table}.{column}"
        for (table,) in schema.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for _, column, kind, *_ in schema.execute(f"PRAGMA table_info([{table}])")
        if kind == "TEXT"
        and SOUNDS_LIKE_A_WORD.fullmatch(column)
        and f"{table}.{column}" not in {*documented(), *SENTENCES}
    ]
    assert missing == [], (
        "say in ingest/browse/words.py which words these columns hold (WORDS) or that they hold sentences (SENTENCES), "
        "then make docs-reference"
    )


def test_the_schema_allows_the_words_that_are_documented_and_no_others(schema: sqlite3.Connection) -> None:
    checked = 0
    for table, sql in schema.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
        for column, listed in IN_LIST.findall(sql):
            allowed = set(re.findall(r"'([^']+)'", listed))
            known = documented().get(f"{table}.{column}", set())
            assert allowed <= known, f"{table}.{column}: add {allowed - known} to ingest/browse/words.py"
            checked += 1
    assert checked > 10


#: What is called with a literal word: which of its arguments that is, the words, and where they are declared.
JOURNAL = {"note": (3, set(JOURNAL_ACTIONS), "ingest/store/words.py (JournalAction, JOURNAL_ACTIONS)"),
           "count_cap": (1, set(CAP_NAMES), "ingest/store/words.py (CapName, CAP_NAMES)")}  # fmt: skip
MATCH = {"different": (0, set(VERDICT_REASONS), "ingest/match/words.py (VerdictReason, VERDICT_REASONS)"),
         "Finding": (1, set(VERDICT_REASONS), "ingest/match/words.py (VerdictReason, VERDICT_REASONS)"),
         "Refusal": (-1, set(REFUSED_REASONS), "ingest/match/words.py (RefusedReason, REFUSED_REASONS)"),
         "Member": (-1, {*VERDICT_REASONS, *PLACE_REASONS}, "ingest/match/words.py (PLACE_REASONS)")}  # fmt: skip
ANY = (-1, {word for words in documented().values() for word in words}, "ingest/errors.py and ingest/model/meanings.py")
WRITES_WORDS = re.compile(r"\b(?:note|count_cap|different|Finding|Refusal|Member)\(|\breason=")


def undeclared(source: str, room: str) -> list[str]:
    """Reason words that a module of a room writes as they stand and that no table declares."""
    writers = JOURNAL | MATCH if room == "match" else JOURNAL
    found = []
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        at, declared, where = writers.get(name, ANY)
        given = [each.value for each in call.keywords if each.arg == "reason"]
        given += call.args[at : at + 1] if at >= 0 else []
        for value in given:
            found += [
                f"line {value.lineno}: declare the word {word!r} with its sentence in {where}"
                for word in literals(value)
                if re.fullmatch(r"[a-z][a-z_-]*", word) and word not in declared
            ]
    return found


def literals(value: ast.expr) -> Iterator[str]:
    """The words that an expression may be, where they stand in it as they are."""
    if isinstance(value, ast.IfExp):
        yield from (*literals(value.body), *literals(value.orelse))
    elif isinstance(value, ast.BoolOp):
        yield from (word for each in value.values for word in literals(each))
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def test_no_reason_word_is_written_that_is_not_declared() -> None:
    faulty = {}
    for path in sorted((ROOT / "ingest").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if WRITES_WORDS.search(source) and (words := undeclared(source, path.parent.name)):
            faulty[str(path.relative_to(ROOT))] = words
    assert faulty == {}, "then make docs-reference"


@pytest.mark.parametrize(
    "source",
    [
        'note(store, now, "samewire", "danced", "why")',
        'count_cap(store, "patience", "subject", now)',
        'different("bored", words, 0.4)',
        'Refusal(a=a, b=b, reason="tired")',
        'Outcome(word=word, reason="moody" if late else "gone")',
    ],
)
def test_a_word_that_is_not_declared_is_found(source: str) -> None:
    assert len(undeclared(source, "match")) == 1


#: A metric as it is declared, by its whole name or by what stands behind the prefix of all.
METRIC = re.compile(r"\bMetric\(\s*\"([a-z_]+)\"|\"samewire_([a-z_]+)\"")
NO_METRICS = {"form"}  # the key under which a request carries its form


def metrics_of(source: str) -> set[str]:
    """The metrics that a module declares."""
    return {f"samewire_{short or whole}" for short, whole in METRIC.findall(source) if whole not in NO_METRICS}


def test_every_metric_is_documented() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "ingest").rglob("*.py"))
    declared = {name for source in sources for name in metrics_of(source)}
    pages = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    missing = {name for name in declared if not re.search(rf"`{name}(?:\{{[^`]*\}})?`", pages)}
    assert missing == set(), "describe each of these metrics in docs/metrics.md, its name in backticks"


def test_metrics_are_found_where_they_are_declared() -> None:
    assert metrics_of('Metric("polls_total", C)\nname = "samewire_queue"\nscope["samewire_form"]') == {
        "samewire_polls_total", "samewire_queue",
    }  # fmt: skip


ROW = re.compile(r"^\| ((?:`\w+\.\w+`(?:, )?)+) \| ([^|]*) \|", re.M)


def test_the_defaults_that_the_page_gives_are_those_of_the_code(tmp_path: Path) -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    tables: dict[str, list[str]] = {}
    for keys, defaults in ROW.findall(page):
        names, values = re.findall(r"`(\w+)\.(\w+)`", keys), re.findall(r"`([^`]+)`", defaults)
        for (table, key), value in zip(names, values, strict=False):
            tables.setdefault(table, []).append(f"{key} = {value}")
    text = "\n".join(f"[{table}]\n" + "\n".join(lines) for table, lines in tables.items())
    assert len(tomllib.loads(text)) > 5
    path = tmp_path / "config.toml"
    given, default = (loads(toml, path).config for toml in (text, ""))
    for name, meta in keys_of(Config).items():
        if "table" in meta:
            assert getattr(given, name) == getattr(default, name), (
                f"docs/configuration.md gives other defaults of [{name}]"
            )


def toctrees(page: Path) -> Iterator[Path]:
    """The pages that a page's contents name."""
    for block in re.findall(r"^```\{toctree\}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S):
        for line in filter(None, map(str.strip, block.splitlines())):
            if not line.startswith(":"):
                yield from page.parent.glob(f"{line}.md")


def test_every_page_is_in_the_contents() -> None:
    reached = {DOCS / "index.md"}
    front = [DOCS / "index.md"]
    while front:
        for page in toctrees(front.pop()):
            if page not in reached:
                reached.add(page)
                front.append(page)
    missing = sorted(str(page.relative_to(DOCS)) for page in {*DOCS.rglob("*.md")} - reached)
    assert missing == [], "name them, without .md, under a heading of docs/index.md"


def test_what_the_gate_runs_is_in_the_readme() -> None:
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\s*(?:step )?make ([a-z-]+)", gate, re.M))
    assert {"test", "check", "docs"} <= targets
    assert {name for name in targets if not re.search(rf"\bmake {name}\b(?!-)", readme)} == set()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="other.html#part">x</a>', None),
        ('<a href="gone.html">x</a>', "page.html links to gone.html, which is not there"),
        ('<a href="other.html#nowhere">x</a>', "page.html links to other.html#nowhere, which has no such heading"),
        ('<img src="https://cdn.example/x.png">', "page.html loads https://cdn.example/x.png from elsewhere"),
        (
            '<link rel="stylesheet" href="//fonts.example/a.css">',
            "page.html loads //fonts.example/a.css from elsewhere",
        ),
        ('<a href="https://example.org/">x</a>', None),
    ],
)
def test_a_dead_link_or_a_foreign_file_is_found(tmp_path: Path, body: str, fault: str | None) -> None:
    (tmp_path / "page.html").write_text(body, encoding="utf-8")
    (tmp_path / "other.html").write_text('<h2 id="part">Part</h2>', encoding="utf-8")
    found = faults(tmp_path)
    assert (found == []) if fault is None else (len(found) == 1 and found[0].startswith(fault))
