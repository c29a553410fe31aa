"""What a person may write on the pages, who may, and that nobody else's form is taken."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from ingest.browse.serve import build
from ingest.browse.settings import Settings
from tests.browse.conftest import Newsroom


@dataclass
class Person:
    """Somebody with a browser: cookies, and forms taken from the page that shows them."""

    site: Any
    cookies: dict[str, str]

    async def page(self, path: str) -> str:
        answer = await self.site.client.get(path, cookies=self.cookies)
        assert answer.status_code == 200, answer.text
        if found := re.search(r"ds_csrftoken=([^;]+)", answer.headers.get("set-cookie", "")):
            self.cookies["ds_csrftoken"] = found[1]
        return str(answer.text)

    async def send(self, path: str, page: str = "/story/1", **form: str) -> Any:
        token = re.search(r'name="csrftoken" value="([^"]+)"', await self.page(page))
        form = {"csrftoken": token[1] if token else "", **form}
        return await self.site.client.post(path, data=form, cookies=self.cookies)


@pytest.fixture
async def site(newsroom: Newsroom) -> AsyncIterator[Any]:
    """Datasette on the newsroom, where ada may edit."""
    datasette = build(newsroom.path, settings=Settings(editors=frozenset({"ada"})))
    await datasette.invoke_startup()
    yield datasette
    datasette.executor.shutdown(wait=True)


def known(site: Any, name: str) -> Person:
    return Person(site, {"ds_actor": site.sign({"a": {"id": name}}, "actor")})


@pytest.fixture
def museum(newsroom: Newsroom, ferry: int) -> int:
    article = newsroom.article("Bronzes go home", "The museum said so.")
    return newsroom.story("Bronzes go home", [(article, "original")])


def constraints(newsroom: Newsroom) -> list[tuple[Any, ...]]:
    rows = newsroom.store.connection.execute(
        "SELECT kind, article_a, article_b, made_by, undone_at IS NOT NULL, applied_at FROM constraints ORDER BY id"
    )
    return [tuple(row) for row in rows]


async def test_a_merge_is_recorded_shown_and_taken_back(site: Any, newsroom: Newsroom, museum: int) -> None:
    ada = known(site, "ada")
    for named in ("2", " #2 ", "https://news.example/desk/story/2?x=1"):
        answer = await ada.send("/story/1/merge", **{"with": named})
        assert (answer.status_code, answer.headers["location"]) == (303, "/story/1#corrections")
    assert constraints(newsroom) == [("merge", 1, 5, "ada", 0, None)] * 3
    page = await ada.page("/story/1")
    assert "are one story" in page and "waits for the daemon" in page
    line = re.findall(r'name="line" value="(\d+)"', page)[0]
    assert (await ada.send("/story/1/undo", line=line)).status_code == 303
    assert [undone for *_, undone, _ in constraints(newsroom)] == [0, 0, 1]
    assert "taken back" in await ada.page("/story/1")
    again = await ada.send("/story/1/undo", line=line)
    assert again.status_code == 404 and "undone" in again.text


async def test_a_split_is_told_on_the_page_that_the_article_left(site: Any, newsroom: Newsroom, museum: int) -> None:
    ada = known(site, "ada")
    assert (await ada.send("/story/1/split", article="3")).status_code == 303
    assert constraints(newsroom) == [("split", 3, None, "ada", 0, None)]
    new = newsroom.story("Ferry back", [])
    newsroom.store.connection.execute("UPDATE members SET story_id = ? WHERE article_id = 3", [new])
    newsroom.store.connection.execute("UPDATE constraints SET applied_at = made_at")
    for path in ("/story/1", f"/story/{new}"):
        page = await ada.page(path)
        assert "“Ferry back” stands alone" in page and 'name="line"' in page
    stale = await ada.send("/story/1/split", article="3")
    assert stale.status_code == 404 and "load the page anew" in stale.text


async def test_marks_notes_and_tags_are_kept(site: Any, newsroom: Newsroom, museum: int) -> None:
    ada = known(site, "ada")
    assert (await ada.send("/story/1/mark", mark="starred")).status_code == 303
    assert (await ada.send("/story/1/note", note="<b>ask</b>\0 the port")).status_code == 303
    page = await ada.page("/story/1")
    assert 'value="not-starred" aria-pressed="true"' in page and "&lt;b&gt;ask&lt;/b&gt; the port" in page
    await ada.send("/story/1/mark", mark="not-starred")
    assert 'value="starred" aria-pressed="false"' in await ada.page("/story/1")
    await ada.send("/publisher/1/tags", "/publisher/1", tags="Local Press, local; <i>, local")
    assert re.findall(r"\?tag=([\w-]+)", await ada.page("/publisher/1")) == ["i", "local", "press"]
    await ada.send("/publisher/1/tags", "/publisher/1", tags="")
    assert "?tag=" not in await ada.page("/publisher/1")


async def test_what_makes_no_sense_is_said(site: Any, newsroom: Newsroom, museum: int) -> None:
    ada = known(site, "ada")
    for path, form in (
        ("/story/1/merge", {"with": "x"}),
        ("/story/1/split", {"article": "1; DROP TABLE stories"}),
        ("/story/1/mark", {"mark": "loved"}),
        ("/story/1/undo", {}),
    ):
        assert (await ada.send(path, **form)).status_code == 400
    assert constraints(newsroom) == []


async def test_a_story_that_is_not_there_is_said(site: Any, museum: int) -> None:
    ada = known(site, "ada")
    assert (await ada.send("/story/1/merge", **{"with": "99"})).status_code == 404
    assert (await ada.send("/story/1/merge", **{"with": "1"})).status_code == 404
    assert (await ada.send("/story/99/mark", mark="seen")).status_code == 404


WRITES = (
    ("/story/1/merge", {"with": "2"}),
    ("/story/1/split", {"article": "2"}),
    ("/story/1/undo", {"line": "1"}),
    ("/story/1/mark", {"mark": "seen"}),
    ("/story/1/note", {"note": "x"}),
    ("/publisher/1/tags", {"tags": "x"}),
)


async def test_without_permission_the_routes_refuse(site: Any, newsroom: Newsroom, museum: int) -> None:
    token = re.search(r'name="csrftoken" value="([^"]+)"', await (ada := known(site, "ada")).page("/story/1"))
    assert token
    cookie = {"ds_csrftoken": ada.cookies["ds_csrftoken"]}
    for path, form in WRITES:
        for cookies in (cookie, {**known(site, "bob").cookies, **cookie}):
            answer = await site.client.post(path, data={**form, "csrftoken": token[1]}, cookies=cookies)
            assert answer.status_code == 403, path
        assert (await site.client.get(path, cookies=ada.cookies)).status_code == 405
    assert constraints(newsroom) == []


async def test_without_permission_the_controls_are_absent(site: Any, museum: int) -> None:
    for person in (known(site, "bob"), Person(site, {})):
        for path in ("/story/1", "/publisher/1", "/stories"):
            page = await person.page(path)
            assert "csrftoken" not in page and 'method="post"' not in page


async def test_another_sites_form_is_refused(newsroom: Newsroom, museum: int) -> None:
    """Where a proxy names the person there need be no cookie, and the browser sends its password by itself."""
    site = build(newsroom.path, settings=Settings(editors=frozenset({"*"}), user_header="X-User"))
    ada = {"X-User": "ada"}
    page = await site.client.get("/story/1", headers=ada)
    token = re.search(r'name="csrftoken" value="([^"]+)"', page.text)
    assert token
    cookie = {"ds_csrftoken": re.findall(r"ds_csrftoken=([^;]+)", page.headers["set-cookie"])[0]}
    for path, form in WRITES:
        good = {**form, "csrftoken": token[1]}
        for data, cookies, headers in (
            (good, {}, ada),
            (form, cookie, ada),
            ({**form, "csrftoken": "x"}, cookie, ada),
            (good, {}, {**ada, "Authorization": "Bearer x"}),
            (good, cookie, {**ada, "Sec-Fetch-Site": "cross-site"}),
        ):
            assert (await site.client.post(path, data=data, cookies=cookies, headers=headers)).status_code == 403
    assert constraints(newsroom) == []
    for path, form in WRITES:
        answer = await site.client.post(path, data={**form, "csrftoken": token[1]}, cookies=cookie, headers=ada)
        assert answer.status_code in (303, 404), path


async def test_a_header_names_the_person_from_a_trusted_proxy_only(newsroom: Newsroom, ferry: int) -> None:
    for proxies, header, value, editable in (
        ({"127.0.0.1"}, "X-User", "ada", True),
        ({"127.0.0.1"}, "X-User", "bob", False),
        ({"127.0.0.1"}, "X-User", "root", False),
        ({"10.0.0.1"}, "X-User", "ada", False),
        ({"127.0.0.1"}, "", "ada", False),
    ):
        settings = Settings(editors=frozenset({"ada"}), user_header=header, proxies=frozenset(proxies))
        page = await build(newsroom.path, settings=settings).client.get("/story/1", headers={"X-User": value})
        assert ("csrftoken" in page.text) is editable, (proxies, header, value)


async def test_nothing_large_is_read(site: Any) -> None:
    for headers in ({"Content-Length": "70000"}, {"Transfer-Encoding": "chunked"}, {"Content-Length": "x"}):
        answer = await site.client.post("/story/1/note", headers=headers, content=b"")
        assert answer.status_code == 413
