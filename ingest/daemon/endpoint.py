"""What monitors ask the daemon over HTTP, where `metrics.listen` says so: /metrics, /healthz and /readyz."""

from __future__ import annotations

from http import HTTPStatus

from ingest.config import line_in
from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.vitals import Vitals
from ingest.errors import ConfigError
from ingest.pipeline.desk import Desk
from ingest.pipeline.logbook import log
from ingest.poll.listen import Call, Listener, Reply

#: Version 0.0.4 of Prometheus' text format.
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Endpoint:
    """Answers GET at three paths. It tells figures and states, no addresses and nothing of a configuration."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher, vitals: Vitals) -> None:
        from ingest.daemon.exposition import Exposition  # noqa: PLC0415 - half a second for who does not ask for it

        self._vitals, self._exposition = vitals, Exposition(desk, dispatcher, vitals)
        self._answers = {"/healthz": self._health, "/readyz": self._readiness, "/metrics": self._metrics}

    async def knows(self, path: str) -> bool:
        """Whether there is something at this path."""
        return path in self._answers

    async def answer(self, call: Call) -> Reply:
        """Answer a monitor."""
        if call.method != "GET":
            return Reply(status=HTTPStatus.METHOD_NOT_ALLOWED)
        return await self._answers[call.path]()

    async def _health(self) -> Reply:
        return _told(self._vitals.ills())

    async def _readiness(self) -> Reply:
        return _told(self._vitals.hindrances())

    async def _metrics(self) -> Reply:
        try:
            return Reply(status=HTTPStatus.OK, body=await self._exposition.page(), content_type=METRICS_TYPE)
        except Exception:  # the daemon's boundary: who watches must not harm what is watched
            log.exception("metrics", "failed", "the page could not be written")
            return Reply(status=HTTPStatus.INTERNAL_SERVER_ERROR, body=b"failed: the log says why\n")


def _told(ills: list[str]) -> Reply:
    if not ills:
        return Reply(status=HTTPStatus.OK, body=b"ok\n")
    return Reply(status=HTTPStatus.SERVICE_UNAVAILABLE, body="".join(f"{ill}\n" for ill in ills).encode())


async def open_endpoint(desk: Desk, dispatcher: Dispatcher, vitals: Vitals) -> Listener | None:
    """Begin to listen; None where metrics.listen is empty. Raises ConfigError where the address cannot be had."""
    where = desk.config.metrics.listen
    if not where:
        return None
    listener = Listener(Endpoint(desk, dispatcher, vitals), receive_s=5.0, max_body_bytes=0)
    host, _, port = where.rpartition(":")
    try:
        await listener.start(host.strip("[]"), int(port))
    except OSError as exc:
        place = line_in(desk.config, "metrics", "listen")
        advice = "name a free port of this machine's own address"
        raise ConfigError((f"{place}: metrics.listen: cannot listen at {where}: {exc.strerror}; {advice}",)) from exc
    log.warning("listening", "monitors", "/metrics, /healthz, /readyz", at=where)
    return listener
