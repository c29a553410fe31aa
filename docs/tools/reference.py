"""Writes `docs/reference/`: commands, tables and words, from the code that knows them.

`make docs-reference` runs it; a test compares what lies there with what it would write.
"""

from __future__ import annotations

import inspect
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from docs.tools.made import keep
from ingest.browse.tables import TABLES
from ingest.browse.words import WORDS
from ingest.cli import samewire
from ingest.cli.commands import COMMANDS
from ingest.store.connection import open_writer
from ingest.store.read_canned import CANNED

FOLDER = Path(__file__).resolve().parents[1] / "reference"
_MADE = "<!-- made by `make docs-reference`; what it says is written in {where} -->\n"


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {"commands.md": _commands(), "database.md": _database(), "words.md": _words()}


def _commands() -> str:
    lines = [
        "# Commands",
        _MADE.format(where="`ingest/cli`"),
        "`samewire [--config FILE] COMMAND`. Every command explains itself with `--help`. What a command reports goes",
        "to stdout, faults and progress to stderr; `--json` prints the report for a program. The exit code is 0 when",
        "it was done, 1 when it failed, 2 when the command line or the configuration is wrong.",
        "",
        "Before the command:",
        "",
        *_options(samewire, "samewire"),
    ]
    section = ""
    for name, known in COMMANDS.items():
        if known.section != section:
            section = known.section
            lines += ["", f"## {section}"]
        command = samewire.get_command(click.Context(samewire), name)
        assert command is not None
        lines += _command(command, f"samewire {name}", level=3)
    return "\n".join(lines) + "\n"


def _command(command: click.Command, path: str, *, level: int) -> Iterator[str]:
    context = click.Context(command, info_name=path, **samewire.context_settings)
    yield from (
        "",
        f"{'#' * level} {path}",
        "",
        "```text",
        " ".join([path, *command.collect_usage_pieces(context)]),
        "```",
        "",
    )
    yield from _prose(command.help or "")
    yield from _options(command, path)
    if command.epilog:
        yield ""
        yield from _prose(command.epilog)
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _command(inner, f"{path} {name}", level=level + 1)


def _options(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path, **samewire.context_settings)
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record and record[1] and "--help" not in param.opts:
            yield f"- `{record[0]}`: {_escaped(record[1])}"


def _prose(text: str) -> Iterator[str]:
    """A help text as Markdown: paragraphs flow, what click is told not to wrap is code."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if not paragraph.startswith("\b\n"):
            yield from (_escaped(" ".join(paragraph.split())), "")
            continue
        first, *rest = paragraph.splitlines()[1:]
        if first.endswith(":"):
            yield from (first, "", "```sh", *textwrap.dedent("\n".join(rest)).splitlines(), "```", "")
        else:
            yield from ("```text", first, *rest, "```", "")


def _escaped(text: str) -> str:
    """Text that Markdown would read as something else, outside its code."""
    parts = text.split("`")
    parts[::2] = [part.replace("[", "\\[").replace("<", "&lt;").replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)


def _database() -> str:
    kinds, types = _schema()
    worded = {column: words.title for words in reversed(WORDS) for column in words.columns}
    lines = [
        "# Tables, columns and views",
        _MADE.format(where="`ingest/browse/tables*.py`"),
        "Every table and view of the database with its columns. [The database](../database.md) says what they are for",
        "and asks them some questions; [words](words.md) has the words of columns that hold one of a closed set.",
    ]
    for title, kind in (("Views", "view"), ("Tables", "table")):
        lines += ["", f"## {title}"]
        for name in sorted(TABLES):
            if kinds[name] == kind:
                lines += ["", f"### {name}", "", _escaped(TABLES[name].description), ""]
                lines += _columns(name, types, worded)
    lines += ["", "## Ready questions", ""]
    lines += [
        "They stand under *Questions* in `samewire serve`.",
        "",
        "| question | what it answers |",
        "| --- | --- |",
    ]
    lines += [f"| {_cell(canned.title)} | {_cell(canned.description)} |" for canned in CANNED.values()]
    return "\n".join(lines) + "\n"


def _columns(name: str, types: dict[tuple[str, str], str], worded: dict[str, str]) -> Iterator[str]:
    yield from ("| column | type | meaning |", "| --- | --- | --- |")
    for column, meaning in TABLES[name].columns.items():
        title = worded.get(f"{name}.{column}")
        more = f" [Its words](words.md#{slug(title)})." if title else ""
        yield f"| `{column}` | {types[name, column].lower() or ' '} | {_cell(meaning)}{more} |"


def _schema() -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Of a database as it is made now, which names are tables and which views, and the type of each column."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_writer(Path(folder) / "newsroom.db", for_command="reference") as store,
    ):
        rows = store.connection.execute(
            "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
        ).fetchall()
        kinds = {row["name"]: row["type"] for row in rows}
        types = {
            (name, row["name"]): row["type"]
            for name in kinds
            if name in TABLES
            for row in store.connection.execute(f"PRAGMA table_info([{name}])")
        }
    return kinds, types


def _words() -> str:
    lines = [
        "# Words",
        _MADE.format(where="`ingest/browse/words.py` and the tables that it names"),
        "Every decision leaves its reason in one word, from a closed set, that SQL can count. These are the words, and",
        "the columns in which they stand.",
    ]
    for words in WORDS:
        columns = ", ".join(f"[`{column}`](database.md#{column.partition('.')[0]})" for column in words.columns)
        lines += ["", f"## {words.title}", "", f"In {columns}.", "", "| word | meaning |", "| --- | --- |"]
        lines += [f"| `{word}` | {_cell(meaning)} |" for word, meaning in words.meanings.items()]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return _escaped(" ".join(text.split())).replace("|", "\\|")


def slug(title: str) -> str:
    """The anchor of a heading, as GitHub and MyST make it."""
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c in "-_")


if __name__ == "__main__":
    keep(pages, FOLDER, prog="python -m docs.tools.reference", about=__doc__)
