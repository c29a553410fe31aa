"""Reads TOML tables strictly: every key wanted must be there and of its kind, and no other key may be."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")


class MaterialError(ValueError):
    """A text file does not hold what its format promises; the message names the file and the key."""


class Table:
    """One TOML table, read key by key; `close` complains about keys nobody asked for."""

    def __init__(self, values: dict[str, object], where: str) -> None:
        self.where = where
        self._values = values
        self._read: set[str] = set()

    def text(self, key: str) -> str:
        """Return a non-empty string."""
        value = self._take(key, str)
        if not value.strip() or value != value.strip():
            raise MaterialError(f"{self.where}: {key} is empty or has blanks around it")
        return value

    def plain(self, key: str) -> str:
        """Return a string as it stands; it may be empty."""
        return self._take(key, str)

    def texts(self, key: str, *, least: int = 1, most: int | None = None, blanks: bool = False) -> tuple[str, ...]:
        """Return a list of strings of the length wanted; `blanks` lets them begin or end with a space, or be empty."""
        values = self._take(key, list)
        if not all(isinstance(value, str) for value in values):
            raise MaterialError(f"{self.where}: {key} holds something that is not a string")
        if not blanks and not all(value.strip() and value == value.strip() for value in values):
            raise MaterialError(f"{self.where}: {key} holds a string that is empty or has blanks around it")
        if len(values) < least or (most is not None and len(values) > most):
            wanted = f"{least} or more" if most is None else f"{least} to {most}"
            raise MaterialError(f"{self.where}: {key} has {len(values)} entries, {wanted} are wanted")
        return tuple(values)

    def numbers(self, key: str, *, below: int) -> tuple[int, ...]:
        """Return a list of distinct indexes, each from 0 to `below` - 1."""
        values = self._take(key, list)
        if not values or not all(isinstance(value, int) and 0 <= value < below for value in values):
            raise MaterialError(f"{self.where}: {key} must hold numbers from 0 to {below - 1}")
        if len(set(values)) != len(values):
            raise MaterialError(f"{self.where}: {key} names a number twice")
        return tuple(values)

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return a table of strings as key and value."""
        values = self._take(key, dict)
        if not all(isinstance(value, str) for value in values.values()):
            raise MaterialError(f"{self.where}: {key} holds something that is not a string")
        return tuple(values.items())

    def raw(self, key: str, kind: type[Value], default: Value) -> Value:
        """Return a value of the type given, or the default where the key is left out."""
        return self._take(key, kind) if key in self._values else default

    def table(self, key: str) -> Table:
        """Return the table under a key."""
        return Table(self._take(key, dict), f"{self.where}.{key}")

    def tables(self, key: str, *, least: int = 1) -> list[Table]:
        """Return the tables of an array of tables."""
        values = self._take(key, list)
        if len(values) < least or not all(isinstance(value, dict) for value in values):
            raise MaterialError(f"{self.where}: [[{key}]] stands there {len(values)} times, {least} are wanted")
        return [Table(value, f"{self.where}.{key}[{number}]") for number, value in enumerate(values)]

    def raw_keys(self) -> list[str]:
        """Return all keys of the table, in the order of the file."""
        return list(self._values)

    def has(self, key: str) -> bool:
        """Say whether the key is there."""
        return key in self._values

    def close(self) -> None:
        """Raise MaterialError when a key is left that nobody read."""
        unknown = sorted(set(self._values) - self._read)
        if unknown:
            raise MaterialError(f"{self.where}: unknown key {', '.join(unknown)}")

    def _take(self, key: str, kind: type[Value]) -> Value:
        if key not in self._values:
            raise MaterialError(f"{self.where}: {key} is missing")
        value = self._values[key]
        if not isinstance(value, kind):
            raise MaterialError(f"{self.where}: {key} is a {type(value).__name__}, a {kind.__name__} is wanted")
        self._read.add(key)
        return value


def read(path: Path) -> Table:
    """Return the top table of a TOML file; raises MaterialError where there is none or it is broken."""
    try:
        return Table(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    except FileNotFoundError:
        raise MaterialError(f"{path.name}: there is no such file in {path.parent.name}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MaterialError(f"{path.name}: {error}") from error
