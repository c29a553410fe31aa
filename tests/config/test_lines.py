"""Where each key stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.config.lines import Place, line_of, positions

TEXT = """\
# a comment, then an empty line

[poll]
interval = "1h"
  "host_delay"   =   "1s"  # indented and quoted

[[feeds]]
url = "https://one.example/rss"
[[ feeds ]]   # spaces inside
url = "https://two.example/rss"
kind = "wire"

[digest]
at = "07:00"
[[digest.recipients]]
address = "a@example.org"
[[digest.recipients]]
address = "b@example.org"
[smtp]
'host' = "localhost"
web.port = 80
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("poll",), 3),
        (("poll", "interval"), 4),
        (("poll", "host_delay"), 5),
        (("feeds", 0), 7),
        (("feeds", 0, "url"), 8),
        (("feeds", 1), 9),
        (("feeds", 1, "url"), 10),
        (("feeds", 1, "kind"), 11),
        (("digest", "at"), 14),
        (("digest", "recipients", 0, "address"), 16),
        (("digest", "recipients", 1), 17),
        (("digest", "recipients", 1, "address"), 18),
        (("smtp", "host"), 20),
        (("smtp", "web", "port"), 21),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else str(value),
)
def test_a_key_has_the_line_it_is_written_on(place: Place, line: int):
    assert positions(TEXT)[place] == line


def test_a_table_of_the_newest_table_of_an_array_belongs_to_that_one():
    found = positions("[[feeds]]\n[[feeds]]\n[feeds.extra]\nkey = 1\n")
    assert found["feeds", 1, "extra", "key"] == 4


def test_a_place_without_a_line_of_its_own_has_that_of_the_table_around_it():
    found = positions("\n[[feeds]]\nheaders = { a = 1 }\n")
    assert line_of(("feeds", 0, "url"), found) == 2
    assert line_of(("feeds", 0, "headers", "a"), found) == 3
    assert line_of(("match", "window"), found) is None


@pytest.mark.parametrize("strange", ["\u2028", "\x85"], ids=["LS", "NEL"])
def test_only_what_ends_a_line_in_toml_counts_as_one(strange: str):
    """Editors count lines as TOML does; a comment may hold separators that Python's splitlines() would count too."""
    assert positions(f"# one{strange}line\n[poll]\r\ninterval = 1\r\n") == {("poll",): 2, ("poll", "interval"): 3}


NAMES = st.sampled_from(["feeds", "poll", "url", "at", "a-b", "x_1"])


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, unique=True, max_size=3)), max_size=8))
def test_every_key_of_every_table_of_an_array_is_found_on_its_line(tables: list[tuple[str, list[str]]]):
    lines: list[str] = []
    expected: dict[Place, int] = {}
    counts: dict[str, int] = {}
    for name, keys in tables:
        number = counts[name] = counts.get(name, -1) + 1
        lines.append(f"[[{name}]]")
        expected[name, number] = len(lines)
        expected.setdefault((name,), len(lines))
        for key in keys:
            lines.append(f"{key} = {json.dumps('[poll]')}")
            expected[name, number, key] = len(lines)
    assert positions("\n".join(lines)) == expected
