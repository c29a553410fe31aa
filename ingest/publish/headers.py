"""The headers of every mail that we write: subjects that arrive as they were given, addresses, domains of ids."""

from __future__ import annotations

import re
from email.header import Header
from email.headerregistry import HeaderRegistry, UniqueUnstructuredHeader
from email.policy import SMTP, EmailPolicy
from typing import Any

from ingest.publish.addresses import Mailbox, ascii_domain

_NOT_IN_DOMAIN = re.compile(r"[^a-z0-9.-]")


class _Subject(UniqueUnstructuredHeader):
    """A subject that arrives as it was given: EmailMessage drops blanks between two encoded words (RFC 2047 §6.2)."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Take the text for what it is: a headline that looks like an encoded word is not to be decoded."""
        super().parse(value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: EmailPolicy) -> str:
        """The header as it travels, whatever policy writes it."""
        text = str(self)
        encoded = text if policy.utf8 else Header(text, "utf-8", header_name="Subject").encode(linesep=policy.linesep)
        return f"Subject: {encoded}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)  # type: ignore[arg-type]  # the registry adds BaseHeader itself
#: Long lines are wrapped by the transfer encoding; 7bit asks no extension of the server.
POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


def header_address(box: Mailbox) -> str:
    """Return an address for a header; the name is quoted, so that nothing in it is read as an address of its own."""
    if not box.name:
        return box.address
    escaped = box.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{box.address}>'


def id_domain(domain: str) -> str:
    """Return what may stand behind the @ of a Message-ID, whatever a domain holds."""
    return _NOT_IN_DOMAIN.sub("", ascii_domain(domain)) or "localhost"
