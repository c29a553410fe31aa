"""The poller's manners switched off: for each row of docs/polling.md an edit of the source that unlearns it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a file's text, which stands there once, and what it becomes."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """What it does instead, and how."""

    what: str
    edits: tuple[Edit, ...]


def _poll(name: str, old: str, new: str) -> Edit:
    return Edit(f"ingest/poll/{name}.py", old, new)


def _one(what: str, file: str, old: str, new: str) -> Mutant:
    return Mutant(what, (Edit(f"ingest/{file}.py", old, new),))


_VOUCHED = "return replace(state, etag=etag or state.etag, last_modified=last_modified or state.last_modified)"
_WISHES = "wishes = (state.fresh, hints.ttl, hints.update_interval)"

MUTANTS = {
    1: _one("takes W/ off an ETag", "poll/fetch", "value.encode(\"latin-1\")) for name, value in fields]", "value.removeprefix(\"W/\").encode(\"latin-1\")) for name, value in fields]"),
    2: _one("sends the present as the date", "poll/etiquette", 'conditions.append(("If-Modified-Since", state.last_modified))', 'conditions.append(("If-Modified-Since", f"{now:%a, %d %b %Y %H:%M:%S GMT}"))'),
    3: _one("sends the date only without an ETag", "poll/etiquette", "        if state.last_modified is not None:", "        if state.last_modified is not None and state.etag is None:"),
    4: _one("ignores a 304's validators", "poll/etiquette", _VOUCHED, "return state"),
    5: _one("forgets an ETag that a 304 does not name", "poll/etiquette", _VOUCHED, _VOUCHED.replace("etag or state.etag", "etag")),
    6: _one("sends validators to every hop", "poll/fetch", "return request.conditions if url == (request.conditions_url or checked_url(request.url)) else ()", "return request.conditions"),
    7: _one("asks in full every day", "poll/trust", "PROBE_EVERY, PROBE_LIAR_EVERY = timedelta(days=7)", "PROBE_EVERY, PROBE_LIAR_EVERY = timedelta(days=1)"),
    8: _one("parses the same body again", "pipeline/reading", "if digest == feed.state.body_hash:", "if False:"),
    9: _one("never looks behind a 304", "poll/trust", "return state.asked_whole_at is not None and now - state.asked_whole_at >= every", "return False"),
    10: _one("adds a parameter against caches", "poll/fetch", 'client.request_for("GET", url,', 'client.request_for("GET", url + ("&" if "?" in url else "?") + "_=1",'),
    11: _one("keeps cookies and sends them", "poll/fetch", "return await self._straight.handle_async_request(request)", """raw = await self._straight.handle_async_request(request)
        self._fields += [(b"Cookie", value) for name, value in raw.extensions[_FIELDS] if name.lower() == b"set-cookie"]
        return raw"""),
    12: _one("sends a Referer", "poll/fetch", "*request.headers, *conditions]", '*request.headers, *conditions, ("Referer", request.url)]'),
    13: _one("pretends to be a browser", "poll/fetch", '"User-Agent": user_agent', '"User-Agent": "Mozilla/5.0"'),
    14: _one("asks for anything", "poll/fetch", '"application/atom+xml, application/rss+xml, application/feed+json, ', '"'),
    15: _one("offers brotli", "poll/fetch", '"Accept-Encoding": "gzip"', '"Accept-Encoding": "gzip, br"'),
    16: _one("ignores max-age", "poll/headers", "return _duration(max_age_s - age_s)", "return timedelta()"),
    17: _one("ignores no-cache and no-store", "poll/headers", 'if "no-store" in directives or "no-cache" in directives:', "if False:"),
    18: _one("lets Expires beat max-age", "poll/headers", 'if "max-age" in directives:', 'if "max-age" in directives and not header(headers, "expires"):'),
    19: _one("ignores Age", "poll/headers", "return _duration(max_age_s - age_s)", "return _duration(max_age_s)"),
    20: Mutant("waits as long as anybody wishes", (
        _poll("etiquette", "*(min(wish, most) for wish", "*(wish for wish"),
        _poll("etiquette", "max(min(wait + jitter, max_interval), ", "max(wait + jitter, "),
    )),
    21: _one("ignores ttl", "poll/etiquette", _WISHES, _WISHES.replace(" hints.ttl,", "")),
    22: _one("ignores the update period", "poll/etiquette", _WISHES, _WISHES.replace(", hints.update_interval", "")),
    23: _one("ignores hours and days to skip", "poll/etiquette", "min(_past_skipped(due_at, after.hints), latest_at)", "min(due_at, latest_at)"),
    24: _one("reads no date in Retry-After", "poll/headers", "until = http_date(value)\n    if until is None:\n        return None\n    return max(", "return None\n    return max("),
    25: _one("heeds Retry-After of a 429 only", "poll/fetch", "wait_s = _longer(wait_s, retry_after_s(headers, now=datetime.now(UTC)))", "wait_s = retry_after_s(headers, now=datetime.now(UTC)) if raw.status_code == 429 else None"),
    26: _one("pauses the feed and not its host", "pipeline/feeds", "    heed(desk, outcome.answered_by or feed.url, outcome.status, outcome.retry_after_s, now)\n", "    pass\n"),
    27: _one("adopts a move at once", "poll/etiquette", "MOVES_NEEDED, MOVED_FOR = 3, timedelta(days=1)", "MOVES_NEEDED, MOVED_FOR = 1, timedelta(0)"),
    28: _one("polls two feeds at one address", "store/moves", "SET status = 'paused', paused_by = 'samewire' WHERE", "SET title = title WHERE"),
    29: _one("follows fifty redirects", "model/polling", "max_redirects: int = 5", "max_redirects: int = 50"),
    30: _one("believes the first 410", "poll/etiquette", "seen_at.date() > state.gone_since_at.date()", "seen_at.date() >= state.gone_since_at.date()"),
    31: _one("asks on and on at the interval", "poll/etiquette", "return max_interval if interval >= max_interval / 2**doublings else interval * 2**doublings", "return interval"),
    32: _one("never forgets a failure", "poll/etiquette", "        failures=0,", "        failures=state.failures,"),
    33: _one("takes a page for an empty feed", "pipeline/reading", "replace(outcome, word=PollWord.ERROR, reason=exc.reason, detail=str(exc), body_hash=None)", "replace(outcome, parsed=True)"),
    34: _one("has no jitter", "poll/etiquette", "jitter = rng.random() *", "jitter = 0.0 *"),
    35: _one("asks a host as often as there is something to ask", "poll/politeness", "asyncio.Semaphore(self._per_host)", "asyncio.Semaphore(99)"),
    36: _one("polls everything at a start", "store/feeds", 'if row["status"] == "paused" and row["paused_by"] == "config":', "if True:"),
    37: _one("cuts the fraction of a second off", "store/times", "utc + timedelta(seconds=1) if utc.microsecond else utc", "utc"),
    38: _one("keeps its interval", "poll/pace", "return replace(state, hurry=max(0, hurry))", "return state"),
    39: _one("overlooks an overflow", "poll/pace", "return outcome.known_share == 0.0", "return False"),
    40: _one("reads a delta as the whole", "pipeline/feeds", "comparable = not outcome.partial and", "comparable ="),
    41: _one("believes whoever posts", "poll/websub", "return hmac.compare_digest(expected.encode(\"ascii\"), given.strip().lower().encode(\"utf-8\", \"replace\"))", "return True"),
    42: _one("moves where the feed says it is", "pipeline/feeds", "    if parsed.title:\n", "    if parsed.self_url:\n        set_url(store, feed, parsed.self_url, now)\n    if parsed.title:\n"),
    43: _one("inflates without a limit", "poll/inflate", "if self._size > self._max_bytes:", "if False:"),
    44: _one("takes any coding for gzip", "poll/inflate", "if len(codings) > 1 or any(name not in _CODINGS for name in codings):", "if False:"),
    45: _one("has no deadline for the whole", "poll/fetch", "asyncio.timeout(request.timeout_s):", "asyncio.timeout(request.timeout_s * 5):"),
    46: _one("does not record the charset", "pipeline/reading", "charset=parsed.encoding", "charset=None"),
    47: _one("asks any address", "poll/addresses", "if not is_public(address):", "if False:"),
    48: _one("takes any certificate", "poll/fetch", "return _unverified_tls_context() if request.extensions.get(_UNVERIFIED) else self._tls_context", "return _unverified_tls_context()"),
    49: _one("looks an unknown name up again at once", "poll/dial", "= now_s + UNKNOWN_TTL_S", "= now_s"),
    50: _one("asks no robots.txt", "pipeline/pages", "    if due.robots:", "    if False:"),
    51: _one("stores validators ahead of the entries", "pipeline/feeds", "    shown: tuple[ShownEntry, ...] = ()\n    with store.transaction():\n", "    shown: tuple[ShownEntry, ...] = ()\n    early = next_check(feed.state, outcome, rhythm=judged(desk, feed, outcome, (), now)[1], now=now, rng=desk.rng)\n    record_poll(store, feed, outcome, early, started_at)\n    object.__setattr__(feed, 'state', early)\n    with store.transaction():\n"),
    52: _one("warns of every failure", "pipeline/feeds", '"warning" if unusable and not excused else "info"', '"warning" if unusable else "info"'),
    53: _one("asks robots.txt before every page", "pipeline/robots", "KEPT_FOR = timedelta(hours=24)", "KEPT_FOR = timedelta(seconds=-1)"),
    54: _one("logs what a query holds", "text/urls", 'return f"{name}=***" if secret else pair', "return pair"),
}  # fmt: skip
