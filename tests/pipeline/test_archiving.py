"""Archives as Parquet: append-only, whole or not at all, and never with words that a person took out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.config import Config, load
from ingest.errors import SamewireError
from ingest.match.keys import BANDS
from ingest.model import ArticleId
from ingest.pipeline.archiving import archived
from ingest.pipeline.batch import read_archives
from ingest.pipeline.transfer import import_articles
from ingest.publish import archive
from ingest.store.connection import open_writer
from ingest.store.redact import redact

pytest.importorskip("pyarrow", reason="pyarrow is not installed (the extra samewire[parquet])")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
WORDS = (
    "amber",
    "barge",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "inlet",
    "kelp",
    "larch",
    "maple",
    "otter",
    "poplar",
    "quartz",
    "reed",
    "sand",
)


def quiet(done: int, total: int) -> None:
    """Nobody follows."""


def text(number: int) -> str:
    return " ".join(f"{WORDS[(number * 7 + place * (number + 3)) % 17]}{place % 5}" for place in range(60))


def newsroom(folder: Path, count: int, *, full_text: bool = True) -> Config:
    """A database with articles of some days, and its configuration."""
    folder.mkdir()
    (folder / "config.toml").write_text(
        f'[database]\npath = "news.db"\n[export]\nfull_text = {str(full_text).lower()}\n', encoding="utf-8"
    )
    config = load(folder / "config.toml").config
    add(config, folder, range(count))
    return config


def add(config: Config, folder: Path, numbers: range) -> None:
    lines = [
        {"id": n, "title": f"Report {n} of the inlet", "text": text(n), "url": f"https://p{n % 3}.example/{n}",
         "published_at": f"2026-05-0{1 + n % 3}T0{n % 10}:00:00Z"}
        for n in numbers
    ]  # fmt: skip
    path = folder / "articles.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    import_articles(config, path, NOW, quiet)


def rows_of(root: Path) -> list[dict[str, object]]:
    return [row for folder in archive.all_folders([root]) for row in archive.latest(folder)]


def test_an_export_appends_what_is_new_and_leaves_files_as_they_are(tmp_path: Path) -> None:
    config = newsroom(tmp_path / "room", 12)
    first = archived(config, tmp_path / "out", "berlin", quiet)
    assert (first.written, first.held) == (12, 12)
    folder = tmp_path / "out" / "daemon=berlin"
    assert sorted(path.name for path in folder.glob("date=*")) == [
        "date=2026-05-01",
        "date=2026-05-02",
        "date=2026-05-03",
    ]
    before = {path: path.read_bytes() for path in folder.glob("date=*/*")}
    add(config, tmp_path / "room", range(12, 17))
    second = archived(config, tmp_path / "out", "berlin", quiet)
    assert (second.written, second.held) == (5, 17)
    assert {path: path.read_bytes() for path in before} == before
    assert archived(config, tmp_path / "out", "berlin", quiet).written == 0
    rows = rows_of(tmp_path / "out")
    assert [row["id"] for row in rows] == list(range(1, 18))
    assert rows[4]["text"] == text(4)


def test_a_row_holds_what_matching_needs(tmp_path: Path) -> None:
    archived(newsroom(tmp_path / "room", 3), tmp_path / "out", "berlin", quiet)
    folder = tmp_path / "out" / "daemon=berlin"
    manifest = archive.needed(folder)
    row = archive.read_part(folder, manifest.parts[0]).to_pylist()[0]
    assert len(row["band_keys"]) == BANDS
    assert len(row["signature"]) == 126
    assert len(row["shingles"]) == len(set(row["shingles"])) == row["words"] - 2
    assert row["rules"] == manifest.rules
    assert all(row[name] is not None for name in ("epoch", "tokeniser", "title_hash", "title_frame", "title_words"))


def test_a_text_that_is_redacted_leaves_every_file(tmp_path: Path) -> None:
    config = newsroom(tmp_path / "room", 6)
    archived(config, tmp_path / "out", "berlin", quiet)
    with open_writer(config.database_path, for_command="test") as store:
        redact(store, ArticleId(3), "a court said so", made_by="somebody", now=NOW)
    found = archived(config, tmp_path / "out", "berlin", quiet)
    assert (found.gone, found.written) == (1, 0)
    assert [row["id"] for row in rows_of(tmp_path / "out")] == [1, 2, 4, 5, 6]
    folder = tmp_path / "out" / "daemon=berlin"
    manifest = archive.needed(folder)
    assert {str(path.relative_to(folder)) for path in folder.glob("date=*/*")} == {part.path for part in manifest.parts}
    held = [row for part in manifest.parts for row in archive.read_part(folder, part).to_pylist()]
    assert [(row["gone"], row["text"], row["title"]) for row in held if row["id"] == 3] == [("redacted", None, None)]
    assert archived(config, tmp_path / "out", "berlin", quiet).gone == 0


def test_without_full_text_no_words_but_titles_are_written(tmp_path: Path) -> None:
    archived(newsroom(tmp_path / "room", 3, full_text=False), tmp_path / "out", "berlin", quiet)
    folder = tmp_path / "out" / "daemon=berlin"
    manifest = archive.manifest_of(folder)
    assert manifest is not None
    assert {row["text"] for part in manifest.parts for row in archive.read_part(folder, part).to_pylist()} == {None}
    with pytest.raises(SamewireError, match=r"export\.full_text = true"):
        read_archives([tmp_path / "out"])


def test_a_file_that_was_changed_is_named(tmp_path: Path) -> None:
    archived(newsroom(tmp_path / "room", 3), tmp_path / "out", "berlin", quiet)
    part = next((tmp_path / "out").glob("daemon=berlin/date=2026-05-02/*.parquet"))
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    with pytest.raises(SamewireError, match=f"{part}: its checksum is"):
        read_archives([tmp_path / "out"])


def test_what_a_stopped_export_left_is_not_read_and_swept(tmp_path: Path) -> None:
    config = newsroom(tmp_path / "room", 3)
    archived(config, tmp_path / "out", "berlin", quiet)
    folder = tmp_path / "out" / "daemon=berlin"
    torn = folder / "date=2026-05-01" / "part-00000099.parquet"
    torn.write_bytes(b"PAR1 and no more")
    assert len(read_archives([tmp_path / "out"])) == 3
    archived(config, tmp_path / "out", "berlin", quiet)
    assert not torn.exists()


def test_kill_9_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    room = tmp_path / "room"
    config = newsroom(room, 40)
    out = tmp_path / "out"
    program = (
        "import sys\nfrom pathlib import Path\nfrom ingest.config import load\nfrom ingest.pipeline import archiving\n"
        "archiving.PART_ROWS = 2\ntold = lambda done, total: print(done, flush=True)\n"
        f"archiving.archived(load(Path({str(room / 'config.toml')!r})).config, Path({str(out)!r}), 'berlin', told)\n"
    )
    for parts in (1, 4, 2):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(parts)]
            os.kill(process.pid, signal.SIGKILL)
        ids = [article.id for article in read_archives([out])]
        assert len(ids) == len(set(ids)) >= int(told[0])
    archived(config, out, "berlin", quiet)
    assert [article.id for article in read_archives([out])] == [f"berlin/{n}" for n in range(1, 41)]


def test_archives_of_two_newsrooms_stand_side_by_side(tmp_path: Path) -> None:
    for name in ("munich", "berlin"):
        archived(newsroom(tmp_path / name, 4), tmp_path / "out", name, quiet)
    found = read_archives([tmp_path / "out"])
    assert [article.id for article in found] == [f"{name}/{n}" for name in ("berlin", "munich") for n in range(1, 5)]
    assert len({article.document.key for article in found}) == 8
    with pytest.raises(SamewireError, match="two archives of one daemon"):
        read_archives([tmp_path / "out", tmp_path / "out" / "daemon=berlin"])


@pytest.mark.parametrize("path", ["../news.db", "/etc/passwd"])
def test_a_manifest_leads_nowhere_else(tmp_path: Path, path: str) -> None:
    archived(newsroom(tmp_path / "room", 1), tmp_path / "out", "berlin", quiet)
    folder = tmp_path / "out" / "daemon=berlin"
    manifest = archive.needed(folder)
    archive.write_manifest(folder, replace(manifest, parts=(replace(manifest.parts[0], path=path),)))
    with pytest.raises(SamewireError, match="leads out of the archive"):
        read_archives([tmp_path / "out"])


def test_an_archive_of_other_rules_is_left_alone(tmp_path: Path) -> None:
    config = newsroom(tmp_path / "room", 1)
    archived(config, tmp_path / "out", "berlin", quiet)
    folder = tmp_path / "out" / "daemon=berlin"
    archive.write_manifest(folder, replace(archive.needed(folder), rules=1))
    with pytest.raises(SamewireError, match="export into an empty folder"):
        archived(config, tmp_path / "out", "berlin", quiet)
