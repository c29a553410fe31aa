"""Two texts side by side: two members of a story, or a text and what its publisher made of it."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from functools import partial
from typing import Any

from ingest.browse import wording
from ingest.browse.alike import Marked, Piece, marked
from ingest.browse.newsroom import ask
from ingest.browse.render import clock_of, problem, render
from ingest.browse.settings import ShowText, settings_of
from ingest.browse.wording import Clock, Stamp
from ingest.model import Relation, Verdict
from ingest.store.read_compare import Side, article_side, revision_side, verdict_on

#: An article by its number, a revision by an r and its number.
_NAME = re.compile(r"(r?)([0-9]{1,18})", re.ASCII)
#: So much of each text is shown where texts are licensed: what differs, with a little around it.
EXCERPT_CHARS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One of the two texts as the page shows it."""

    name: str
    story_id: int | None
    publisher: str
    publisher_id: int
    title: tuple[Piece, ...]
    href: str | None
    at: Stamp | None
    replaced: Stamp | None
    paragraphs: tuple[tuple[Piece, ...], ...]
    share: str  # of its words, how many stand in the other as well
    cut: bool
    gone: str | None  # why there is no text


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What matching said of the two."""

    relation: str
    joins: bool
    score: str
    reason: str
    explanation: str
    veto: str


async def compare(request: Any, datasette: Any) -> Any:
    """Two texts with what they share and where they differ."""
    names = request.url_vars["a"], request.url_vars["b"]
    a, b, verdict = await ask(datasette, partial(_found, names=names))
    for name, side in ((names[0], a), (names[1], b)):
        if side is None:
            words = f"There is no article {name[:40]}. A revision is named by an r before its number, as in r12."
            return await problem(request, datasette, status=404, heading="Nothing to compare", words=words)
    clock, show_text = clock_of(datasette), settings_of(datasette).show_text
    one, other = columns(a, b, clock, show_text)
    context = {
        "columns": (one, other),
        "verdict": _said(verdict) if verdict else None,
        "is_revision": a.article_id == b.article_id,
        "show_text": show_text.value,
    }
    return await render(request, datasette, "samewire/compare.html", context)


def columns(a: Side, b: Side, clock: Clock, show_text: ShowText) -> tuple[Column, Column]:
    """Both texts, marked against each other."""
    titles, texts = marked(a.title, b.title), marked(a.text, b.text)
    return _column(a, titles[0], texts[0], clock, show_text), _column(b, titles[1], texts[1], clock, show_text)


def _found(connection: sqlite3.Connection, *, names: tuple[str, str]) -> tuple[Any, Any, Verdict | None]:
    """Both sides, None for what is not there, and the verdict on the two articles."""
    a, b = (_side(connection, name) for name in names)
    if a is None or b is None or a.article_id == b.article_id:
        return a, b, None
    return a, b, verdict_on(connection, a.article_id, b.article_id)


def _side(connection: sqlite3.Connection, name: str) -> Side | None:
    found = _NAME.fullmatch(name)
    if not found:
        return None
    return (revision_side if found[1] else article_side)(connection, int(found[2]))


def _column(side: Side, headline: Marked, text: Marked, clock: Clock, show_text: ShowText) -> Column:
    paragraphs = text.paragraphs
    match show_text:
        case ShowText.EXCERPT:
            paragraphs = differing(paragraphs, EXCERPT_CHARS)
        case ShowText.NONE:
            paragraphs = ()
    return Column(
        name=f"r{side.revision_id}" if side.revision_id else str(side.article_id),
        story_id=side.story_id,
        publisher=side.publisher,
        publisher_id=side.publisher_id,
        title=headline.paragraphs[0] if headline.paragraphs else (Piece(text="(no headline)", common=True),),
        href=wording.safe_link(side.url),
        at=clock.optional(side.at),
        replaced=clock.optional(side.replaced_at),
        paragraphs=paragraphs,
        share=wording.percent(text.share),
        cut=side.cut or paragraphs != text.paragraphs,
        gone=side.gone,
    )


def differing(paragraphs: tuple[tuple[Piece, ...], ...], max_chars: int) -> tuple[tuple[Piece, ...], ...]:
    """Of a text the paragraphs that hold a difference, common stretches cut short, `max_chars` in all."""
    left, found = max_chars, list[tuple[Piece, ...]]()
    for paragraph in paragraphs:
        if left <= 0 or all(piece.common for piece in paragraph):
            continue
        pieces = []
        for piece in paragraph:
            shown = wording.cut(piece.text, min(60, left)) if piece.common else wording.cut(piece.text, left)
            left -= len(shown)
            if shown:
                pieces.append(Piece(text=shown if piece.common else f" {shown} ", common=piece.common))
        found.append(tuple(pieces))
    return tuple(found)


def _said(verdict: Verdict) -> Said:
    return Said(
        relation=wording.RELATIONS[verdict.relation],
        joins=verdict.relation is not Relation.DIFFERENT,
        score=wording.percent(verdict.score),
        reason=wording.spoken(verdict.reason),
        explanation=verdict.explanation,
        veto=verdict.evidence.veto or "",
    )
