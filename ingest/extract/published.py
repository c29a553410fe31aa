"""Which of the instants on a page is the one at which it was published."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ingest.extract.dates import Stamp, read_stamp

_MAX_STAMPS = 40


def published(stated: Iterable[str], elements: Iterable[str], shown: Stamp | None) -> Stamp | None:
    """Return the instant of publication, or a day where the page states no more; None where it states nothing.

    stated: what the page says for machines, best source first. elements: its time elements. shown: what it shows its
    readers below the headline.

    The first stamp with a time of day counts, with two exceptions. Publishing systems that write one clock with two
    zones are common, and what readers are shown settles which is meant. And a stamp for machines that is later than
    what readers are shown is of a revision.
    """
    machine = [stamp for stamp in map(read_stamp, islice(stated, _MAX_STAMPS)) if stamp is not None]
    timed = [_zoned(stamp, machine) for stamp in machine if stamp.timed]
    if shown is not None and shown.zoned:
        same = [stamp for stamp in timed if _minute(stamp) == _minute(shown)]
        if same or not timed or shown.moment < timed[0].moment:
            return same[0] if same else shown
    if timed:
        return timed[0]
    marked = [stamp for stamp in map(read_stamp, islice(elements, _MAX_STAMPS)) if stamp is not None]
    timed = [_zoned(stamp, marked) for stamp in marked if stamp.timed]
    # A time element may be of anything on the page: only one of the stated day tells its time of day.
    day = next(iter(machine), None)
    if day is not None:
        return next((stamp for stamp in timed if stamp.clock.date() == day.clock.date()), day)
    return next(iter([*timed, *([shown] if shown is not None else []), *marked]), None)


def _zoned(stamp: Stamp, others: Iterable[Stamp]) -> Stamp:
    """A stamp without a zone as another one that writes the same clock with its zone."""
    if stamp.zoned:
        return stamp
    clock = stamp.clock.replace(second=0, microsecond=0)
    return next((one for one in others if one.zoned and one.clock.replace(second=0, microsecond=0) == clock), stamp)


def _minute(stamp: Stamp) -> tuple[int, ...]:
    return stamp.moment.timetuple()[:5]
