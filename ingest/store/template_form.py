"""What is learned of a site's pages as the database holds it: JSON, compressed. No database is needed to make it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from ingest.model.templates import (
    Happened,
    Kept,
    Lesson,
    Line,
    Mark,
    Observation,
    SiteMemory,
    Standing,
    Template,
)


def templates_in(kept: Kept) -> tuple[Template, ...]:
    """What is known of a site, to read a page of it."""
    return _memory(kept.templates, None).templates if kept.templates is not None else ()


def memory_in(kept: Kept) -> SiteMemory:
    """All that is remembered of a site; nothing where another version packed it otherwise: learning begins anew."""
    return _memory(kept.templates, kept.observations) if kept.templates is not None else SiteMemory()


def lesson(memory: SiteMemory, events: Sequence[tuple[str, Template, str]], kept: Kept) -> Lesson:
    """A site's memory after a page, ready to be kept. events: what became of which template, and why."""
    return Lesson(
        since=kept.since,
        standing=_standing(memory),
        place=", ".join(str(one.place) for one in memory.templates),
        templates=_packed(
            {"templates": list(map(_template_out, memory.templates)), "barred": list(map(_mark_out, memory.barred))}
        ),
        observations=_packed(list(map(_observation_out, memory.observations))),
        happened=tuple(
            Happened(what=what, place=str(one.place), pages=one.learned_from, why=why) for what, one, why in events
        ),
    )


def _standing(memory: SiteMemory) -> Standing:
    """The best of its templates' standings."""
    order = (Standing.TRUSTED, Standing.DOUBTED, Standing.LEARNING)
    held = {one.standing for one in memory.templates}
    return next((one for one in order if one in held), Standing.LEARNING)


def _packed(value: object) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 3)


def _unpacked(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed))


def _memory(templates: bytes, observations: bytes | None) -> SiteMemory:
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
