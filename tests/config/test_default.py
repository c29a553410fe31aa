"""The commented default: the file that `init` writes, the top-level one, and the schema say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from ingest.config import Config, load, loads
from ingest.config.schema import keys_of

ROOT = Path(__file__).parents[2]
HEADER = re.compile(r"^(?:# )?\[\[?([a-z_.]+)\]\]?\s*(?:#.*)?$")


def default_text() -> str:
    return (files("ingest.config") / "default.toml").read_text(encoding="utf-8")


def every_key(kind: type = Config, table: str = "") -> Iterator[tuple[str, str]]:
    """Each (table, key) of the schema, tables themselves left out."""
    for name, known in keys_of(kind).items():
        if inner := known.get("table") or known.get("tables"):
            yield from every_key(inner, f"{table}.{name}".strip("."))
        else:
            yield table, name


def lines_by_table(text: str) -> dict[str, list[str]]:
    """The lines under each header, whether the header is commented or not."""
    found: dict[str, list[str]] = {}
    table = ""
    for line in text.splitlines():
        if header := HEADER.match(line):
            table = header[1]
        found.setdefault(table, []).append(line)
    return found


def test_the_default_at_the_top_level_is_the_one_in_the_package():
    assert (ROOT / "config.toml").read_text(encoding="utf-8") == default_text()


def test_the_default_loads_and_warns_of_nothing_but_the_missing_contact():
    loaded = load(ROOT / "config.toml")
    assert len(loaded.warnings) == 1
    assert "poll.contact" in loaded.warnings[0]


def test_the_default_says_what_samewire_does_without_it():
    path = ROOT / "config.toml"
    assert load(path).config == Config(path=path)


@pytest.mark.parametrize(("table", "key"), list(every_key()), ids=lambda part: part)
def test_the_default_shows_every_key(table: str, key: str):
    text = default_text()
    shown = any(re.match(rf"(# )?{key}\s*=", line) for line in lines_by_table(text).get(table, ()))
    # Further keys of a feed are named in a list before the first feed, so that the feeds themselves stay short.
    listed = table == "feeds" and re.search(rf"(?m)^# {{3}}(?:\w+, )*{key}\b", text)
    assert shown or listed, f"{table}.{key} is not in default.toml"


def test_the_default_shows_no_key_that_the_schema_does_not_know():
    known = set(every_key())
    for table, lines in lines_by_table(default_text()).items():
        for line in lines:
            if pair := re.match(r"(?:# )?([a-z_]+) = ", line):
                assert (table, pair[1]) in known, line


def test_everything_that_is_commented_out_is_valid_once_it_is_not(tmp_path: Path):
    text = re.sub(r"(?m)^# (?=\[\[?[a-z_.]+\]|[a-z_]+ = )", "", default_text())
    config = loads(text, tmp_path / "config.toml").config
    assert config.feeds and config.watches and config.digest.recipients
    assert config.smtp.password_file == "smtp-password"
