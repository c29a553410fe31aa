"""Whether stories are a function of the set: the same articles in other orders, under other numbers, with restarts."""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.config import load
from ingest.match.batch import Grouped, group_measured, measure
from ingest.model import ArticleId, Document
from ingest.pipeline.transfer import import_articles

#: Everything that matching decides of an article, in names that no order changes.
Decided = dict[str, tuple[object, ...]]

_STORED = """
SELECT a.url AS name, m.relation, m.score, m.reason, v.url AS via, f.url AS first, s.first_reason,
       (SELECT group_concat(x, ' ') FROM (SELECT b.url AS x FROM members n JOIN articles b ON b.id = n.article_id
                                          WHERE n.story_id = m.story_id ORDER BY x)) AS together
FROM members m JOIN articles a ON a.id = m.article_id JOIN stories s ON s.id = m.story_id
LEFT JOIN articles v ON v.id = m.via LEFT JOIN articles f ON f.id = s.first_article_id
"""


def permutations(documents: Sequence[Document], window: timedelta, *, count: int, seed: int) -> Iterator[set[str]]:
    """For each of so many orders with numbers drawn anew: the keys of the articles of which something is decided
    otherwise than in the order given. Texts are measured once; proposing, comparing and grouping is done each time.
    """
    rng = random.Random(seed)
    measured = measure(documents)
    reference = _decided(documents, group_measured(measured, window=window))
    for _ in range(count):
        numbers = rng.sample(range(1, 10 * len(documents) + 1), len(documents))
        new = {old.id: ArticleId(number) for old, number in zip(documents, numbers, strict=True)}
        shuffled = [replace(document, id=new[document.id]) for document in rng.sample(documents, len(documents))]
        again = {
            new[old]: replace(found, id=new[old], claim=replace(found.claim, id=new[old]))
            for old, found in measured.items()
        }
        ordered = {document.id: again[document.id] for document in shuffled}
        yield _otherwise(reference, _decided(shuffled, group_measured(ordered, window=window)))


def restarts(documents: Sequence[Document], window: timedelta, *, count: int, seed: int) -> Iterator[set[str]]:
    """For each of so many databases that took the articles in, shuffled and with up to six restarts between: the
    addresses of the articles of which something is decided otherwise than in one run in order.
    """
    rng = random.Random(seed)
    records = [_record(document, number) for number, document in enumerate(documents)]
    with tempfile.TemporaryDirectory() as name:
        reference = _taken_in(Path(name) / "reference", [records], window)
        for number in range(count):
            shuffled = rng.sample(records, len(records))
            cuts = sorted(rng.sample(range(1, len(records)), min(len(records) - 1, rng.randint(1, 6))))
            pieces = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(records)], strict=True)]
            yield _otherwise(reference, _taken_in(Path(name) / str(number), pieces, window))


def _decided(documents: Sequence[Document], grouped: Grouped) -> Decided:
    key = {document.id: document.key for document in documents}
    found: Decided = {}
    for group in grouped.grouping.groups:
        together = frozenset(key[member.article_id] for member in group.members)
        first = None if group.first.article_id is None else key[group.first.article_id]
        for member in group.members:
            via = None if member.via is None else key[member.via]
            found[key[member.article_id]] = (
                member.relation, member.score, member.reason, via, first, group.first.reason, together,
            )  # fmt: skip
    return found


def _taken_in(folder: Path, pieces: list[list[dict[str, object]]], window: timedelta) -> Decided:
    """What a new database holds after taking these pieces in, with a new process's state before each."""
    folder.mkdir()
    path = folder / "config.toml"
    path.write_text(f'[match]\nwindow = "{window.days}d"\n', encoding="utf-8")
    config = load(path).config
    now = datetime.now(UTC)
    for number, piece in enumerate(pieces):
        file = folder / f"{number}.jsonl"
        file.write_text("".join(json.dumps(record) + "\n" for record in piece), encoding="utf-8")
        import_articles(config, file, now + timedelta(hours=number), lambda _done, _total: None)
    with closing(sqlite3.connect(config.database_path)) as connection:
        return {name: tuple(rest) for name, *rest in connection.execute(_STORED)}


def _record(document: Document, number: int) -> dict[str, object]:
    """A document as the import takes it, under an address of its own."""
    return {
        "id": document.key,
        "url": f"https://steady.example/{number}",
        "title": document.title,
        "text": document.text,
        "published_at": document.published_at.isoformat() if document.published_at else None,
        "publisher": document.publisher,
        "publisher_kind": document.kind,
        "language": document.language,
        "source_title": document.source_title,
    }


def _otherwise(reference: Decided, found: Decided) -> set[str]:
    return {name for name in reference.keys() | found.keys() if reference.get(name) != found.get(name)}
