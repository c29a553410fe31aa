"""The text material of a language, `texts/LANG.toml`: stories with all that becomes of them, and templates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.newswire.fill import Template, read_template
from bench.newswire.reading import MaterialError, Table, read

ROOM = Path(__file__).parent
WANTED_KINDS = ("ordinal", "direction", "company", "town", "match", "quarter", "notice", "column", "court", "poll")
TEMPLATE_KINDS = (*WANTED_KINDS, "obituary", "jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """An article about what a story is about that is a story of its own; `background` indexes the story's text."""

    headline: str
    paragraphs: tuple[str, ...]
    background: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A wire story as first published, and its later lives."""

    slug: str
    headline: str
    headlines: tuple[str, ...]
    place: str
    paragraphs: tuple[str, ...]
    rewrite: tuple[str, ...]
    summary: str
    flash: str | None
    update_headline: str
    updated: tuple[str, ...]
    followup: Sequel
    independent: Sequel
    preview: Sequel


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All texts of one language."""

    language: str
    agencies: tuple[str, ...]
    stories: tuple[Story, ...]
    templates: tuple[Template, ...]


def languages() -> list[str]:
    """The languages that have both texts and a desk."""
    return sorted({path.stem for path in (ROOM / "texts").glob("*.toml")} & _desks())


def load(language: str) -> Material:
    """Read a language's texts; raises MaterialError with the file and key where they break the format."""
    top = read(ROOM / "texts" / f"{language}.toml")
    if top.text("language") != language:
        raise MaterialError(f"{top.where}: language must be {language}")
    material = Material(
        language=language,
        agencies=top.texts("agencies", least=2, most=3),
        stories=tuple(_story(table) for table in top.tables("story", least=6)),
        templates=tuple(_template(table) for table in top.tables("template")),
    )
    top.close()
    slugs = [story.slug for story in material.stories]
    if len(set(slugs)) != len(slugs):
        raise MaterialError(f"{top.where}: two stories share a slug")
    missing = set(WANTED_KINDS) - {template.kind for template in material.templates}
    if missing:
        raise MaterialError(f"{top.where}: no template of kind {', '.join(sorted(missing))}")
    return material


def _story(table: Table) -> Story:
    table.where += f" ({table.text('slug')})"
    paragraphs = table.texts("paragraphs", least=7, most=9)
    update = table.table("update")
    story = Story(
        slug=table.text("slug"),
        headline=table.text("headline"),
        headlines=table.texts("headlines", least=3),
        place=table.text("place"),
        paragraphs=paragraphs,
        rewrite=table.texts("rewrite", least=5, most=8),
        summary=table.text("summary"),
        flash=table.text("flash") if table.has("flash") else None,
        update_headline=update.text("headline"),
        updated=_updated(update, paragraphs),
        followup=_sequel(table.table("followup"), least=3, most=4, background=len(paragraphs)),
        independent=_sequel(table.table("independent"), least=4, most=6),
        preview=_sequel(table.table("preview"), least=3, most=4),
    )
    update.close()
    table.close()
    if set(story.independent.paragraphs) & set(paragraphs):
        raise MaterialError(f"{table.where}: the independent report repeats a paragraph")
    return story


def _updated(update: Table, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    updated = list(paragraphs)
    for index, text in update.pairs("replace"):
        if not index.isascii() or not index.isdigit() or int(index) >= len(paragraphs):
            raise MaterialError(f"{update.where}: replace names paragraph {index}, there are {len(paragraphs)}")
        updated[int(index)] = text
    added = update.texts("add", least=0)
    return (*updated[:2], *added, *updated[2:])


def _sequel(table: Table, *, least: int, most: int, background: int = 0) -> Sequel:
    sequel = Sequel(
        headline=table.text("headline"),
        paragraphs=table.texts("paragraphs", least=least, most=most),
        background=table.numbers("background", below=background) if background else (),
    )
    table.close()
    return sequel


def _template(table: Table) -> Template:
    kind = table.text("kind")
    if kind not in TEMPLATE_KINDS:
        raise MaterialError(f"{table.where}: kind {kind} is not one of {', '.join(TEMPLATE_KINDS)}")
    table.where += f" ({kind})"
    template = read_template(table, kind=kind)
    table.close()
    if kind in ("ordinal", "direction") and not template.minimal:
        raise MaterialError(f"{table.where}: minimal pairs are wanted")
    return template


def _desks() -> set[str]:
    return {path.stem for path in (ROOM / "desks").glob("*.toml")}
