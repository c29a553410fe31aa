"""Read the Link header for the relations that a feed's subscriber needs."""

from __future__ import annotations

import re

_LINK = re.compile(r"<([^<>]{1,2048})>([^<>]{0,500})")
_REL = re.compile(r"""\brel\s*=\s*(?:"([^"]*)"|([^\s",;]+))""", re.IGNORECASE)
_MAX_HEADER_CHARS = 8_000


def header_links(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the first target of each relation that the Link headers name, as written there.

    Source: RFC 8288; WebSub section 4 asks for hub and self in the header before the body.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if name != "link":
            continue
        for target, parameters in _LINK.findall(value[:_MAX_HEADER_CHARS]):
            relation = _REL.search(parameters)
            for word in ((relation[1] or relation[2] or "") if relation else "").lower().split():
                found.setdefault(word, target)
    return found
