"""A seeded, labelled set of invented news for the second tier: which stories tell of one event."""

from bench.events.build import corpus

__all__ = ["corpus"]
