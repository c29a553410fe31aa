"""Times as the database writes them: UTC, ISO 8601, whole seconds, a trailing Z, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def to_text(at: datetime) -> str:
    """An aware time as `2026-05-01T12:00:00Z`, fractions cut off."""
    # Not strftime: glibc writes the year 800 without its leading zero.
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def to_text_ceil(at: datetime) -> str:
    """The same, rounded up: for times before which nothing may happen."""
    utc = at.astimezone(UTC)  # before adding: where clocks are turned back, local arithmetic errs by an hour
    return to_text(utc + timedelta(seconds=1) if utc.microsecond else utc)


def optional_text(at: datetime | None) -> str | None:
    """`to_text`, or None for None."""
    return to_text(at) if at else None


def from_text(text: str) -> datetime:
    """The aware time that `to_text` wrote. Raises ValueError for anything else."""
    if len(text) != 20 or text[-1] != "Z":
        raise ValueError(f"not a time as we write it: {text!r}")
    return datetime.fromisoformat(text)


def optional_time(text: str | None) -> datetime | None:
    """`from_text`, or None for None."""
    return from_text(text) if text else None
