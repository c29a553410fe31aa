"""The log: one line an event, as key=value or as JSON, with one word for the reason; strangers' bytes stay text."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

#: A value is cut off here: what a stranger wrote must not fill the disk.
MAX_VALUE_CHARS = 2000
#: Much of a traceback says where it happened, and its end says what.
MAX_TRACE_CHARS = 8000
#: Libraries that say at INFO or WARNING what we say ourselves, or nothing that an operator could act on.
_NOISY = ("httpx", "httpcore", "apscheduler", "trafilatura", "htmldate", "charset_normalizer")
LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@+%?&#~,;*()[]<>!$|^")


class Said:
    """An event as the log keeps it: its name, its fields with the reason last, and a sentence where one helps."""

    __slots__ = ("event", "fields", "text")

    def __init__(self, event: str, fields: Mapping[str, object], text: str) -> None:
        self.event, self.fields, self.text = event, fields, text

    def __str__(self) -> str:
        """As a formatter shows it that is not ours."""
        return f"{self.event} {pairs(self._all())}"

    def _all(self) -> dict[str, object]:
        return {**self.fields, **({"msg": self.text} if self.text else {})}

    def line(self) -> dict[str, object]:
        """All of it, in the order in which it is shown."""
        return {"event": self.event, **self._all()}


class Logbook:
    """Where an event is told. Each call names the event, the one word that says how it ended, and what it is about."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, reason: str, text: str = "", **fields: object) -> None:
        """What goes as it should."""
        self._tell(logging.INFO, event, reason, text, fields)

    def warning(self, event: str, reason: str, text: str = "", **fields: object) -> None:
        """What an operator may want to know."""
        self._tell(logging.WARNING, event, reason, text, fields)

    def error(
        self, event: str, reason: str, text: str = "", *, exc: BaseException | None = None, **fields: object
    ) -> None:
        """What somebody has to mend; `exc` with its traceback."""
        self._tell(logging.ERROR, event, reason, text, fields, exc)

    def exception(self, event: str, reason: str, text: str = "", **fields: object) -> None:
        """The same inside an `except`: what nobody foresaw, with its traceback."""
        self._tell(logging.ERROR, event, reason, text, fields, sys.exc_info()[1])

    def _tell(
        self,
        level: int,
        event: str,
        reason: str,
        text: str,
        fields: Mapping[str, object],
        exc: BaseException | None = None,
    ) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, Said(event, {**fields, "reason": reason}, text), exc_info=exc)


log = Logbook("samewire")


def pairs(fields: Mapping[str, object]) -> str:
    """Fields as key=value; a value with a space, a quote or anything that does not print is quoted and escaped."""
    return " ".join(f"{key}={_value(value)}" for key, value in fields.items())


def escaped(text: str) -> str:
    """A text with everything that does not print written out as JSON would: it moves no cursor and ends no line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def start(*, level: str, style: str, stream: TextIO | None = None) -> None:
    """Log to a stream from now on, stderr unless given; a second call changes level and style.

    level: info, warning or error. style: logfmt or json.
    """
    root = logging.getLogger()
    ours = next((one for one in root.handlers if isinstance(one, LogHandler)), None)
    if ours is None or stream is not None:
        if ours is not None:
            root.removeHandler(ours)
        ours = LogHandler(stream)
        root.addHandler(ours)
    ours.setFormatter(JsonLines() if style == "json" else Logfmt())
    root.setLevel(LEVELS[level])
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.ERROR)


class LogHandler(logging.StreamHandler[TextIO]):
    """Ours, so that a second start finds it. Without a stream it writes to what stderr is at that moment."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(stream or sys.stderr)
        self._fixed = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = self._fixed or sys.stderr
        super().emit(record)


class Logfmt(logging.Formatter):
    """key=value, as journald, grep and Loki take it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever is in it."""
        return pairs(_line(record))


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever is in it; numbers stay numbers."""
        line = {key: _plain(value) for key, value in _line(record).items()}
        # Beyond what JSON asks for: C1 controls and marks that turn the line around do not print either.
        return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in json.dumps(line, ensure_ascii=False))


def _line(record: logging.LogRecord) -> dict[str, object]:
    at = datetime.fromtimestamp(record.created, UTC)
    head = {
        "time": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z",
        "level": record.levelname.lower(),
    }
    said = record.msg
    if isinstance(said, Said):
        body = said.line()
    else:  # of a library
        body = {"event": "library", "logger": record.name, "reason": "library", "msg": record.getMessage()}
    body = {key: _cut(value) for key, value in body.items()}
    if record.exc_info and record.exc_info[1] is not None:
        trace = logging.Formatter().formatException(record.exc_info)
        return {**head, **body, "exception": trace if len(trace) <= MAX_TRACE_CHARS else "…" + trace[-MAX_TRACE_CHARS:]}
    return {**head, **body}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _cut(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= MAX_VALUE_CHARS else f"{text[:MAX_VALUE_CHARS]}…"


def _value(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    text = str(value)
    if text and all(c in _PLAIN or (c.isalnum() and c.isprintable()) for c in text):
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped(quoted)}"'
