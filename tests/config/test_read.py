"""Every fault at once, and never anything but ConfigError."""

from __future__ import annotations

import json
import re
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.config import Config, load, loads
from ingest.config.read import MAX_CONFIG_BYTES
from ingest.config.schema import keys_of
from ingest.errors import ConfigError

PATH = Path("/etc/samewire/config.toml")


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loads(text, PATH)
    return list(caught.value.problems)


def test_every_fault_is_named_at_once_with_its_line_and_key():
    text = """\
[poll]
intervall = "5m"
concurrency = 0
host_delay = 1
[[feeds]]
url = "example.org/rss"
[[feeds]]
publisher = "Nobody"
[mtach]
window = "14d"
[smtp]
port = "587"
"""
    assert problems(text) == [
        f'{PATH}:2: poll.intervall: unknown key; did you mean "interval"?',
        f"{PATH}:3: poll.concurrency: expected a whole number from 1 to 1000, got 0",
        f'{PATH}:4: poll.host_delay: expected a duration such as "20s", "5m", "1h" or "14d", from 0s to 1h, got 1',
        f'{PATH}:6: feeds.url: expected an address that begins with "https://" or "http://", got \'example.org/rss\'',
        f"{PATH}:7: feeds.url: missing; every [[feeds]] needs it",
        f'{PATH}:9: mtach: unknown key; did you mean "match"?',
        f"{PATH}:12: smtp.port: expected a whole number from 1 to 65535, got '587'",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[web]\nprot = 80", ':2: web.prot: unknown key; did you mean "port"?'),
        ("[export]\nzzzz = 1", ":2: export.zzzz: unknown key; known here: full_text"),
        ("poll = 5", ":1: poll: expected a table, [poll]"),
        ("[[poll]]\n", ":1: poll: expected a table, [poll]"),
        ("[feeds]\nurl = 1", ":1: feeds: expected an array of tables, [[feeds]]"),
        ("feeds = [1]", ":1: feeds: expected a table, [feeds]"),
        ("[digest]\nat = 07:00:00", ':2: digest.at: expected a time of day such as "07:00", got datetime.time(7, 0)'),
        ("[extract]\nfetch_pages = 'yes'", ":2: extract.fetch_pages: expected true or false, got 'yes'"),
        ("[poll]\nconcurrency = true", ":2: poll.concurrency: expected a whole number from 1 to 1000, got true"),
        (
            '[poll]\ninterval = "2h"\nmax_interval = "1h"',
            ":3: poll.max_interval: must not be shorter than poll.interval",
        ),
        ('[poll]\ninterval = "30d"', ":1: poll.max_interval: must not be shorter than poll.interval"),
        (
            '[[feeds]]\nurl = "https://a.example/"\n[[feeds]]\nurl = "https://a.example/"',
            ":4: feeds.url: named twice; feed 1 has it already",
        ),
        (
            '[[feeds]]\nurl = "https://a.example/"\npassword_file = "p"',
            ":3: feeds.password_file: needs a username beside it",
        ),
        (
            '[[watches]]\nname = "summit"\nquery = "a"\n[[digest.recipients]]\naddress = "a@b.c"\nwatches = ["sumit"]',
            ':6: digest.recipients.watches: "sumit" is no watch; did you mean "summit"?',
        ),
        ('path = "x"', ":1: path: unknown key"),
        ('[database]\npath = "~no-such-person-here/news.db"', ":2: database.path: expected a path"),
    ],
)
def test_a_fault_says_where_it_stands_and_what_was_expected(text: str, complaint: str):
    found = problems(text)
    assert any(line.startswith(f"{PATH}{complaint}") for line in found), found


@pytest.mark.parametrize("text", ["[poll\n", "a = 1\na = 2", 'a = "\n', "=", "a = [1,", "\x00"])
def test_what_is_not_toml_is_refused_with_its_line(text: str):
    (line,) = problems(text)
    assert line.startswith(f"{PATH}: not valid TOML: ")
    assert re.search(r"line \d|end of document", line)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000,
        "a = " + "{a=" * 5000,
        "[poll]\ninterval." + ".".join("a" * 5000) + " = 1",
        "[poll]\nconcurrency = " + "1" * 5000,
        "[poll]\nconcurrency = 0x" + "f" * 5000,
        "[poll]\nallow = [0x" + "f" * 5000 + "]",
        "[poll]\ncontact = " + json.dumps("x\t" * 5000),
        ".".join("a" * 5000) + " = 1",
    ],
    ids=["arrays", "tables", "dotted value", "decimal", "hex", "hex in a list", "long text", "dotted key"],
)
def test_a_value_beyond_all_bounds_is_a_complaint_of_bounded_length_or_nothing(text: str):
    try:
        loads(text, PATH)
    except ConfigError as exc:
        assert all(len(line) < 12_000 for line in exc.problems)


