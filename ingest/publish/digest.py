"""Builds the daily digest mail from a day's stories: values in, one message out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date
from email.errors import MessageError
from email.message import EmailMessage
from functools import cache
from urllib.parse import quote

from css_inline import CSSInliner

from ingest.publish import plain
from ingest.publish.addresses import Mailbox, read_mailbox
from ingest.publish.day import Sheet
from ingest.publish.event_lines import Frame, Limits, headline
from ingest.publish.headers import POLICY, header_address, id_domain
from ingest.publish.lines import Digest, word
from ingest.publish.templating import template
from ingest.publish.wording import count, safe_link, short_day

#: Mail programs clip a message near 102 kB; measured on the part as it travels, encoding included.
MAX_HTML_BYTES = 90_000
MAX_SUBJECT_CHARS = 200

# What a full day gives up first: events of a single publisher and reports beneath, then names and words of summaries,
# then events. The last rung fits whatever the titles and links hold (tested with the widest characters there are).
_RUNGS = (
    Limits(wide=25, brief=40, names=8, reports=4, title_chars=220, summary_chars=420, sources=8, notes=20),
    Limits(wide=25, brief=20, names=6, reports=2, title_chars=220, summary_chars=300, sources=5, notes=10),
    Limits(wide=15, brief=10, names=4, reports=1, title_chars=160, summary_chars=220, sources=5, notes=5),
    Limits(wide=8, brief=4, names=3, reports=0, title_chars=120, summary_chars=120, sources=3, notes=3),
    Limits(wide=3, brief=0, names=0, reports=0, title_chars=100, summary_chars=0, sources=0, notes=1),
)
#: As much of a day as any digest prints.
MOST = _RUNGS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a mail needs beside its content. `unsubscribe` is an address a list header may carry: mailto or https."""

    sender: str
    message_id_domain: str
    message_id: str | None = None  # of an earlier attempt, to be used again
    unsubscribe: str | None = None  # None: a mail to the sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A mail, and the words in it."""

    message: EmailMessage
    digest: Digest


def build(sheet: Sheet, frame: Frame, envelope: Envelope) -> Built:
    """Return one reader's digest of a sheet.

    envelope.sender, frame.recipient: "name <local@domain>" or the bare address; a recipient "" is nobody in
    particular: the edition for all, which goes to the sender if anywhere. frame.public_url: where the story
    pages are served; None links the publishers' own pages. Events for which there is no room are said as "N more". The
    HTML part is at most MAX_HTML_BYTES. Equal arguments give an equal message but for the MIME boundary. Raises
    ValueError for an address that is none.
    """
    sender = read_mailbox(envelope.sender)
    to = read_mailbox(frame.recipient) if frame.recipient else sender
    message = EmailMessage(policy=POLICY)
    domain = id_domain(envelope.message_id_domain)
    message["From"] = header_address(sender)
    message["To"] = header_address(to)
    message["Subject"] = subject_line(sheet, frame.day)
    message["Date"] = frame.until.astimezone(UTC)
    message["Message-ID"] = envelope.message_id or message_id(frame.day, to.address, envelope.message_id_domain)
    message["List-Id"] = f"<digest.{domain}>"
    message["List-Unsubscribe"] = f"<{_unsubscribe(envelope, sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    shown = to.address if frame.recipient else ""
    digest = _fill(message, sheet, replace(frame, recipient=shown, unsubscribe=safe_link(envelope.unsubscribe)))
    message["Content-Language"] = "en"  # last: set_content clears every Content- header
    return Built(message=message, digest=digest)


def _unsubscribe(envelope: Envelope, sender: Mailbox) -> str:
    given = envelope.unsubscribe
    if given and (link := safe_link(given)):
        return link
    mailbox = sender
    if given and given.startswith("mailto:"):
        mailbox = read_mailbox(given.removeprefix("mailto:").partition("?")[0])
    return f"mailto:{quote(mailbox.local_part)}@{mailbox.domain}?subject=unsubscribe"


def message_id(day: date, recipient: str, domain: str) -> str:
    """The Message-ID of a recipient's digest of a day: the same on every attempt, so that a doubled mail shows as one.

    Raises ValueError for an address that is none.
    """
    host = id_domain(domain)
    subject = f"{day.isoformat()}\n{read_mailbox(recipient).address.casefold()}\n{host}"
    return f"<digest-{day:%Y%m%d}-{hashlib.sha256(subject.encode()).hexdigest()[:24]}@{host}>"


def subject_line(sheet: Sheet, day: date) -> str:
    """The top headline, how many events stand behind it, and the day; one line of at most 200 characters."""
    events = sheet.sorted.events
    if not events:
        return f"No new stories · {short_day(day)}"
    tail = f" · {count(len(events), 'event', 'events')} · {short_day(day)}"
    top = sheet.views.get(events[0].id)
    return (headline(top.stories[0], MAX_SUBJECT_CHARS - len(tail)) if top and top.stories else "Your digest") + tail


def html_of(message: EmailMessage) -> str:
    """The digest's HTML, a whole document that stands alone, for a preview in a browser."""
    return _part(message, "html")


def text_of(message: EmailMessage) -> str:
    """The digest as plain text, for a preview in a terminal."""
    return _part(message, "plain")


def as_eml(message: EmailMessage) -> bytes:
    """The message as it goes to a server: CRLF, ASCII headers unless an address needs SMTPUTF8."""
    return message.as_bytes(policy=POLICY.clone(utf8=needs_utf8(message)))


def needs_utf8(message: EmailMessage) -> bool:
    """Say that a sender or recipient outside ASCII forces headers in UTF-8 (RFC 6532)."""
    return any(not str(message.get(name, "")).rpartition("<")[2].isascii() for name in ("From", "To"))


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body(preferencelist=(subtype,))
    if part is None:
        raise MessageError(f"the message has no {subtype} part")
    return str(part.get_content())


def _fill(message: EmailMessage, sheet: Sheet, frame: Frame) -> Digest:
    """Set both parts, with the first rung whose HTML fits; return what they say."""
    for limits in _RUNGS:
        digest = word(sheet, frame, limits)
        html = _html(digest)
        if _travelling_bytes(html) <= MAX_HTML_BYTES:
            break
    message.set_content(plain.render(digest), subtype="plain", cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte=_encoding(html))
    return digest


def _travelling_bytes(html: str) -> int:
    """The size of the part as it is sent, its encoding included."""
    part = EmailMessage(policy=POLICY)
    part.set_content(html, subtype="html", cte=_encoding(html))
    return len(str(part.get_payload()))


def _encoding(text: str) -> str:
    """Quoted-printable keeps Latin text readable in the source; other scripts would treble, base64 adds a third."""
    data = text.encode()
    return "quoted-printable" if sum(byte > 126 for byte in data) * 6 < len(data) else "base64"


def _html(digest: Digest) -> str:
    """The page, styles in its elements; what cannot stand there, for dark and narrow screens, in a sheet."""
    page = str(_inliner().inline(template("digest.html").render(digest=digest)))
    return page.replace("</head>", f"<style>{template('screens.css').render()}</style></head>", 1)


@cache
def _inliner() -> CSSInliner:
    """Puts the styles where mail programs that drop <style> still see them; what a mail names is never fetched."""
    return CSSInliner(load_remote_stylesheets=False, minify_css=True)
