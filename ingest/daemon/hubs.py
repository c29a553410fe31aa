"""Listen for the hubs that push, where the configuration names a callback, and keep the subscriptions up."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.errors import ConfigError
from ingest.pipeline.credentials import CallbackKey, callback_key
from ingest.pipeline.desk import Desk
from ingest.pipeline.logbook import log
from ingest.pipeline.pushes import Callbacks
from ingest.pipeline.subscriptions import fresh_salt, resume, tend
from ingest.poll.listen import Listener
from ingest.store.subscriptions import follow_feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Hubs:
    """What listens, and what it needs to ask hubs in turn."""

    desk: Desk
    key: CallbackKey
    callbacks: Callbacks
    listener: Listener

    async def tend(self) -> None:
        """Ask hubs for what is due."""
        await tend(self.desk, self.key)

    async def close(self, grace_s: float) -> None:
        """Stop listening, and let the deliveries under way be stored."""
        await self.listener.close()
        await self.callbacks.finish(grace_s)


async def open_hubs(desk: Desk) -> Hubs | None:
    """Begin to listen; None where no callback is configured, and then what was subscribed to is ended.

    Raises ConfigError where the address cannot be listened at.
    """
    await resume(desk)
    if desk.config.poll.callback is None:
        await desk.write(follow_feeds, desk.store, "", fresh_salt(), desk.clock())
        return None
    key = callback_key(desk.config)
    callbacks = Callbacks(desk, key)
    listener = Listener(callbacks)
    where = desk.config.poll.callback_listen
    host, _, port = where.rpartition(":")
    try:
        await listener.start(host.strip("[]"), int(port))
    except OSError as exc:
        advice = "name a free port of this machine's own address in poll.callback_listen"
        raise ConfigError((f"{where}: cannot listen there for hubs: {exc.strerror}; {advice}",)) from exc
    log.warning("listening", "hubs", f"hubs know it as {desk.config.poll.callback}", at=where)
    return Hubs(desk=desk, key=key, callbacks=callbacks, listener=listener)