def test_a_file_that_is_not_utf8_is_refused_with_the_line(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_bytes(b'[poll]\ncontact = "Z\xfcrich"\n')
    with pytest.raises(ConfigError, match=r"config\.toml:2: not UTF-8 text"):
        load(path)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbf[match]\nwindow = "3d"\n')
    assert load(path).config.match.window == timedelta(days=3)


def test_a_missing_file_is_refused_with_what_to_do(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"absent\.toml: no such file; `samewire init` writes one"):
        load(tmp_path / "absent.toml")


def test_a_folder_is_no_configuration(tmp_path: Path):
    with pytest.raises(ConfigError, match="directory"):
        load(tmp_path)


def test_a_file_of_absurd_size_is_refused_unread(tmp_path: Path):
    path = tmp_path / "config.toml"
    with path.open("wb") as file:
        file.truncate(MAX_CONFIG_BYTES + 1)
    with pytest.raises(ConfigError, match="larger than 8 MiB"):
        load(path)


def test_an_empty_file_is_the_defaults():
    config = loads("", PATH).config
    assert config == Config(path=PATH)
    assert (config.poll.interval, config.poll.max_interval) == (timedelta(hours=1), timedelta(hours=24))
    assert (config.digest.at, config.digest.timezone) == (time(7, 0), "UTC")
    assert config.match.window == timedelta(days=14)
    assert config.export.full_text is False


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    (home / "etc").mkdir(parents=True)
    elsewhere.mkdir()
    (home / "etc" / "config.toml").write_text('[database]\npath = "../data/news.db"\n')
    monkeypatch.chdir(home)
    config = load(Path("etc/config.toml")).config
    assert config.database_path == home / "data" / "news.db"
    monkeypatch.setenv("HOME", str(elsewhere))
    assert config.resolve("~/secret") == elsewhere / "secret"
    assert config.resolve("/run/secret") == Path("/run/secret")


@pytest.mark.parametrize("listen", ["", "127.0.0.1:9101", "[::1]:9101"])
def test_metrics_listen_is_an_address_or_nowhere(listen: str):
    assert loads(f'[metrics]\nlisten = "{listen}"\n', PATH).config.metrics.listen == listen


@pytest.mark.parametrize(
    ("listen", "warned"), [("127.0.0.1:9101", 0), ("localhost:9101", 0), ("[::1]:9101", 0), ("0.0.0.0:9101", 1)]
)
def test_metrics_that_others_can_reach_are_warned_of(listen: str, warned: int):
    warnings = loads(f'[metrics]\nlisten = "{listen}"\n', PATH).warnings
    assert sum("2: metrics.listen: whoever reaches" in line for line in warnings) == warned


@pytest.mark.parametrize("listen", ["9101", "127.0.0.1", "http://127.0.0.1:9101", ":9101"])
def test_metrics_listen_needs_host_and_port(listen: str):
    with pytest.raises(ConfigError, match=r"2: metrics\.listen: expected a host and port"):
        loads(f'[metrics]\nlisten = "{listen}"\n', PATH)


@pytest.mark.parametrize(
    ("contact", "warned"), [("", True), ("https://example.org/bot", True), ("desk@zeitung.invalid", False)]
)
def test_a_missing_or_example_contact_warns(contact: str, warned: bool):
    loaded = loads(f"[poll]\ncontact = {json.dumps(contact)}", PATH)
    assert any("poll.contact" in line for line in loaded.warnings) is warned


def names() -> list[str]:
    """Every word the schema knows, and a few it does not."""
    found = {"path", "a", "", "x y", "é"}
    for table, known in keys_of(Config).items():
        found |= {table, *keys_of(known.get("table") or known.get("tables"))}
    return sorted(found)


SCALARS = st.one_of(
    st.booleans(),
    st.integers(),
    st.text(max_size=12),
    st.sampled_from(["1h", "0s", "99999999d", "07:00", "UTC", "https://a.example/", "a@b.c", "wire", "localhost:80"]),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names()), inner, max_size=4),
    max_leaves=12,
)


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@given(st.dictionaries(st.sampled_from(names()), st.dictionaries(st.sampled_from(names()), TREES, max_size=4) | TREES))
def test_any_valid_toml_is_a_configuration_or_a_list_of_complaints(tree: dict[str, Any]):
    text = "\n".join(f"{json.dumps(key)} = {as_toml(value)}" for key, value in tree.items())
    try:
        loaded = loads(text, PATH)
    except ConfigError as exc:
        assert exc.problems
        assert all(line.startswith(f"{PATH}:") and "\n" not in line for line in exc.problems)
        assert not any("not valid TOML" in line for line in exc.problems)
    else:
        assert isinstance(loaded.config, Config)


@given(st.text() | st.text(alphabet=st.sampled_from("[]{}=\"'\n.#, \tabeflopsud019-:_\\")))
@example('["a]b"]\nc = 1')
def test_any_text_is_a_configuration_or_a_list_of_complaints(text: str):
    try:
        loads(text, PATH)
    except ConfigError as exc:
        assert exc.problems


@given(st.binary(max_size=200))
def test_any_bytes_are_a_configuration_or_a_list_of_complaints(tmp_path_factory: pytest.TempPathFactory, data: bytes):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    try:
        load(path)
    except ConfigError as exc:
        assert exc.problems
