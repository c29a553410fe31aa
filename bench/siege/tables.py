"""Loads every table of cases."""

from __future__ import annotations

import importlib

TABLES = ("feeds", "documents", "transport", "redirects", "addresses", "tls", "proxies", "pages", "files", "arguments")


def load() -> None:
    """Fill `case.CASES`."""
    for name in TABLES:
        importlib.import_module(f"bench.siege.{name}")
