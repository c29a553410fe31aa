"""Serves the pages: Datasette on the live database, read-only, on a socket that is ours before anything starts."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm
from datasette.utils import BadMetadataError, parse_metadata

from ingest.browse import plugin
from ingest.browse.settings import Settings, configure
from ingest.errors import SamewireError
from ingest.store.connection import open_reader

#: The database's name in addresses, whatever its file is called, so that links survive a move.
DATABASE_NAME = "newsroom"
SQL_TIME_LIMIT_MS = 1000
#: How long answers under way may take once we are asked to stop.
GRACE_S = 2


class ServeError(SamewireError):
    """The pages cannot be served at this address."""


class _LiveDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """A file that another process writes: opened read-only, never as immutable, by a path with any characters."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A read-only connection. Raises SamewireError when one for writing is asked for."""
        if write:
            raise SamewireError(f"{self.path}: the pages never write")
        connection = sqlite3.connect(f"file:{quote(self.path)}?mode=ro", uri=True, check_same_thread=False)
        self._all_file_connections.append(connection)
        return connection


class _Server(uvicorn.Server):  # type: ignore[misc]  # uvicorn is not followed by mypy here
    """A server that says when it is ready, and for which being asked to stop is a normal end."""

    on_ready: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started and self.on_ready:
            self.on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM without raising them again afterwards, as uvicorn itself would."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(
    database: Path,
    *,
    host: str,
    port: int,
    settings: Settings | None = None,
    metadata: Mapping[str, Any] | None = None,
    with_root: bool = False,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the pages until SIGINT or SIGTERM.

    port: 0 takes any free one. settings: what the operator decided on the pages. metadata: Datasette's own, such as
    `allow` and the configuration of plugins. with_root: the address that `on_ready` is called with, once it answers,
    logs in whoever opens it first, to see and to correct everything.
    Raises NotFound, StoreError, NewerDatabase for the database; ServeError when the address cannot be had. Both
    before anything is started.
    """
    datasette = build(database, host=host, settings=settings, metadata=metadata)
    listener = _listen(host, port)
    try:
        address = _address(listener, host) + datasette.setting("base_url")
        if with_root:
            datasette._root_token = secrets.token_hex(32)
            address += f"-/auth-token?token={datasette._root_token}"
        config = uvicorn.Config(
            datasette.app(),
            log_level="error",
            access_log=False,
            lifespan="on",
            server_header=False,
            proxy_headers=False,  # who asks is who is connected to us: a header of theirs cannot make them a proxy
            timeout_graceful_shutdown=GRACE_S,
        )
        server = _Server(config)
        server.on_ready = (lambda: on_ready(address)) if on_ready else None
        asyncio.run(server.serve(sockets=[listener]))
    finally:
        listener.close()
        datasette.executor.shutdown(wait=True, cancel_futures=True)
        for room in datasette.databases.values():
            room.close()


def build(
    database: Path,
    *,
    host: str = "127.0.0.1",
    settings: Settings | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Any:
    """Datasette with our plugin on this database, ready for `app()` or `client`.

    Raises NotFound, StoreError, NewerDatabase.
    """
    open_reader(database).close()
    if not pm.is_registered(plugin):
        pm.register(plugin, name="samewire")
    path, own = str(database.absolute()), settings or Settings()
    # Log-ins end with the process unless the operator gives a secret, as Datasette's own command has it.
    datasette = Datasette(
        [path],
        settings=_settings(host, own.public_url),
        metadata=dict(metadata or {}),
        secret=os.environ.get("DATASETTE_SECRET") or secrets.token_hex(32),
    )
    configure(datasette, own)
    datasette.remove_database(datasette.get_database().name)
    datasette.add_database(_LiveDatabase(datasette, path), name=DATABASE_NAME)
    return datasette


def read_metadata(path: Path) -> dict[str, Any]:
    """Datasette's metadata from a file, JSON or YAML. Raises ServeError."""
    try:
        found = parse_metadata(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ServeError(f"{path}: {exc.strerror}; web.metadata names it") from exc
    except (BadMetadataError, UnicodeDecodeError) as exc:
        raise ServeError(f"{path}: neither JSON nor YAML as Datasette reads it; web.metadata names it") from exc
    if not isinstance(found, dict):
        raise ServeError(f"{path}: expected an object with keys such as allow and plugins; web.metadata names it")
    return found


def _settings(host: str, public_url: str | None) -> dict[str, Any]:
    """Datasette's settings: nothing that a stranger could use to load the machine or carry the file away."""
    parts = urlsplit(public_url or "")
    prefix = parts.path.strip("/")
    return {
        "sql_time_limit_ms": SQL_TIME_LIMIT_MS,
        "max_csv_mb": 100,
        "max_returned_rows": 1000,
        "default_page_size": 50,
        "truncate_cells_html": 300,
        "suggest_facets": False,  # every page would try each column of a million rows
        "allow_download": False,
        "cache_size_kb": 16_000,
        # One SELECT can make 250 MB of answer out of nothing (randomblob), which the time limit does not stop.
        # Whoever is on this machine may do that to themselves; nobody else.
        "default_allow_sql": _is_loopback(host) and not public_url,
        "force_https_urls": parts.scheme == "https",
        "base_url": f"/{prefix}/" if prefix else "/",
    }


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ServeError with what to do about it."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (socket.gaierror, UnicodeError) as exc:
        raise ServeError(f"{where}: no such host; name one of this machine’s addresses in web.host") from exc
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Two sockets may be bound to one port while neither listens: only listening makes it ours.
        listener.listen(256)
    except OSError as exc:
        listener.close()
        raise ServeError(f"{where}: {_remedy(exc)}") from exc
    listener.setblocking(False)
    return listener


def _remedy(exc: OSError) -> str:
    match exc.errno:
        case errno.EADDRINUSE:
            return "another program listens there; choose another port with --port or web.port"
        case errno.EACCES:
            return "not allowed to listen there; choose a port above 1023 with --port or web.port"
        case errno.EADDRNOTAVAIL:
            return "not an address of this machine; choose another in web.host"
    return f"cannot listen there: {exc.strerror}; choose another with --port, or web.host and web.port"


def _address(listener: socket.socket, host: str) -> str:
    """The URL under which this machine reaches the socket; a wildcard address is named as loopback."""
    name, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, "localhost" if host == "localhost" else name)  # noqa: S104
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
