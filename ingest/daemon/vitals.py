"""Whether the daemon is alive: the dispatcher goes round, and the writer can write. Only then is the watchdog fed."""

from __future__ import annotations

import time
from collections.abc import Callable

from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.notify import notify
from ingest.pipeline.desk import Desk

#: A dispatcher or writer that was not heard of for so long is stuck. Learning and large imports take seconds.
STUCK_S = 60.0


class Vitals:
    """The signs of life of one daemon. The watchdog is fed only while all of them are there."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._desk, self._dispatcher, self._clock_s = desk, dispatcher, clock_s
        self._beat_s = dispatcher.ticked_s = clock_s()
        self.ready_at_s: float | None = None  # Unix time
        self.stopping = False

    @property
    def tick_age_s(self) -> float:
        """Seconds since the dispatcher last went round."""
        return self._clock_s() - self._dispatcher.ticked_s

    @property
    def beat_age_s(self) -> float:
        """Seconds since the writer last showed that it can write."""
        return self._clock_s() - self._beat_s

    @property
    def paused(self) -> bool:
        """Whether the dispatcher waits because something failed that is no feed's fault."""
        return self._dispatcher.paused

    async def beat(self) -> None:
        """Ask the writer for a sign of life, and feed the watchdog where all is well.

        It hangs where the writer's thread does, and raises where the database cannot be written: then nothing is fed.
        """
        if self.tick_age_s > STUCK_S:
            return
        await self._desk.write(self._desk.store.beat)
        self._beat_s = self._clock_s()
        notify("WATCHDOG=1")

    def ills(self) -> list[str]:
        """Why the daemon is not alive, a reason word and a sentence each; none where it is."""
        found = []
        if self.tick_age_s > STUCK_S:
            found.append(f"dispatcher: it has not gone round for {self.tick_age_s:.0f} s")
        if self.beat_age_s > STUCK_S:
            found.append(f"writer: the database could not be written for {self.beat_age_s:.0f} s")
        return found

    def hindrances(self) -> list[str]:
        """Why the daemon does no work now, though it may be alive."""
        found = self.ills()
        if self.ready_at_s is None:
            found.append("starting: the index is being filled")
        if self.stopping:
            found.append("stopping: it was told to end")
        if self.paused:
            found.append("paused: something failed that is no feed's fault; the log says what")
        return found
