"""What the log makes of events: one line each, with a reason, whatever strangers wrote."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pipeline import logbook
from ingest.pipeline.logbook import MAX_VALUE_CHARS, JsonLines, Logfmt, Said, log, start


def record(said: object, *, exc: BaseException | None = None) -> logging.LogRecord:
    info = (type(exc), exc, exc.__traceback__) if exc is not None else None
    return logging.LogRecord("samewire", logging.WARNING, __file__, 1, said, (), info)


def told(text: str = "", **fields: object) -> Said:
    return Said("poll", {**fields, "reason": "connect"}, text)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes for one test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    start(level="info", style="logfmt", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_has_time_level_event_fields_and_the_reason(stream: io.StringIO) -> None:
    log.info("poll", "connect", "no answer", url="https://a.example/feed", new=0, seconds=0.25, title=None)
    line = re.sub(r"^time=\S+", "time=T", stream.getvalue())
    assert line == (
        "time=T level=info event=poll url=https://a.example/feed new=0 seconds=0.25 title=- reason=connect "
        'msg="no answer"\n'
    )


def test_the_level_decides_what_is_written_and_a_second_start_changes_it(stream: io.StringIO) -> None:
    start(level="warning", style="json")
    log.info("poll", "ok")
    log.warning("stopping", "told")
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line) | {"time": "T"} == {"time": "T", "level": "warning", "event": "stopping", "reason": "told"}


def test_what_nobody_foresaw_comes_with_its_traceback_on_one_line(stream: io.StringIO) -> None:
    try:
        raise ValueError("of the \x1b[31mred\x1b[0m kind")
    except ValueError:
        log.exception("article", "crashed", id=7)
    (line,) = stream.getvalue().splitlines()
    assert "reason=crashed" in line
    assert "Traceback (most recent call last)" in line
    assert "\x1b" not in line


def test_a_librarys_line_has_a_reason_too(stream: io.StringIO) -> None:
    logging.getLogger("asyncio").warning("%s took %d s", "a task", 3)
    assert 'event=library logger=asyncio reason=library msg="a task took 3 s"' in stream.getvalue()


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b]0;owned\x07",
        "a\nlevel=info event=forged",
        "\u202egnp.exe",
        "\x9b31m",
        "a\r\nb",
        '" reason=ok x="',
        "\ud800",
    ],
    ids=["escape", "line", "bidi", "c1", "crlf", "quote", "surrogate"],
)
def test_what_a_stranger_wrote_stays_one_value(hostile: str) -> None:
    for formatter in (Logfmt(), JsonLines()):
        line = formatter.format(record(told("x", title=hostile)))
        assert line.isprintable()
    assert json.loads(JsonLines().format(record(told(title=hostile))))["title"] == hostile
    line = Logfmt().format(record(told(title=hostile)))
    assert fields_of(line)["reason"] == "connect"
    assert [key for key in fields_of(line) if key not in ("time", "level", "event", "reason", "title")] == []


def fields_of(line: str) -> dict[str, str]:
    """A line read as any reader of logfmt does; the first of a key counts."""
    found: dict[str, str] = {}
    for key, quoted, bare in re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))', line):
        found.setdefault(key, quoted or bare)
    return found


@given(
    st.dictionaries(st.sampled_from(["url", "title", "n"]), st.text() | st.integers() | st.floats() | st.none()),
    st.text(),
)
def test_any_value_gives_one_printable_line_that_can_be_read_again(fields: dict[str, object], text: str) -> None:
    for formatter in (Logfmt(), JsonLines()):
        line = formatter.format(record(told(text, **fields)))
        assert line.isprintable()
    assert {*fields_of(Logfmt().format(record(told(text, **fields))))} >= {"event", "reason", *fields}


def test_a_long_value_is_cut() -> None:
    line = json.loads(JsonLines().format(record(told(title="x" * 100_000))))
    assert len(line["title"]) == MAX_VALUE_CHARS + 1


def test_a_formatter_that_is_not_ours_still_shows_it_all() -> None:
    assert (
        str(told("no answer", url="https://a.example/")) == 'poll url=https://a.example/ reason=connect msg="no answer"'
    )


def test_every_level_of_the_configuration_is_known() -> None:
    assert set(logbook.LEVELS) == {"info", "warning", "error"}
