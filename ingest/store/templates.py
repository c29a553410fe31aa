"""What is learned of each site's pages: read before one of them, written after it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ingest.model import ArticleId, FeedId
from ingest.model.templates import Held, LearnedReading, Line, Mark, Observation, SiteMemory, Standing, Template
from ingest.store.connection import Store
from ingest.store.journal import note
from ingest.store.sql import Value, insert, update
from ingest.store.times import to_text
from ingest.store.words import JournalAction

#: A publisher's pages are learned on so many hosts: whoever names a new host for each page is not learned from.
MAX_HOSTS = 16
#: Of what became of a template, what the journal and the row say.
_JOURNALED: Mapping[str, JournalAction] = {
    "trusted": "template-trusted",
    "doubted": "template-doubted",
    "dropped": "template-dropped",
    "redesign": "template-redesign",
}


def publisher_of(connection: sqlite3.Connection, article_id: ArticleId) -> int:
    """Whose an article is."""
    row = connection.execute("SELECT publisher_id FROM articles WHERE id = ?", [article_id]).fetchone()
    return int(row["publisher_id"])


def templates_of(connection: sqlite3.Connection, publisher_id: int, host: str) -> tuple[Template, ...]:
    """What is known of a site, to read a page of it."""
    row = connection.execute(
        "SELECT templates FROM site_templates WHERE publisher_id = ? AND host = ?", [publisher_id, host]
    ).fetchone()
    return _memory(row["templates"]).templates if row else ()


def memory_of(connection: sqlite3.Connection, publisher_id: int, host: str) -> SiteMemory | None:
    """All that is remembered of a site; nothing of a new one; None where the publisher has too many hosts."""
    row = connection.execute(
        "SELECT templates, observations FROM site_templates WHERE publisher_id = ? AND host = ?", [publisher_id, host]
    ).fetchone()
    if row is not None:
        return _memory(row["templates"], row["observations"])
    hosts = connection.execute("SELECT count(*) FROM site_templates WHERE publisher_id = ?", [publisher_id]).fetchone()
    return SiteMemory() if hosts[0] < MAX_HOSTS else None


def note_fitting(store: Store, publisher_id: int, host: str) -> None:
    """A page was read by what is known of its site, which is as it was."""
    store.connection.execute(
        "UPDATE site_templates SET by_template = by_template + 1 WHERE publisher_id = ? AND host = ?",
        [publisher_id, host],
    )


def put(
    store: Store,
    publisher_id: int,
    host: str,
    memory: SiteMemory,
    reading: LearnedReading,
    events: Sequence[tuple[str, Template, str]],
    now: datetime,
) -> None:
    """Keep what is remembered of a site after a page. events: what became of which template, and why."""
    row = store.connection.execute(
        "SELECT id, with_care, redesigns FROM site_templates WHERE publisher_id = ? AND host = ?", [publisher_id, host]
    ).fetchone()
    stamp, whats = to_text(now), {what for what, _, _ in events}
    values: dict[str, Value] = {
        "standing": _standing(memory),
        "place": ", ".join(str(one.place) for one in memory.templates),
        "with_care": (row["with_care"] if row else 0) + 1,
        "why": str(reading.why or ""),
        "templates": _packed(
            {"templates": list(map(_template_out, memory.templates)), "barred": list(map(_mark_out, memory.barred))}
        ),
        "observations": _packed(list(map(_observation_out, memory.observations))),
    }
    if reading.checked:
        worst = min((one.held for one in reading.checked), key=list(Held).index)
        values |= {"checked_at": stamp, "checked": str(worst)}
    if "trusted" in whats:
        values["learned_at"] = stamp
    if "redesign" in whats:
        values |= {"redesigned_at": stamp, "redesigns": (row["redesigns"] if row else 0) + 1}
    if row is None:
        insert(store.connection, "site_templates", {"publisher_id": publisher_id, "host": host, **values})
    else:
        update(store.connection, "site_templates", row["id"], values)
    for what, template, why in events:
        if what in _JOURNALED:
            detail = json.dumps({"host": host, "place": str(template.place), "pages": template.learned_from})
            note(store, now, "samewire", _JOURNALED[what], f"{host}: {why}", detail=detail)


def forget(store: Store, feed_id: FeedId, *, actor: str, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Forget what is learned of the pages of a feed's publisher; returns the publisher and the hosts concerned."""
    with store.transaction():
        publisher = store.connection.execute(
            "SELECT p.id, p.name FROM publishers p JOIN feeds f ON f.publisher_id = p.id WHERE f.id = ?", [feed_id]
        ).fetchone()
        hosts = tuple(
            row["host"]
            for row in store.connection.execute(
                "DELETE FROM site_templates WHERE publisher_id = ? RETURNING host", [publisher["id"]]
            ).fetchall()
        )
        if hosts:
            note(store, now, actor, "template-forgotten", f"{publisher['name']}: {', '.join(sorted(hosts))}")
        return publisher["name"], tuple(sorted(hosts))


def _standing(memory: SiteMemory) -> str:
    """The best of its templates' standings."""
    order = (Standing.TRUSTED, Standing.DOUBTED, Standing.LEARNING)
    held = {one.standing for one in memory.templates}
    return str(next((one for one in order if one in held), Standing.LEARNING))


def _packed(value: object) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 3)


def _unpacked(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed))


def _memory(templates: bytes, observations: bytes | None = None) -> SiteMemory:
    """What was packed; nothing where another version packed it otherwise: learning begins anew."""
    try:
        held = _unpacked(templates)
        return SiteMemory(
            templates=tuple(map(_template_in, held["templates"])),
            barred=tuple(map(_mark_in, held["barred"])),
            observations=tuple(map(_observation_in, _unpacked(observations))) if observations is not None else (),
        )
    except (ValueError, KeyError, TypeError, IndexError, zlib.error):
        return SiteMemory()


def _mark_out(mark: Mark) -> list[Any]:
    return [mark.tag, list(map(list, mark.tokens))]


def _mark_in(value: list[Any]) -> Mark:
    return Mark(tag=value[0], tokens=tuple((name, said) for name, said in value[1]))


def _template_out(template: Template) -> dict[str, Any]:
    names = Template.__dataclass_fields__
    return {name: getattr(template, name) for name in names} | {"place": _mark_out(template.place)}


def _template_in(value: dict[str, Any]) -> Template:
    held: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in value.items()}
    return Template(**held | {"place": _mark_in(value["place"]), "standing": Standing(value["standing"])})


def _observation_out(one: Observation) -> dict[str, Any]:
    paths = {path: number for number, path in enumerate(dict.fromkeys(line.path for line in one.lines))}
    return {
        "page": one.page,
        "title": one.title,
        "around": list(map(_mark_out, one.around)),
        "outside": one.outside,
        "has_time": one.has_time,
        "has_headline": one.has_headline,
        "paths": list(paths),
        "lines": [[line.held_by, paths[line.path], int(line.is_kept), line.digest, line.words] for line in one.lines],
    }


def _observation_in(value: dict[str, Any]) -> Observation:
    paths = value["paths"]
    return Observation(
        page=value["page"],
        title=value["title"],
        around=tuple(map(_mark_in, value["around"])),
        outside=tuple(value["outside"]),
        has_time=value["has_time"],
        has_headline=value["has_headline"],
        lines=tuple(
            Line(held_by=held_by, path=paths[path], is_kept=bool(is_kept), digest=digest, words=words)
            for held_by, path, is_kept, digest, words in value["lines"]
        ),
    )
