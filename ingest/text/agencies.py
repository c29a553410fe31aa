"""Well-known news agencies and release services: by the spellings of a credit, by a host, and glued into a dateline."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ingest.text.agency_table import AGENCIES, AGGREGATOR_HOSTS, RELEASE_SERVICES, AgencyRow

_LOOSE = re.compile(r"[\s.\-–—’']+")
_HEAD = re.compile(r"[/|,]| via ")
_MAX_NAME_CHARS = 80
_MIN_LABEL_CHARS = 3


def known_agency(name: str) -> str | None:
    """Return the canonical name of a well-known agency or release service, or None.

    Spellings match whole, whatever their case and dots; a trailing "/Town" or ", staff" does not hide them. Names that
    are also words or people's ("AA", "Petra", "Reuter") are not taken: see `wire_name`.
    """
    return _looked_up(name, _SAFE)


def wire_name(name: str) -> str | None:
    """Return the canonical name behind what stands where only wires put names: a dateline's parenthesis, a source line.

    There "AA" is Anadolu and "Reuter" is Reuters; in running text they are a motoring club and a surname.
    """
    return _looked_up(name, _SAFE) or _looked_up(name, _WIRED)


def is_release_service(agency: str) -> bool:
    """Whether a canonical name is that of a service which carries what others say of themselves."""
    return agency in _RELEASE_NAMES


def agency_of_publisher(publisher: str) -> str | None:
    """Return the agency or release service that a publisher is, given by its name or by its registrable domain."""
    if "." not in publisher or " " in publisher:
        return wire_name(publisher)
    host = publisher.casefold().removeprefix("www.")
    labels = host.split(".")
    for start in range(len(labels) - 1):
        if (found := _BY_HOST.get(".".join(labels[start:]))) is not None:
            return found
    label = labels[-2] if len(labels) > 1 else ""
    return _SAFE.get(label) if len(label) >= _MIN_LABEL_CHARS else None


def agencies_in_host(publisher: str) -> tuple[str, ...]:
    """Return the agencies whose names stand between hyphens in a host, as in dpa-afx.de and afp-services.com.

    Whoever registers a name can put an agency's into it: such a host is the agency's only where nothing better is
    known, and where its texts say so.
    """
    label = publisher.casefold().removeprefix("www.").partition(".")[0]
    parts = label.split("-") if "." in publisher else []
    found = (wire_name(part) for part in parts if len(part) >= _MIN_LABEL_CHARS)
    return tuple(dict.fromkeys(agency for agency in found if agency is not None)) if len(parts) > 1 else ()


def is_aggregator_host(publisher: str) -> bool:
    """Whether a publisher is, by its registrable domain, a site that shows what others publish."""
    return publisher.casefold().removeprefix("www.") in AGGREGATOR_HOSTS


def glued_agency(text: str) -> str | None:
    """Return the agency whose name stands inside words that are not set apart, as in 新华社北京9月5日电, or None.

    A name that is also a word (共同, "joint") counts at the end only, as in 東京共同.
    """
    for spelling, agency, safe in _GLUED:
        if (safe and spelling in text) or text.endswith(spelling):
            return agency
    return None


def _looked_up(name: str, table: dict[str, str]) -> str | None:
    loose = _loose(name[:_MAX_NAME_CHARS])
    return table.get(loose) or table.get(_HEAD.split(loose, maxsplit=1)[0].strip())


def _loose(name: str) -> str:
    """A name without case, dots, hyphens and double spaces, for looking it up."""
    return _LOOSE.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def _spellings(row: AgencyRow) -> Iterator[tuple[str, bool]]:
    """A row's spellings, each with whether it is safe where it stands alone."""
    wired = [spelling.strip() for spelling in row.wired.split("|")]
    if row.name not in wired:
        yield row.name, True
    for spelling in row.safe.split("|"):
        yield spelling.strip(), True
    for spelling in wired:
        yield spelling, False


_ROWS = (*AGENCIES, *RELEASE_SERVICES)
_RELEASE_NAMES = frozenset(row.name for row in RELEASE_SERVICES)
_SAFE = {_loose(spelling): row.name for row in _ROWS for spelling, safe in _spellings(row) if spelling and safe}
_WIRED = {_loose(spelling): row.name for row in _ROWS for spelling, safe in _spellings(row) if spelling and not safe}
_BY_HOST = {host: row.name for row in _ROWS for host in row.hosts.split()}
#: Spellings without letter case, the longest first: (spelling, agency, safe).
_GLUED = tuple(
    sorted(
        (
            (spelling, row.name, safe)
            for row in _ROWS
            for spelling, safe in _spellings(row)
            if re.match("[\u3040-\u9fff\uac00-\ud7af]", spelling)
        ),
        key=lambda glued: (-len(glued[0]), glued[0]),
    )
)
