"""Reads mail addresses and writes them as they travel: the domain in its ASCII form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ingest.publish.wording import flat

# A name before the address may be quoted; without quotes it holds no "@", or a second address would pass for a name.
_NAMED = re.compile(r"(?P<name>\"(?:[^\"\\]|\\.)*\"\s*|[^\"<>@]*)<(?P<address>[^<>]*)>")
_QUOTED_PAIR = re.compile(r"\\(.)")
_LOCAL_PART = re.compile(r"[^\s\x00-\x20\x7f<>()\[\]:;,@\\\"]{1,64}")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-z:.]{2,60}\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address with the name before it; `domain` is ASCII, `local_part` may be in any script."""

    name: str
    local_part: str
    domain: str

    @property
    def address(self) -> str:
        """local-part@domain, as the envelope carries it."""
        return f"{self.local_part}@{self.domain}"

    @property
    def needs_smtputf8(self) -> bool:
        """Only a server with SMTPUTF8 can carry a local part outside ASCII (RFC 6531)."""
        return not self.local_part.isascii()


def read_mailbox(text: str) -> Mailbox:
    """Read "name <local@domain>" or "local@domain".

    Raises ValueError when that is not one plain address: nothing that could end or begin a header passes.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise ValueError("control characters in a mail address")
    name, address = _split(text.strip())
    local_part, at, domain = address.rpartition("@")
    domain = ascii_domain(domain)
    if not at or not _LOCAL_PART.fullmatch(local_part) or not _DOMAIN.fullmatch(domain):
        raise ValueError(f"not a mail address: {flat(text, 120)!r}")
    return Mailbox(name=flat(name, 120), local_part=local_part, domain=domain)


def _split(text: str) -> tuple[str, str]:
    """The name and the address. email.utils.parseaddr mends what is broken and drops a second address unsaid."""
    named = _NAMED.fullmatch(text)
    if named is None:
        return "", text
    name = named["name"].strip()
    return (_QUOTED_PAIR.sub(r"\1", name[1:-1]) if name.startswith('"') else name), named["address"]


def ascii_domain(domain: str) -> str:
    """A domain in lower case with each label outside ASCII as "xn--" (RFC 5891).

    Python's own idna codec is the 2003 rule, which sends "straße" to "strasse": another owner's domain.
    """
    labels = unicodedata.normalize("NFKC", domain).lower().split(".")
    return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)
