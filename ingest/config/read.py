"""Read a configuration file and report every fault in it at once: file, line, key, what was expected."""

from __future__ import annotations

import difflib
import re
import reprlib
import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from ingest.config.lines import Place, line_of, positions
from ingest.config.schema import Config, keys_of
from ingest.config.values import Expected
from ingest.errors import ConfigError

MAX_CONFIG_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration, and what is worth a word though it is no fault."""

    config: Config
    warnings: tuple[str, ...] = ()


def load(path: Path) -> Loaded:
    """Read the file at `path`. Raises ConfigError with one line for each fault."""
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ConfigError((f"{path}: larger than {MAX_CONFIG_BYTES // 2**20} MiB, which no configuration is",))
        data = path.read_bytes()
    except OSError as exc:
        what = "no such file; `samewire init` writes one" if isinstance(exc, FileNotFoundError) else exc.strerror
        raise ConfigError((f"{path}: {what}",)) from exc
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise ConfigError((f"{path}:{line}: not UTF-8 text; save the file as UTF-8",)) from exc
    return loads(text, path)


def loads(text: str, path: Path) -> Loaded:
    """Read a configuration's text; `path` names it in complaints and is what relative paths are relative to."""
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as exc:  # a plain ValueError: an integer of more digits than Python reads
        raise ConfigError((f"{path}: not valid TOML: {exc}",)) from exc
    reader = _Reader(path, positions(text))
    values = reader.table(Config, tree, (), {"path": path})
    reader.check_whole(values)
    if reader.problems:
        raise ConfigError(tuple(reader.problems))
    return Loaded(config=values, warnings=tuple(reader.warnings))


