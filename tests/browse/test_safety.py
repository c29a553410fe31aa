"""What the pages refuse: other people's scripts, writes, those without permission; and that others are left alone."""

from __future__ import annotations

import re
import sqlite3
from base64 import b64encode
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils import StartupError

from ingest.browse.routes import ROUTES, Route
from ingest.browse.serve import ServeError, build, read_metadata
from ingest.browse.settings import Settings
from ingest.browse.shield import script_hashes
from ingest.errors import NotFound, SamewireError, StoreError
from tests.browse.conftest import Newsroom

PAGES = [
    "/stories",
    "/story/1",
    "/nowhere",
    "/newsroom",
    "/newsroom/articles",
    "/newsroom/articles.json",
    "/-/metadata",
]


def inline_scripts(text: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", text, re.DOTALL)


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_is_shielded(site: Any, ferry: int, path: str) -> None:
    headers = (await site.client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")


@pytest.mark.parametrize(
    "path", ["/stories", "/story/1", "/nowhere", "/newsroom", "/newsroom/articles", "/newsroom/slowest_feeds"]
)
async def test_only_datasettes_own_scripts_may_run(site: Any, ferry: int, path: str) -> None:
    answer = await site.client.get(path)
    allowed = answer.headers["content-security-policy"]
    for script in inline_scripts(answer.text):
        assert b64encode(sha256(script.encode()).digest()).decode() in allowed


@pytest.mark.parametrize("path", ["/stories", "/story/1", "/nowhere"])
async def test_our_pages_carry_no_script_or_style_of_their_own(site: Any, ferry: int, path: str) -> None:
    answer = await site.client.get(path)
    assert inline_scripts(answer.text) == []
    assert "script-src 'none'" in answer.headers["content-security-policy"]
    assert "<style" not in answer.text
    assert " style=" not in answer.text.partition("<main")[2]


def test_a_script_with_something_to_fill_in_is_not_allowed() -> None:
    assert script_hashes(("<script>alert({{ title }})</script>", "<script>{% if x %}a{% endif %}</script>")) == ""


async def test_the_style_sheet_is_found_and_may_be_kept(site: Any) -> None:
    page = (await site.client.get("/stories")).text
    address = re.findall(r'href="(/-/samewire/style\.css\?v=\w+)"', page)[0]
    answer = await site.client.get(address)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "allow",
    [
        {"allow": {"id": "desk"}},
        {"databases": {"newsroom": {"allow": {"id": "desk"}}}},
        {"databases": {"newsroom": {"tables": {"articles": {"allow": {"id": "desk"}}}}}},
    ],
    ids=["instance", "database", "table"],
)
async def test_who_may_not_see_the_tables_may_not_see_any_page_of_ours(
    newsroom: Newsroom, ferry: int, allow: dict[str, Any]
) -> None:
    datasette = build(newsroom.path, metadata=allow)
    await datasette.invoke_startup()
    actor = {"ds_actor": datasette.sign({"a": {"id": "desk"}}, "actor")}
    for route in ROUTES:
        path = example(route)
        ask = partial(datasette.client.request, "POST" if route.writes else "GET", path)
        answer = await ask()
        about_feeds = "articles" in str(allow) and "articles" not in route.tables
        assert about_feeds or answer.status_code == 403, path
        assert "Ferry" not in answer.text
        assert (await ask(cookies=actor)).status_code in ((403,) if route.writes else (200, 302, 404)), path


def example(route: Route) -> str:
    """An address that a route answers."""
    path = route.pattern.strip("^$").replace("/?", "").replace("(?:\\.(?P<form>json|csv|atom))?", ".json")
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path).replace("\\.", ".")
    assert re.search(route.pattern, path), (route.pattern, path)
    return path


@pytest.mark.parametrize(
    ("host", "public_url", "status"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("localhost", None, 200),
        ("0.0.0.0", None, 403),
        ("news.example", None, 403),
        ("127.0.0.1", "https://news.example/desk/", 403),
    ],
)
async def test_free_sql_and_addresses_are_for_this_machine_alone(
    newsroom: Newsroom, host: str, public_url: str | None, status: int
) -> None:
    client = build(newsroom.path, host=host, settings=Settings(public_url=public_url)).client
    for path in ("/newsroom?sql=select+1", "/newsroom/deliveries"):
        assert (await client.get(path)).status_code == status
    assert (await client.get("/newsroom/slowest_feeds")).status_code == 200


