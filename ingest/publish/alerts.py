"""Alerts as messages: the JSON that a webhook gets, the mail written from it, and when an attempt is made again."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from ingest.errors import REFUSALS, DeliveryError, FetchError, Reason
from ingest.model import AlertMessage, AlertTarget, DeliveryStatus, RaisedAlert
from ingest.publish.addresses import read_mailbox
from ingest.publish.headers import POLICY, header_address, id_domain
from ingest.publish.wording import flat, safe_link, stamp, wrap

#: Waits after the first, second, ... attempt; a receiver that is down for a weekend still gets its alerts.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 30, 120, 360, 720, 1440, 1440))
MAX_ATTEMPTS = len(WAITS) + 1
#: Alerts that one message spells out; of more it gives the number.
MAX_SPELLED = 100
_WIDTH = 74


def key_of(target: AlertTarget, alerts: Sequence[RaisedAlert]) -> str:
    """The idempotency key of a message: the same whenever these alerts are put together for this target."""
    parts = [target.watch, target.channel, target.target, *(f"{one.id} {one.raised_at.isoformat()}" for one in alerts)]
    return f"samewire-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"


def body_of(
    target: AlertTarget, alerts: Sequence[RaisedAlert], *, folded: bool, cap: int, public_url: str | None
) -> str:
    """The JSON that a message is, in one line of ASCII."""
    base = (public_url or "").rstrip("/")
    note = f"{len(alerts)} alerts in one message: more than {cap} messages within an hour are folded" if folded else ""
    return json.dumps(
        {
            "watch": target.watch,
            "folded": folded,
            "note": note,
            "count": len(alerts),
            "alerts": [_alert(one, base) for one in alerts[:MAX_SPELLED]],
        }
    )


def _alert(one: RaisedAlert, base: str) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "detail": flat(one.detail, 500),
        "raised_at": stamp(one.raised_at),
        "story": {
            "id": one.story_id,
            "title": flat(one.story, 300),
            "url": f"{base}/story/{one.story_id}" if base else None,
            "publishers": one.publishers,
            "articles": one.articles,
        },
        "article": {
            "title": flat(one.title, 300),
            "url": safe_link(one.url),
            "publisher": flat(one.publisher, 120),
            "published_at": stamp(one.published_at) if one.published_at else None,
        },
    }


def signature(body: bytes, secret: str) -> str:
    """What the header Samewire-Signature says: HMAC-SHA256 of the body, in hexadecimal (RFC 2104)."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def mail_of(message: AlertMessage, *, sender: str) -> EmailMessage:
    """The message as a mail, whose Message-ID is the same on every attempt.

    Raises ValueError for an address that is none.
    """
    told = json.loads(message.body)
    box = read_mailbox(sender)
    mail = EmailMessage(policy=POLICY)
    mail["From"] = header_address(box)
    mail["To"] = read_mailbox(message.target.target).address
    mail["Subject"] = _subject(told)
    mail["Date"] = message.made_at.astimezone(UTC)
    mail["Message-ID"] = f"<{message.key}@{id_domain(box.domain)}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_text(told), cte="quoted-printable")
    mail["Content-Language"] = "en"  # last: set_content clears every Content- header
    return mail


def _subject(told: dict[str, Any]) -> str:
    watch = flat(told["watch"], 60)
    if told["count"] > 1:
        return f"[{watch}] {told['count']} alerts"
    one = told["alerts"][0]
    words = {"spread": "spreads: ", "number": "another number: "}.get(one["kind"], "")
    return f"[{watch}] {words}{flat(one['story']['title'], 160)}"


def _text(told: dict[str, Any]) -> str:
    lines = [*wrap(told["note"], _WIDTH), ""] if told["note"] else []
    for one in told["alerts"]:
        story, article = one["story"], one["article"]
        lines += wrap(story["title"], _WIDTH)
        lines += wrap(f"{one['kind']}: {one['detail']}", _WIDTH, indent="  ")
        lines += wrap(f"{article['publisher']}: {article['title']}", _WIDTH, indent="  ")
        reach = f"{story['articles']} articles of {story['publishers']} publishers so far"
        lines += [f"  {line}" for line in (reach, article["url"], story["url"]) if line] + [""]
    if told["count"] > len(told["alerts"]):
        lines += [f"and {told['count'] - len(told['alerts'])} more", ""]
    return "\n".join([*lines, "-- ", *wrap(f"Sent by samewire for the watch {told['watch']}.", _WIDTH), ""])


def begin(message: AlertMessage, *, now: datetime) -> AlertMessage:
    """The row to commit before an attempt; until its `next_at` nobody else makes another."""
    attempts = message.attempts + 1
    return replace(message, status=DeliveryStatus.PENDING, attempts=attempts, next_at=now + _wait(attempts))


def accepted(message: AlertMessage, *, answer: str, now: datetime) -> AlertMessage:
    """The row after the receiver took it."""
    return replace(message, status=DeliveryStatus.SENT, next_at=None, reason=None, answer=answer, sent_at=now)


def refused(message: AlertMessage, error: DeliveryError | FetchError, *, now: datetime) -> AlertMessage:
    """The row after an attempt that failed: later, unless trying again is of no use or was done often enough."""
    message = replace(message, reason=error.reason, answer=flat(str(error), 500))
    final = error.final if isinstance(error, DeliveryError) else error.reason in REFUSALS | {Reason.GONE, Reason.OFF}
    if final or message.attempts >= MAX_ATTEMPTS:
        return replace(message, status=DeliveryStatus.FAILED, next_at=None)
    asked = error.retry_after_s if isinstance(error, FetchError) else None
    wait = max(_wait(message.attempts), min(timedelta(seconds=asked or 0), WAITS[-1]))
    return replace(message, status=DeliveryStatus.LATER, next_at=now + wait)


def _wait(attempts: int) -> timedelta:
    return WAITS[min(max(attempts, 1), len(WAITS)) - 1]
