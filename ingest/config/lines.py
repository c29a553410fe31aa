"""Where in a TOML text each key stands, so that a complaint can name the line (tomllib keeps no positions)."""

from __future__ import annotations

import re

Place = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def positions(text: str) -> dict[Place, int]:
    """Map each key's place, as ("feeds", 0, "url"), to its line, counted from 1; good for valid TOML.

    Keys inside inline tables and multi-line strings are not told apart: their table's line serves them.
    """
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    base: Place = ()
    # Not splitlines(): it also counts separators that a comment or a string may hold.
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            base = _enter(_parts(header[2]), header[1] == "[[", counts)
            found.setdefault(base, number)
            if base and isinstance(base[-1], int):
                found.setdefault(base[:-1], number)
        elif pair := _KEY.match(line):
            found.setdefault((*base, *_parts(pair[1])), number)
    return found


def line_of(place: Place, found: dict[Place, int]) -> int | None:
    """The line of a place, or of the nearest table around it."""
    while place:
        if place in found:
            return found[place]
        place = place[:-1]
    return None


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _enter(parts: list[str], is_array: bool, counts: dict[Place, int]) -> Place:
    """The place a header opens; an array of tables gets the number of its newest table."""
    base: Place = ()
    for index, part in enumerate(parts):
        base = (*base, part)
        if is_array and index == len(parts) - 1:
            counts[base] = counts.get(base, -1) + 1
        if base in counts:
            base = (*base, counts[base])
    return base
