"""Addresses on the web as values: made safe to ask for, made comparable, grouped by family, and masked for logs."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import idna

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

MAX_URL_CHARS = 2048
MAX_HOST_CHARS = 253
DEFAULT_PORTS = {"http": 80, "https": 443}

_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}\Z")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

#: Query parameters that say where a reader came from and never which page is meant, in lower case.
#: `cmp`, `cmpid`, `icid`, `ito`, `smid`, `xtor`, `wt_mc` and `ocid` are newsrooms' own (Guardian, Time, AOL, Mail,
#: NYT, Le Monde, Webtrekk houses, MSN).
# fmt: off
_TRACKING = frozenset({
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "igshid", "mc_cid", "mc_eid",
    "mkt_tok", "_hsenc", "_hsmi", "_ga", "_gl",
    "cmp", "cmpid", "icid", "ito", "smid", "xtor", "wt_mc", "wt_zmc", "ocid",
})
# fmt: on
_TRACKING_PREFIXES = ("utm_", "at_")

_SECRET_NAME = re.compile(
    r"token|secret|passw|pwd|(?:^|[_-])(?:api)?key$|apikey|auth|credential|session|(?:^|[_-])(?:sig|sid|pass|code)$"
    r"|signature",
    re.IGNORECASE,
)
#: Twenty characters without a break that mix letters and digits: keys look so, words and dates do not.
_SECRET_VALUE = re.compile(r"(?=[^=&]*\d)(?=[^=&]*[A-Za-z])[A-Za-z0-9_+/~.%=-]{20,}\Z")
_STAND_IN = re.compile(r"/…#[0-9a-f]{8}\Z")
_ADDRESS = re.compile(r"https?://\S*", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=//)[^/?#]*@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def http_url(ref: str, base: str | None = None) -> str | None:
    """Return the address that `ref` means, fit to be asked for, or None where it is not one.

    Resolved against `base`, scheme http or https, host in ASCII (IDNA) and lower case, no fragment, other
    characters beyond ASCII percent-encoded. None for user information, white space or control characters inside,
    another scheme, a host or port that cannot be, or more than 2,048 characters.
    """
    ref = ref.strip()
    if not ref or max(len(ref), len(base or "")) > MAX_URL_CHARS:
        return None
    return _http_url(ref, base)


@lru_cache(maxsize=2048)  # one address is looked at five times on its way to its server
def _http_url(ref: str, base: str | None) -> str | None:
    if _UNFIT.search(ref):
        return None
    try:
        parts = urlsplit(urljoin(base, ref) if base else ref)
        host, port = _ascii_host(parts), parts.port
    except ValueError:  # UnicodeError and idna's errors are ValueErrors too
        return None
    if parts.scheme not in DEFAULT_PORTS or "@" in parts.netloc or host is None:
        return None
    path, query = quote(parts.path, safe=_ASCII), quote(parts.query, safe=_ASCII)
    url = f"{parts.scheme}://{_netloc(host, port)}{path}" + (f"?{query}" if query else "")
    return url if len(url) <= MAX_URL_CHARS and not _UNFIT.search(url) else None


def canonical_url(url: str) -> str:
    """Return the form of an address under which two spellings of one page are the same.

    Scheme and host in lower case, without default port, final dot of the host, fragment and tracking parameters;
    other parameters stay in order. Only an empty path gets a slash: `/a` and `/a/` may be two pages. What is not
    an http(s) address comes back stripped and otherwise as it was. Source: RFC 3986 section 6.2.
    """
    clean = http_url(url)
    if clean is None:
        return url.strip()
    parts = urlsplit(clean)
    host, port = (parts.hostname or "").rstrip("."), parts.port
    port = None if port == DEFAULT_PORTS[parts.scheme] else port
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair))
    # A percent sign that escapes nothing would, once what stands behind it is read, make an escape of its own.
    path = _ESCAPE.sub(_normal_escape, _STRAY_PERCENT.sub("%25", parts.path)) or "/"
    return f"{parts.scheme}://{_netloc(host, port)}{path}" + (f"?{query}" if query else "")


def family(url: str) -> str:
    """Return what addresses of one publisher share: the registrable domain of the host.

    host:port for an IP address or localhost; the host itself where it has no registrable domain; the stripped
    input where it is no http(s) address. Source: the public suffix list packed with `publicsuffixlist`.
    """
    clean = http_url(url)
    if clean is None:
        return url.strip()
    parts = urlsplit(clean)
    host = (parts.hostname or "").rstrip(".")
    if host == "localhost" or _literal(host):
        return _netloc(host, parts.port or DEFAULT_PORTS[parts.scheme])
    return _registrable_domain(host)


def origin(url: str) -> str:
    """Return scheme://host[:port] without a default port, or the empty string where `url` is no http(s) address.

    Source: RFC 6454 section 4.
    """
    clean = http_url(url)
    if clean is None:
        return ""
    parts = urlsplit(clean)
    port = None if parts.port == DEFAULT_PORTS[parts.scheme] else parts.port
    return f"{parts.scheme}://{_netloc((parts.hostname or '').rstrip('.'), port)}"


def server_name(url: str) -> str:
    """Return host[:port] without a scheme's own port, or the empty string where `url` is no http(s) address.

    What http and https of one name have in common: who asks to be left alone on one means the other too.
    """
    return origin(url).partition("://")[2]


def mask(url: str) -> str:
    """Return an address for a log line: no credentials, no token-like query values, no control characters.

    Any string is taken; it is cut at 2,048 characters.
    """
    text = _USERINFO.sub("***@", _CONTROL.sub("\ufffd", url[:MAX_URL_CHARS]))
    head, mark, tail = text.partition("?")
    query, hash_mark, fragment = tail.partition("#")
    masked = "&".join(_mask_pair(pair) for pair in query.split("&"))
    return head + mark + masked + hash_mark + fragment


def mask_within(text: str) -> str:
    """Return a sentence with every address in it masked."""
    return _ADDRESS.sub(lambda found: mask(found[0]), text)


def stand_in(url: str) -> str:
    """Return what stands for an address whose path may be a secret: its origin, and a short digest of all of it.

    "https://hooks.example/…#1a2b3c4d": no address is written so, and two that differ have two of them.
    """
    return f"{origin(url)}/…#{hashlib.sha256(url.encode(errors='replace')).hexdigest()[:8]}"


def is_stand_in(text: str) -> bool:
    """Whether a text is what `stand_in` makes of an address."""
    return _STAND_IN.search(text) is not None


def without_address(text: str, url: str) -> str:
    """Return a sentence about an address with its stand-in wherever the sentence names it, or any other."""
    short = stand_in(url)
    for shown in (mask(url), mask(url)[:200]):
        text = text.replace(shown, short)
    return _ADDRESS.sub(lambda found: found[0] if is_stand_in(found[0]) else short, text)


def _ascii_host(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return ipaddress.IPv6Address(host).compressed if "%" not in host else None
    if not host.isascii():
        # The length is checked before: encoding costs more than linear time.
        host = idna.encode(host, uts46=True).decode("ascii").lower() if len(host) <= MAX_HOST_CHARS else ""
    labels = host.removesuffix(".").split(".")
    return host if len(host) <= MAX_HOST_CHARS and all(_LABEL.match(label) for label in labels) else None


def _netloc(host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port is None else f"{name}:{port}"


def _is_tracking(pair: str) -> bool:
    name = unquote(pair.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _normal_escape(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=8192)
def _registrable_domain(host: str) -> str:
    domain: str | None = _suffixes().privatesuffix(host)
    return domain or host


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 (reading the list costs time; few commands need it)

    return PublicSuffixList()


def _mask_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return "***" if _SECRET_VALUE.match(name) else name
    secret = value and (_SECRET_NAME.search(name) or _SECRET_VALUE.match(value))
    return f"{name}=***" if secret else pair
