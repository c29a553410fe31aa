"""Verdicts in the database: what was measured on pairs, what grouping refused, and who lies around an article."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ingest.model import TELLER_SHARE, TOLD_LEAD, ArticleId, Evidence, Refusal, Relation, Verdict
from ingest.store.connection import Store
from ingest.store.sql import id_list
from ingest.store.times import to_text

#: Which text of a pair may tell the other's story among others (see match.cluster).
_A_TELLS_B = f"(containment_a < {TELLER_SHARE} AND lead_b >= {TOLD_LEAD})"
_B_TELLS_A = f"(containment_b < {TELLER_SHARE} AND lead_a >= {TOLD_LEAD})"

#: What a verdict is made of, in the order in which `_verdict` takes it.
_COLUMNS = (
    "article_a", "article_b", "relation", "score", "reason", "explanation", "jaccard", "containment_a", "containment_b",
    "title", "lead_a", "lead_b", "gap_s", "shared", "quoted", "vocabulary", "specifics", "agreement", "boilerplate",
    "veto",
)  # fmt: skip
_OF_V = ", ".join(f"v.{column}" for column in _COLUMNS)
_MAX_READ = 4096

# Each arm asks for its ids itself. Of a named list that two of them shared SQLite would think that it has a million
# rows, and read all verdicts to make a filter of them before it looks for the first (its `BLOOM FILTER`).
_TOLD = f"""
SELECT article_b FROM json_each(?1) CROSS JOIN verdicts ON article_a = value WHERE {_A_TELLS_B}
UNION SELECT article_a FROM json_each(?1) CROSS JOIN verdicts ON article_b = value WHERE {_B_TELLS_A}
"""
_AMONG = f"""
SELECT {_OF_V} FROM json_each(?1) j CROSS JOIN verdicts v ON v.article_a = j.value
WHERE v.article_b IN (SELECT value FROM json_each(?1))
"""

_INSERT_VERDICT = """
INSERT INTO verdicts (article_a, article_b, relation, score, reason, explanation, jaccard, containment_a,
                      containment_b, title, lead_a, lead_b, gap_s, shared, quoted, vocabulary, specifics, agreement,
                      boilerplate, veto, decided_at)
VALUES (:article_a, :article_b, :relation, :score, :reason, :explanation, :jaccard, :containment_a,
        :containment_b, :title, :lead_a, :lead_b, :gap_s, :shared, :quoted, :vocabulary, :specifics, :agreement,
        :boilerplate, :veto, :decided_at)
"""


def neighbours(connection: sqlite3.Connection, article_id: ArticleId) -> tuple[ArticleId, ...]:
    """The articles whose place may depend on this one: joined by a verdict, in one story with it, or telling of it."""
    rows = connection.execute(
        f"""
        SELECT article_b AS id FROM verdicts WHERE article_a = ?1 AND (relation <> 'different' OR {_B_TELLS_A})
        UNION SELECT article_a FROM verdicts WHERE article_b = ?1 AND (relation <> 'different' OR {_A_TELLS_B})
        UNION SELECT n.article_id FROM members m JOIN members n ON n.story_id = m.story_id WHERE m.article_id = ?1
        """,
        [article_id],
    )
    return tuple(ArticleId(row["id"]) for row in rows)


def verdicts_around(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> tuple[Verdict, ...]:
    """Every verdict on a pair of these articles, and on pairs of what they may tell of."""
    cursor = connection.cursor()
    cursor.row_factory = None  # plain tuples, which are remembered
    told = cursor.execute(_TOLD, [id_list(ids)])
    around = {*ids, *(ArticleId(article_id) for (article_id,) in told)}
    if len(around) < 2:
        return ()
    rows: Iterable[tuple[Any, ...]] = cursor.execute(_AMONG, [id_list(sorted(around))])
    return tuple(_VERDICTS[row] for row in rows)


def store_verdicts(store: Store, article_id: ArticleId, verdicts: Iterable[Verdict], now: datetime) -> None:
    """Replace everything that was decided on an article by these verdicts."""
    store.connection.execute("DELETE FROM verdicts WHERE article_a = ?1 OR article_b = ?1", [article_id])
    # One statement for all: a popular phrase brings hundreds of pairs, and sqlite-utils builds SQL for each batch.
    store.connection.executemany(_INSERT_VERDICT, [_verdict_row(verdict, now) for verdict in verdicts])


def mark_refused(store: Store, ids: Sequence[ArticleId], refused: Iterable[Refusal]) -> None:
    """Say of the joining verdicts among these articles which of them grouping refused, and why."""
    store.connection.execute(
        "UPDATE verdicts SET refused = NULL WHERE refused IS NOT NULL "
        "AND article_a IN (SELECT value FROM json_each(?))",
        [id_list(ids)],
    )
    store.connection.executemany(
        "UPDATE verdicts SET refused = ? WHERE article_a = ? AND article_b = ?",
        [(refusal.reason, refusal.a, refusal.b) for refusal in refused],
    )


def verdict_of(row: sqlite3.Row) -> Verdict:
    """A row of the table as matching sees it."""
    return _verdict(*(row[column] for column in _COLUMNS))


def _verdict(
    a: int,
    b: int,
    relation: str,
    score: float,
    reason: str,
    explanation: str,
    *measured: Any,
) -> Verdict:
    *evidence, agreement, boilerplate, veto = measured
    jaccard, containment_a, containment_b, title, lead_a, lead_b, gap_s, shared, quoted, vocabulary, specifics = (
        evidence
    )
    return Verdict(
        a=ArticleId(a),
        b=ArticleId(b),
        relation=Relation(relation),
        score=score,
        reason=reason,
        explanation=explanation,
        evidence=Evidence(
            jaccard=jaccard,
            containment_a=containment_a,
            containment_b=containment_b,
            title=title,
            lead_a=lead_a,
            lead_b=lead_b,
            gap_s=gap_s,
            shared=shared,
            quoted=quoted,
            vocabulary=vocabulary,
            specifics=specifics,
            agreement=tuple((kind, same, other) for kind, same, other in json.loads(agreement)),
            boilerplate=boilerplate,
            veto=veto,
        ),
    )


class _Verdicts(dict[tuple[Any, ...], Verdict]):
    """Rows that were read lately, as verdicts: whenever a story grows, all of its verdicts are read again."""

    def __missing__(self, row: tuple[Any, ...]) -> Verdict:
        found = _verdict(*row)
        if len(self) >= _MAX_READ:
            self.clear()
        self[row] = found
        return found


_VERDICTS = _Verdicts()


def _verdict_row(verdict: Verdict, now: datetime) -> dict[str, object]:
    evidence = verdict.evidence
    return {
        "article_a": verdict.a,
        "article_b": verdict.b,
        "relation": verdict.relation,
        "score": verdict.score,
        "reason": verdict.reason,
        "explanation": verdict.explanation,
        "jaccard": evidence.jaccard,
        "containment_a": evidence.containment_a,
        "containment_b": evidence.containment_b,
        "title": evidence.title,
        "lead_a": evidence.lead_a,
        "lead_b": evidence.lead_b,
        "gap_s": evidence.gap_s,
        "shared": evidence.shared,
        "quoted": evidence.quoted,
        "vocabulary": evidence.vocabulary,
        "specifics": evidence.specifics,
        "agreement": json.dumps(evidence.agreement),
        "boilerplate": evidence.boilerplate,
        "veto": evidence.veto,
        "decided_at": to_text(now),
    }
