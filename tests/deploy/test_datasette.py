"""Datasette's own settings beside samewire: known to Datasette, and as closed as they say."""

from __future__ import annotations

import json
from pathlib import Path

from datasette.app import SETTINGS

from ingest.browse.serve import build, read_metadata
from ingest.store.connection import open_writer

from .conftest import DEPLOY


def test_every_setting_is_one_of_datasettes() -> None:
    given = json.loads((DEPLOY / "datasette" / "settings.json").read_text(encoding="utf-8"))
    known = {setting.name: type(setting.default) for setting in SETTINGS}
    assert {name: type(value) for name, value in given.items()} == {name: known[name] for name in given}
    assert given["allow_download"] is given["default_allow_sql"] is False


async def test_the_metadata_lets_only_those_in_who_are_logged_in(tmp_path: Path) -> None:
    path = tmp_path / "newsroom.db"
    open_writer(path, for_command="test").close()
    datasette = build(path, metadata=read_metadata(DEPLOY / "datasette" / "metadata.yaml"))
    assert (await datasette.client.get("/stories")).status_code == 403
    token = datasette.sign({"a": {"id": "ada"}}, "actor")
    assert (await datasette.client.get("/stories", cookies={"ds_actor": token})).status_code == 200
    for room in datasette.databases.values():
        room.close()
