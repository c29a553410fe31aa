"""The habits of a language's newsrooms, `desks/LANG.toml`: credits, markers, page furniture, briefings, releases."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.newswire.fill import Template, read_slots, read_template
from bench.newswire.material import ROOM
from bench.newswire.reading import MaterialError, Table, read

FORMS = ("nfd", "fullwidth", "typeset")
USES = ("flash", "short", "series")

Named = tuple[str, str]  # a name for domains and the name readers see


@dataclass(frozen=True, slots=True, kw_only=True)
class Houses:
    """Out of what publishers are invented."""

    papers: tuple[Named, ...]
    mastheads: tuple[Named, ...]
    wires: tuple[Named, ...]
    aggregators: tuple[Named, ...]
    families: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One speech and the reports on it, which share nothing but its words."""

    quotes: tuple[str, ...]
    reports: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A company's announcement and how release services dress it."""

    company: str
    domain: str
    place: str
    services: tuple[Named, ...]
    datelines: tuple[str, ...]
    headline: str
    headlines: tuple[str, ...]
    paragraphs: tuple[str, ...]
    about: str
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All habits of one language; `phrases` holds the lists by table and key, as in `credit.datelines`."""

    language: str
    joiner: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    towns: tuple[str, ...]
    people: tuple[str, ...]
    forms: tuple[str, ...]
    houses: Houses
    phrases: dict[str, tuple[str, ...]]
    styles: tuple[tuple[tuple[re.Pattern[str], str], ...], ...]
    frames: dict[str, tuple[Template, ...]]
    speech: Speech
    release: Release


PHRASES = {
    "credit": ("datelines", "bylines", "tails"),
    "title": ("frames", "update", "correction"),
    "note": ("correction", "revision", "bump"),
    "cruft": ("above", "between", "below"),
    "boiler": ("above", "below"),
    "local": ("top", "bottom"),
    "truncated": ("marks",),
    "roundup": ("titles", "openings"),
    "liveblog": ("titles", "entries"),
    "corrections": ("titles", "openings", "lines"),
    "flash": ("marks",),
    "disclaimer": ("paragraphs",),
}
BLANKS = {"credit.datelines", "truncated.marks", "flash.marks"}


def load_desk(language: str) -> Desk:
    """Read a language's habits; raises MaterialError with the file and key where they break the format."""
    top = read(ROOM / "desks" / f"{language}.toml")
    if top.text("language") != language:
        raise MaterialError(f"{top.where}: language must be {language}")
    desk = Desk(
        language=language,
        joiner=top.plain("joiner"),
        months=top.texts("months", least=12, most=12),
        weekdays=top.texts("weekdays", least=7, most=7),
        towns=top.texts("towns", least=4),
        people=top.texts("people", least=4),
        forms=_forms(top),
        houses=_houses(top),
        phrases=_phrases(top),
        styles=_styles(top.table("house")),
        frames=_frames(top),
        speech=_speech(top.table("speech")),
        release=_release(top.table("release")),
    )
    top.close()
    return desk


def _forms(top: Table) -> tuple[str, ...]:
    forms = top.texts("forms")
    if not set(forms) <= set(FORMS):
        raise MaterialError(f"{top.where}: forms may hold {', '.join(FORMS)}")
    return forms


def _houses(top: Table) -> Houses:
    return Houses(
        papers=_named(top, "papers", least=8),
        mastheads=_named(top, "mastheads", least=5),
        wires=_named(top, "wires", least=2),
        aggregators=_named(top, "aggregators", least=3),
        families=_named(top, "families", least=1),
    )


def _named(table: Table, key: str, *, least: int) -> tuple[Named, ...]:
    names = [entry.partition("=")[::2] for entry in table.texts(key, least=least)]
    for name, shown in names:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or not shown:
            raise MaterialError(f"{table.where}: {key} holds {name}={shown}, an entry like echo=Echo is wanted")
    return tuple(names)


def _phrases(top: Table) -> dict[str, tuple[str, ...]]:
    phrases = {}
    for name, keys in PHRASES.items():
        table = top.table(name)
        for key in keys:
            phrases[f"{name}.{key}"] = table.texts(key, blanks=f"{name}.{key}" in BLANKS)
        table.close()
    return phrases


def _styles(table: Table) -> tuple[tuple[tuple[re.Pattern[str], str], ...], ...]:
    styles = []
    for style in table.raw("styles", list, []):
        try:
            styles.append(tuple((re.compile(pattern), replacement) for pattern, replacement in style))
        except (re.error, TypeError, ValueError) as error:
            raise MaterialError(f"{table.where}: styles must hold lists of [pattern, replacement]: {error}") from error
    table.close()
    if not styles:
        raise MaterialError(f"{table.where}: styles is missing")
    return tuple(styles)


def _frames(top: Table) -> dict[str, tuple[Template, ...]]:
    common = read_slots(top.table("slots"))
    frames: dict[str, list[Template]] = {use: [] for use in USES}
    for table in top.tables("frame"):
        use = table.text("use")
        if use not in USES:
            raise MaterialError(f"{table.where}: use {use} is not one of {', '.join(USES)}")
        frames[use].append(read_template(table, kind=use, common=common, least=0 if use == "flash" else 1))
        table.close()
    if not all(frames.values()):
        raise MaterialError(f"{top.where}: a [[frame]] of each use is wanted: {', '.join(USES)}")
    return {use: tuple(found) for use, found in frames.items()}


def _speech(table: Table) -> Speech:
    quotes = table.texts("quotes", least=4)
    reports = []
    for report in table.tables("report", least=3):
        reports.append((report.text("headline"), report.texts("paragraphs", least=2)))
        report.close()
    table.close()
    return Speech(quotes=quotes, reports=tuple(reports))


def _release(table: Table) -> Release:
    release = Release(
        company=table.text("company"),
        domain=table.text("domain"),
        place=table.text("place"),
        services=_named(table, "services", least=2),
        datelines=table.texts("datelines", least=2, blanks=True),
        headline=table.text("headline"),
        headlines=table.texts("headlines"),
        paragraphs=table.texts("paragraphs", least=4),
        about=table.text("about"),
        contacts=table.texts("contacts", least=2),
    )
    table.close()
    return release
