"""Datasette's metadata for the newsroom: what it is, what each column means, which questions are ready."""

from __future__ import annotations

from typing import Any

from ingest.browse.described import Table
from ingest.browse.tables import TABLES
from ingest.store.read_canned import CANNED

TITLE = "samewire"
#: Datasette's rule for whoever started it.
ROOT = {"id": "root"}
DESCRIPTION = (
    "News as it travelled: who had a story first, who copied, cut or rewrote it, and when. "
    "The pages show the live database; only what people say by hand is written."
)


def metadata(database: str, *, private: bool = False) -> dict[str, Any]:
    """The metadata of a newsroom that Datasette serves under this name; a fresh copy, as Datasette writes into it.

    private: tables with people's addresses are for Datasette's root only, as befits pages that strangers may reach;
    what readers noted for themselves is so anywhere.
    """
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "databases": {
            database: {
                "title": "Tables and questions",
                "description": "Everything samewire knows, table by table, and questions that are ready to ask. "
                "Times are UTC; ids are never used again.",
                "tables": {name: _table(name, private) for name in TABLES},
                "queries": {
                    name: {
                        "title": canned.title,
                        "description": canned.description,
                        "sql": canned.sql.strip(),
                        "hide_sql": True,  # the answer first; a link shows the question
                    }
                    for name, canned in CANNED.items()
                },
            }
        },
    }


def rules(database: str, *, private: bool = False) -> dict[str, Any]:
    """Of the same metadata only who may see what: Datasette asks for that a dozen times a page, and copies it."""
    kept = {name: {"allow": dict(ROOT)} for name, table in TABLES.items() if _is_for_root(table, private)}
    return {"databases": {database: {"tables": kept}}}


def _table(name: str, private: bool) -> dict[str, Any]:
    table = TABLES[name]
    allow = {"allow": dict(ROOT)} if _is_for_root(table, private) else {}
    return {"description": table.description, "columns": dict(table.columns), **_copied(table.options), **allow}


def _is_for_root(table: Table, private: bool) -> bool:
    return table.is_personal or (private and table.has_addresses)


def _copied(options: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, list) else value for key, value in options.items()}
