"""SIGHUP: the configuration is read again; a good one counts from then on, a bad one is refused, the old one stays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from ingest.config import Config
from ingest.daemon.notify import notify
from ingest.errors import ConfigError
from ingest.pipeline.alerting import Secrets
from ingest.pipeline.desk import Desk
from ingest.pipeline.logbook import log
from ingest.pipeline.reloading import adopt, read_again


class Reloader:
    """Takes up one reload after another. clients: what closes the clients that are opened, when the daemon ends."""

    def __init__(self, desk: Desk, secrets: Secrets, clients: AsyncExitStack, relog: Callable[[Config], None]) -> None:
        self._desk, self._secrets, self._clients, self._relog = desk, secrets, clients, relog

    async def follow(self, told: asyncio.Event) -> None:
        """Reload whenever told to; several words meanwhile are one."""
        while True:
            await told.wait()
            told.clear()
            notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
            outcome = "done" if await self._reload() else "refused"
            self._desk.counts.add("reloads_total", outcome)
            notify("READY=1")

    async def _reload(self) -> bool:
        path = self._desk.config.path
        try:
            fresh = await asyncio.to_thread(read_again, self._desk.config)
            client = await adopt(self._desk, fresh, self._secrets)
        except ConfigError as exc:
            for problem in exc.problems:
                log.error("reload", "refused", problem, file=path)
            log.error("reload", "refused", "the configuration before stays; `samewire check` says the same", file=path)
            return False
        except Exception:  # the daemon's boundary: a full disk, or a fault of ours
            log.exception("reload", "refused", "the configuration before stays", file=path)
            return False
        if client is not None:
            await self._clients.enter_async_context(client)
        self._relog(fresh.config)
        for key in fresh.needs_restart:
            log.warning("reload", "needs_restart", "it counts from the next start on", key=key)
        for key in fresh.of_serve:
            log.warning("reload", "of_serve", "`samewire serve` reads it at its own start", key=key)
        for line in fresh.warnings:
            log.warning("reload", "warning", line)
        log.warning(
            "reload", "done" if fresh.changed else "unchanged", changed=",".join(fresh.changed) or None, file=path
        )
        return True