async def test_the_file_cannot_be_carried_away(site: Any) -> None:
    assert (await site.client.get("/newsroom.db")).status_code == 403


@pytest.mark.parametrize("sql", ["delete from stories", "pragma journal_mode = delete", "attach 'x.db' as x"])
async def test_sql_that_writes_is_refused(site: Any, newsroom: Newsroom, ferry: int, sql: str) -> None:
    assert (await site.client.get("/newsroom", params={"sql": sql})).status_code == 400
    with pytest.raises(SamewireError, match="never write"):
        await site.get_database("newsroom").execute_write("DELETE FROM stories")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await site.get_database("newsroom").execute_fn(lambda connection: connection.execute("DELETE FROM stories"))


async def test_a_question_that_takes_too_long_is_stopped(site: Any, newsroom: Newsroom, ferry: int) -> None:
    site._settings["sql_time_limit_ms"] = 0
    for path in ("/stories", f"/story/{ferry}"):
        answer = await site.client.get(path)
        assert answer.status_code == 503
        assert "too long" in answer.text


async def test_links_keep_the_prefix_of_the_public_address(newsroom: Newsroom, ferry: int) -> None:
    client = build(newsroom.path, settings=Settings(public_url="https://news.example/desk")).client
    page = (await client.get("/stories")).text
    assert f'href="/desk/story/{ferry}"' in page
    assert 'action="/desk/stories"' in page
    assert re.findall(r'(?:href|action)="(/(?!desk/)[^"]*)"', page) == []
    assert (await client.get("/")).headers["location"] == "/desk/stories"


async def test_a_file_name_with_any_characters_opens(tmp_path: Path) -> None:
    from ingest.store.connection import open_writer

    path = tmp_path / "news?room#1 %20é.db"
    open_writer(path, for_command="test").close()
    assert (await build(path).client.get("/stories")).status_code == 200


def test_no_database_or_a_strangers_is_named_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no database yet"):
        build(tmp_path / "none.db")
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE stories (id INTEGER)").connection.close()
    with pytest.raises(StoreError, match="not made by samewire"):
        build(other)


async def test_beside_another_database_the_plugin_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "stories.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT)")
    connection.close()
    client = Datasette([str(path)]).client
    start = await client.get("/")
    assert start.status_code == 200
    assert "samewire" not in start.text
    assert "content-security-policy" not in start.headers
    assert "words" in (await client.get("/stories")).text
    assert "samewire" not in (await client.get("/nowhere")).text


async def test_plain_datasette_on_the_file_gets_the_pages_too(newsroom: Newsroom, ferry: int) -> None:
    client = Datasette([str(newsroom.path)]).client
    assert "Ferry service" in (await client.get("/stories")).text
    assert (await client.get("/newsroom/articles_with_words.json?words=ferry")).json()["rows"]


async def test_a_file_that_somebody_writes_is_no_immutable_one(newsroom: Newsroom, ferry: int) -> None:
    with pytest.raises(StartupError, match="Leave -i out"):
        await Datasette([], immutables=[str(newsroom.path)]).invoke_startup()
    newsroom.store.close()
    site = Datasette([], immutables=[str(newsroom.path)])
    await site.invoke_startup()
    assert (await site.client.get("/stories")).status_code == 200


async def test_datasettes_own_rules_come_from_a_file(newsroom: Newsroom, ferry: int, tmp_path: Path) -> None:
    file = tmp_path / "datasette.yml"
    file.write_text("allow:\n  id: desk\ntitle: Our desk\n", encoding="utf-8")
    site = build(newsroom.path, metadata=read_metadata(file))
    assert (await site.client.get("/stories")).status_code == 403
    for text in ("[1]", "{", "allow: [\n"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ServeError, match=r"datasette\.yml: .*web\.metadata"):
            read_metadata(file)
    with pytest.raises(ServeError, match="No such file"):
        read_metadata(tmp_path / "none")
