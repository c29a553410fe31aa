"""Killable worker processes: what may hang or swell runs here, under the same limits in every command."""

from ingest.workers.pool import WorkerPool

__all__ = ["WorkerPool"]
