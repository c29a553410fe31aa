"""A table as a reader sees it: a sentence on it, one on each column, and Datasette's options."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or view: a sentence on it, one on each column, and Datasette's own options for it."""

    description: str
    columns: dict[str, str]
    options: dict[str, Any] = field(default_factory=dict)
    has_addresses: bool = False  # people's mail addresses stand in it
    is_personal: bool = False  # what single readers noted for themselves