def line_in(config: Config, *place: str | int) -> str:
    """Where a key stands, as complaints name it: "file:line". For what is found wrong later than on reading."""
    try:
        line = line_of(place, positions(config.path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError):
        line = None
    return f"{config.path}{f':{line}' if line else ''}"


_CREDENTIALS = re.compile(r"[^\s/@:]*:[^\s/]*@")  # also without the scheme that was forgotten
_QUERY = re.compile(r"(://[^?\s]*)\?.*", re.DOTALL)


class _Reader:
    """Walks the tree beside the schema and collects what is wrong."""

    def __init__(self, path: Path, lines: dict[Place, int]) -> None:
        self.path, self.lines = path, lines
        self.problems: list[str] = []
        self.warnings: list[str] = []

    def table(self, kind: type, tree: object, place: Place, extra: dict[str, Any] | None = None) -> Any:
        """One table as an instance of `kind`; what is wrong in it is noted, and its default or "" stands in."""
        if not isinstance(tree, dict):
            self._complain(place, f"expected a table, [{_dotted(place)}]")
            tree = {}
        known, values = keys_of(kind), dict(extra or {})
        for name, value in tree.items():
            if name in known:
                self._key(name, known[name], value, place, values)
            else:
                self._complain((*place, name), "unknown key" + _nearest(name, known))
        for item in fields(kind):
            if item.name in values or item.default is not MISSING or item.default_factory is not MISSING:
                continue
            if item.name not in tree:
                self._complain((*place, item.name), f"missing; every [[{_dotted(place)}]] needs it")
            values[item.name] = ""
        return kind(**values)

    def _key(self, name: str, known: dict[str, Any], value: object, place: Place, values: dict[str, Any]) -> None:
        here = (*place, name)
        if "table" in known:
            values[name] = self.table(known["table"], value, here)
        elif "tables" in known:
            if not isinstance(value, list):
                self._complain(here, f"expected an array of tables, [[{_dotted(here)}]]")
                return
            values[name] = tuple(self.table(known["tables"], item, (*here, i)) for i, item in enumerate(value))
        else:
            try:
                values[name] = known["reader"](value)
            except Expected as exc:
                self._complain(here, f"expected {exc}, got {_shown(value)}")

    def check_whole(self, config: Config) -> None:
        """What no single key can tell."""
        if config.poll.max_interval < config.poll.interval:
            self._complain(("poll", "max_interval"), "must not be shorter than poll.interval")
        for kind in ("verdicts", "bodies"):
            kept = getattr(config.retention, kind)
            if kept is not None and kept < config.match.window:
                self._complain(("retention", kind), "must not be shorter than match.window, in which it is compared")
        if config.poll.callback and set(config.poll.callback) & set("?#"):
            self._complain(("poll", "callback"), "must end with its path: each subscription adds its own part to it")
        seen: dict[str, int] = {}
        for index, feed in enumerate(config.feeds):
            if feed.url and feed.url in seen:
                self._complain(("feeds", index, "url"), f"named twice; feed {seen[feed.url] + 1} has it already")
            seen.setdefault(feed.url, index)
            if feed.password_file and not feed.username:
                self._complain(("feeds", index, "password_file"), "needs a username beside it")
        for index, rules in enumerate(config.extract.rules):
            if not rules.select and not rules.remove:
                self._complain(("extract", "rules", index), "needs select or remove, or it says nothing")
        self._check_watches(config)
        self._check_digest(config)
        host = config.metrics.listen.rpartition(":")[0].strip("[]")
        if host and host not in ("localhost", "::1") and not host.startswith("127."):
            words = "whoever reaches this address may read the metrics; 127.0.0.1 is this machine alone"
            self.warnings.append(self._line(("metrics", "listen"), words))
        contact = config.poll.contact
        if not contact or "example." in contact:
            self.warnings.append(
                self._line(("poll", "contact"), "name a page or address where publishers can reach you")
            )

    def _check_watches(self, config: Config) -> None:
        self._check_names("watches", [watch.name for watch in config.watches])
        self._check_names("groups", [group.name for group in config.groups])
        for index, watch in enumerate(config.watches):
            if "first" in watch.alerts and not watch.first_publishers:
                self._complain(("watches", index, "alerts"), 'the alert "first" needs first_publishers beside it')
            if watch.webhook_secret_file and not watch.webhook:
                self._complain(("watches", index, "webhook_secret_file"), "needs a webhook beside it")

    def _check_digest(self, config: Config) -> None:
        names = {watch.name for watch in config.watches}
        addresses = set[str]()
        for index, recipient in enumerate(config.digest.recipients):
            for name in recipient.watches:
                if name not in names:
                    place = ("digest", "recipients", index, "watches")
                    self._complain(place, f'"{name}" is no watch' + _nearest(name, dict.fromkeys(names)))
            if recipient.address and recipient.address.casefold() in addresses:
                self._complain(("digest", "recipients", index, "address"), "named twice; nobody gets two digests")
            addresses.add(recipient.address.casefold())
        called = set[str]()
        for index, mute in enumerate(config.digest.mutes):
            here: Place = ("digest", "mutes", index)
            if not (mute.publisher or mute.section or mute.language or mute.query):
                self._complain(here, "needs at least one of publisher, section, language and query")
            if mute.recipient and mute.recipient.casefold() not in addresses:
                self._complain((*here, "recipient"), f'"{mute.recipient}" is no recipient')
            if mute.name in called:
                self._complain((*here, "name"), "named twice; its count would say nothing")
            called.add(mute.name)

    def _check_names(self, table: str, names: list[str]) -> None:
        for index, name in enumerate(names):
            if name and name in names[:index]:
                self._complain((table, index, "name"), f'"{name}" is named twice')

    def _complain(self, place: Place, what: str) -> None:
        self.problems.append(self._line(place, what))

    def _line(self, place: Place, what: str) -> str:
        line = line_of(place, self.lines)
        return f"{self.path}{f':{line}' if line else ''}: {_dotted(place)}: {what}"


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place if not isinstance(part, int)) or "the file"


def _nearest(name: str, known: dict[str, Any]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f'; did you mean "{close[0]}"?' if close else (f"; known here: {', '.join(known)}" if known else "")


def _masked(text: str) -> str:
    """A value as complaints may tell it: without the password and the query of an address."""
    return _QUERY.sub(r"\1?***", _CREDENTIALS.sub("***@", text))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        text = reprlib.repr(
            _masked(value) if isinstance(value, str) else value
        )  # of bounded depth; a plain repr() fails on dotted keys nested a thousand deep
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."
