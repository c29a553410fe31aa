"""Templates with {slots}: what they may hold, and how one is filled."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from random import Random

from bench.newswire.reading import MaterialError, Table

SLOT = re.compile(r"\{([A-Za-z_]+\d*)\}")
RANGE = re.compile(r"(\d+)\.\.(\d+)")

Choices = tuple[str, ...] | range


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A frame of an article: each fill of it is a story of its own."""

    kind: str
    headline: str
    paragraphs: tuple[str, ...]
    slots: dict[str, Choices]
    minimal: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A filled template and what was drawn for its slots."""

    headline: str
    paragraphs: tuple[str, ...]
    values: dict[str, str] = field(default_factory=dict)


def read_template(table: Table, *, kind: str, common: dict[str, Choices] | None = None, least: int = 3) -> Template:
    """Read a template; every slot its texts name must be there, and every slot there must be named.

    common: slots a whole file shares, which need not all be used. least: paragraphs wanted at least.
    """
    minimal = table.raw("minimal", list, [])
    own = read_slots(table.table("slots")) if table.has("slots") else {}
    template = Template(
        kind=kind,
        headline=table.text("headline"),
        paragraphs=table.texts("paragraphs", least=least, most=6) if least or table.has("paragraphs") else (),
        slots={**(common or {}), **own},
        minimal=tuple(_overrides(entry, table.where) for entry in minimal),
    )
    _check(template, own, table.where)
    return template


def read_slots(table: Table) -> dict[str, Choices]:
    """Read a table of slots: lists of strings, or "LOW..HIGH" for whole numbers."""
    slots: dict[str, Choices] = {}
    for name in table.raw_keys():
        value = table.raw(name, object, None)
        if isinstance(value, str):
            bounds = RANGE.fullmatch(value)
            if bounds is None or int(bounds[1]) > int(bounds[2]):
                raise MaterialError(f'{table.where}: {name} must be a list of strings or "LOW..HIGH", not {value!r}')
            slots[name] = range(int(bounds[1]), int(bounds[2]) + 1)
        elif isinstance(value, list) and value and all(isinstance(choice, str) and choice for choice in value):
            slots[name] = tuple(value)
        else:
            raise MaterialError(f'{table.where}: {name} must be a list of strings or "LOW..HIGH"')
    return slots


def fill(template: Template, rng: Random, given: dict[str, str] | None = None) -> Fill:
    """Fill a template; `given` fixes slots by name."""
    return with_values(template, draw(template, rng, given))


def draw(template: Template, rng: Random, given: dict[str, str] | None = None) -> dict[str, str]:
    """Draw the values of a template's slots, in the order in which its texts name them; `given` fixes some by name.

    A name is the same value wherever it stands in one fill. A name ending in a digit that has no list of its own draws
    anew from the list of the name without the digit, and not what was drawn from that list already.
    """
    values = dict(given or {})
    drawn: dict[str, set[str]] = {}
    for name, value in values.items():
        drawn.setdefault(_source(template, name), set()).add(value)
    for name in _named((template.headline, *template.paragraphs)):
        if name not in values:
            source = _source(template, name)
            taken = drawn.setdefault(source, set())
            values[name] = _draw(template.slots[source], taken, rng)
            taken.add(values[name])
    return values


def with_values(template: Template, values: dict[str, str]) -> Fill:
    """A template with these values in its slots."""
    headline, *paragraphs = (
        _capital(SLOT.sub(lambda found: values[found[1]], text)) for text in (template.headline, *template.paragraphs)
    )
    return Fill(headline=headline, paragraphs=tuple(paragraphs), values=values)


def telling_names(template: Template) -> list[str]:
    """The slots that tell one fill from another by name: those of the headline that are drawn from lists.

    Whether something rose or fell does not tell two reports of one month apart, so for a direction the slots of its
    minimal pairs do not count; where the headline has no others, those of the first paragraph do.
    """
    mute = {name for entry in template.minimal for name in entry} if template.kind == "direction" else set()
    for text in (template.headline, *template.paragraphs[:1]):
        names = [name for name in dict.fromkeys(SLOT.findall(text)) if name not in mute]
        listed = [name for name in names if isinstance(template.slots[_source(template, name)], tuple)]
        if listed or template.kind != "direction":
            return listed
    return []


@cache
def _named(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The slots of these texts, each once, in the order of their first mention."""
    return tuple(dict.fromkeys(name for text in texts for name in SLOT.findall(text)))


def _draw(choices: Choices, taken: set[str], rng: Random) -> str:
    for _ in range(50):
        value = str(rng.choice(choices))
        if value not in taken:
            return value
    return str(rng.choice(choices))


def _source(template: Template, name: str) -> str:
    return name if name in template.slots else name.rstrip("0123456789")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _overrides(entry: object, where: str) -> dict[str, str]:
    if not isinstance(entry, dict) or not entry or not all(isinstance(value, str) for value in entry.values()):
        raise MaterialError(f'{where}: minimal must hold tables like {{ ord = "12th" }}')
    return dict(entry)


def _check(template: Template, own: dict[str, Choices], where: str) -> None:
    named: set[str] = set()
    for text in (template.headline, *template.paragraphs):
        if re.search(r"[{}]", SLOT.sub("", text)):
            raise MaterialError(f"{where}: a brace that opens no slot in {text[:60]!r}")
        named.update(SLOT.findall(text))
    for name in named:
        if _source(template, name) not in template.slots:
            raise MaterialError(f"{where}: there is no slot {name}")
    unused = set(own) - named - {_source(template, name) for name in named}
    if unused:
        raise MaterialError(f"{where}: slot {', '.join(sorted(unused))} is never used")
    for entry in template.minimal:
        if not set(entry) <= named:
            raise MaterialError(f"{where}: minimal names {', '.join(sorted(set(entry) - named))}, which no text does")
    if len(template.minimal) == 1:
        raise MaterialError(f"{where}: minimal wants two fills or more")
