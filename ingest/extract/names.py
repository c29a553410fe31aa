"""Bylines to the names of people: what stands around them goes, and agencies and newsrooms are no people."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.text.agencies import known_agency
from ingest.text.plain import clean_text
from ingest.text.tokens import words

_MAX_NAMES = 10
_MAX_NAME_CHARS = 80
_MAX_LINE_CHARS = 400
_BY = re.compile(
    r"^\W*(?:(?:written|posted|published|reported|story|article|words|text|texte|testo|texto)\s+(?:by|von|par|por|di)|by|von|par|por|di|da|door|av|af|"
    r"authors?|autor(?:in|en|a|es)?|auteurs?|autore|автор|текст|reporting\s+by)\b\s*:?\s*|^\W*(?:文/|文：|文:|記者|记者|撰文|기자)\s*",
    re.I,
)
_SPLIT = re.compile(
    r"\s*,\s+(?:and|und|et|y|e|och|og|en|и)\s+|\s*(?:[,;|•·]|/|\n|&|\+|、|，)\s*|\s+(?:and|und|et|y|e|och|og|en|и|та|ve|with|for)\s+",
    re.I,
)
_NO_NAME = re.compile(
    r"@|https?:|www\.|\d{2}|\.(?:com|org|net)\b|\b(?:staff|admin|administrator|editor|editors|editorial|newsroom|news|desk|team|redaktion|redaction|"
    r"r[eé]daction|redacci[oó]n|reda[cç][aã]o|redazione|redactie|редакция|press|agency|agencies|agencia|agentur|agence|wire|wires|correspondent|reporter|writer|"
    r"columnist|contributor|guest|author|updated|published|unknown|anonymous|webmaster|media|magazine|online|services?|report|reports)\b",
    re.I,
)
_TAIL = re.compile(r"\s*\((?:.{0,60})\)$|\s+(?:기자|記者)$")
#: What stands behind a name and a comma, as it is written.
_SUFFIX = {"jr": "Jr", "sr": "Sr", "ii": "II", "iii": "III", "iv": "IV", "md": "MD", "phd": "PhD", "ph.d": "Ph.D."}


def people(lines: Iterable[str], *, site: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the people that bylines name, in order, once each; agencies, newsrooms and the site itself are left out.

    site: names of the publisher.
    """
    barred = {tuple(words(name)) for name in site if name} - {()}
    found: dict[tuple[str, ...], str] = {}
    for line in lines:
        for number, name in enumerate(_split(_without_site(clean_text(line, max_chars=_MAX_LINE_CHARS), site))):
            key = tuple(words(name))
            # Behind a name stands where somebody works: "Ann Lee, CNN Business".
            house = number > 0 and any(key[: len(one)] == one for one in barred)
            if key and key not in barred and not house and _is_person(name):
                found.setdefault(key, name)
    return tuple(found.values())[:_MAX_NAMES]


def fullest(stated: tuple[str, ...], shown: str | None, *, site: tuple[str, ...]) -> tuple[str, ...]:
    """Return the bylines that say most: what is shown where nothing is stated, or where it names more than the stated.

    stated: for machines. shown: to readers. Machines are often told the first of several people only.
    """
    if shown is None:
        return stated
    told, seen = (set(map(str.casefold, people(lines, site=site))) for lines in (stated, (shown,)))
    return (shown,) if seen and (not stated or told < seen) else stated


def _without_site(line: str, site: tuple[str, ...]) -> str:
    """A line without the site's name behind its last full stop or dash."""
    for name in site:
        if name and line.lower().endswith(name.lower()):
            line = re.sub(r"\s*(?:[.|•·]|\s[-–—])\s*$", "", line[: -len(name)]) or line
    return line


def _split(line: str) -> list[str]:
    if known_agency(line):
        return []
    parts: list[str] = []
    line = re.split(r"\s@|\s[A-Z][a-z]{2,8}\.? \d", _BY.sub("", line), maxsplit=1)[
        0
    ]  # a handle or a stamp behind the name
    for part in _SPLIT.split(line):
        name = _TAIL.sub("", _BY.sub("", part)).strip(" .:-–—\"'")
        if name.lower() in _SUFFIX and parts:
            parts[-1] = f"{parts[-1]} {_SUFFIX[name.lower()]}"
        else:
            parts.append(name)
    return [_cased(part) for part in parts]


def _cased(name: str) -> str:
    """A name shouted in capitals, as a name."""
    return name.title() if name.isupper() and " " in name and name.isascii() else name


def _is_person(name: str) -> bool:
    if not 2 <= len(name) <= _MAX_NAME_CHARS or len(name.split()) > 6:
        return False
    if known_agency(name) or _NO_NAME.search(name):
        return False
    if name.isupper() and name.isascii() and len(name) <= 5 and " " not in name:  # the letters of a house
        return False
    return any(character.isalpha() for character in name) and (not name.isascii() or name[0].isupper() or " " in name)
