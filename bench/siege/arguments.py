"""Cases of what a person is told to paste: addresses on the command line, and values of the configuration."""

from __future__ import annotations

from typing import Any

from bench.siege.case import MIB, add
from bench.siege.pages import STORY
from bench.siege.transport import replies

G = "command line"
for name, url in {
    "newline": "http://arg.test/a\nhttp://127.0.0.1/", "ansi": "http://arg.test/\x1b[2J\x1b]0;owned\x07", "file": "file:///etc/passwd",
    "javascript": "javascript:alert(1)", "userinfo": "https://desk:hunter2@arg.test/feed", "blank": "", "words": "drop tables", "bidi": "http://arg.test/\u202etxt.exe",
    "long": "http://arg.test/" + "a" * 100_000, "no-host": "http:///etc/passwd", "bad-port": "http://arg.test:99999/", "bad-bracket": "http://[::1/", "percent": "http://arg.test/%s%n%x x",
    "surrogate": "http://arg.test/\udcff", "scheme-case": "JaVaScRiPt:alert(1)", "ldap": "ldap://127.0.0.1/x", "unc": "\\\\host\\share\\feed",
}.items():  # fmt: skip
    for command in ("poll", "add"):
        add(f"{command}-{name}", G, f"samewire {command} {url[:40]!r}", command=(command, url), exits=(1, 2), requests=0, hides=("\x1b[2J", "hunter2"),
            says=("",) if name == "blank" else ())  # fmt: skip
add("poll-dash", G, "an address that looks like an option", command=("poll", "--output=/etc/x"), exits=(2,), requests=0)
add("poll-after-dashes", G, "and one behind --", command=("poll", "--", "-rf"), exits=(2,), requests=0)
add("add-inside", G, "adding a name of the inside", command=("add", "http://inside.test/"), exits=(1,), requests=0)
add("add-page", G, "a site whose page names hostile feeds", replies(
    "<html><head>" + "".join(f"<link rel=alternate type='application/rss+xml' href='{url}'>" for url in ("javascript:alert(1)", "file:///etc/passwd", "http://127.0.0.1:1/", "http://inside.test/")) + f"</head><body>{STORY}</body></html>", media="text/html"),
    command=("add", "http://add-page.test/"), exits=(1,), requests=14)  # fmt: skip
add(
    "config-missing-file",
    G,
    "a configuration whose name holds an escape",
    command=("--config", "/nowhere/\x1b[2J.toml", "status"),
    exits=(2,),
    hides=("\x1b[2J",),
    requests=0,
)
add(
    "command-unknown",
    G,
    "a command whose name holds an escape",
    command=("\x1b[2Jstatus",),
    exits=(2,),
    hides=("\x1b[2J",),
    requests=0,
)
for name, words in {"stories": ("stories", "\x1b[2J' OR 1=1 -- {{7*7}} \" NEAR( *"), "watch": ("watch", "test", "\x1b[2J(" * 2000), "long-query": ("stories", "a " * 20_000),
                      "deep-query": ("watch", "test", "(" * 10_000 + "a" + ")" * 10_000), "story": ("story", "9" * 400), "date": ("digest", "--date", "\x1b[2J2026-99-99")}.items():  # fmt: skip
    add(
        f"query-{name}",
        G,
        f"samewire {' '.join(words)[:40]!r}",
        command=words,
        exits=(0, 1, 2),
        hides=("\x1b[2J",),
        requests=0,
    )

G = "configuration"


def refused_config(name: str, note: str, text: str, *, key: str, **more: Any) -> None:
    """A configuration that is refused with the key's name, exit 2."""
    add(
        f"config-{name}",
        G,
        note,
        config=text,
        command=("check",),
        exits=(2,),
        says=(key,),
        requests=0,
        **({"hides": ("\x1b[2J", "hunter2")} | more),
    )


def recipient(address: str) -> str:
    """A recipient's table."""
    return f"[[digest.recipients]]\naddress = {toml(address)}\n"


def toml(text: str) -> str:
    """A TOML string."""
    return (
        '"'
        + "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
        + '"'
    )


for name, address in {
    "crlf": "desk@example.org\r\nBcc: evil@x.test", "lf": "desk@example.org\n.\nMAIL FROM:<x>", "nul": "desk\0@example.org", "two": "a@x.test, b@x.test", "name": "Desk <desk@x.test>",
    "comment": "desk(comment)@x.test", "quoted": '"desk\r\nRCPT TO:<x>"@x.test', "no-at": "desk.example.org", "two-at": "a@b@x.test", "long": "a" * 250 + "@x.test", "local-long": "a" * 65 + "@x.test",
    "blank-inside": "desk @x.test", "route": "@a.test:desk@x.test", "percent-inside": "<desk@x.test>", "option": " -oQ/tmp@x.test", "separator": "desk@x.test;evil@y.test", "unicode-line": "desk\u2028@x.test", "escape": "\x1b[2Jdesk@x.test", "trailing-dot": "desk@x.test.",
}.items():  # fmt: skip
    refused_config(f"address-{name}", f"an address: {address[:40]!r}", recipient(address), key="digest.recipients")

refused_config(
    "sender",
    "a sender with a line break in its name",
    '[smtp]\nsender = "x\\r\\nBcc: a@b.test <d@x.test>"\n',
    key="smtp.sender",
)
refused_config(
    "user-header",
    "a header's name with a line break",
    '[web]\nuser_header = "x\\r\\nX-Evil: 1"\n',
    key="web.user_header",
)
refused_config(
    "feed-userinfo",
    "a feed's password belongs into password_file",
    '[[feeds]]\nurl = "https://desk:hunter2@x.test/rss"\n',
    key="feeds",
)
refused_config(
    "webhook-scheme",
    "a webhook of another scheme",
    '[[watches]]\nname = "w"\nquery = "a"\nwebhook = "file:///etc/x"\n',
    key="watches.webhook",
)
refused_config("feed-file", "a feed that is a file", '[[feeds]]\nurl = "file:///etc/passwd"\n', key="feeds.url")
refused_config(
    "public-url", "a javascript: public address", '[web]\npublic_url = "javascript:alert(1)"\n', key="web.public_url"
)
refused_config("key-escape", "a key with an escape in its name", '"\\u001b[2Jx" = 1\n', key="config.toml")
refused_config(
    "value-escape",
    "a value with an escape is told without it",
    '[web]\nshow_text = "\\u001b[2J"\n',
    key="web.show_text",
)
refused_config("deep", "TOML 100,000 deep", "x = " + "[" * 100_000, key="config.toml")
refused_config("number", "a number of 5,000 digits", "[web]\nport = " + "9" * 5_000 + "\n", key="config.toml")
refused_config(
    "query-deep", "a query 10,000 deep", '[[watches]]\nname = "w"\nquery = "' + "(" * 10_000 + '"\n', key="watch"
)
add(
    "config-5mb",
    G,
    "a comment of 5 MB is read",
    config="#" + "x" * (5 * MIB) + "\n",
    command=("check",),
    exits=(0, 1),
    requests=0,
)
