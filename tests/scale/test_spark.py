"""Spark gives the stories of the embedded engine, whatever becomes of its workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark", reason="pyspark is not installed (the extra samewire[spark]; make test-spark)")

from bench.scale_corpus import Archive
from ingest.cli import samewire
from ingest.config import load
from ingest.errors import SamewireError
from ingest.match.postings import PER_DAY
from ingest.pipeline.archiving import archived
from ingest.pipeline.batch import read_archives, read_articles
from ingest.pipeline.transfer import import_articles
from ingest.scale import proposing
from ingest.scale.components import components
from ingest.scale.engine import clustered, unheard
from ingest.scale.frames import Stages
from ingest.scale.sources import from_archives, from_lines

from .conftest import WINDOW, embedded, lines_of, needs_spark

pytestmark = [pytest.mark.spark, needs_spark]
DEV = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "stories" / "dev.jsonl"


def made(path: Path, count: int, *, seed: int = 1, hot: int = 0) -> Path:
    """An archive as a file, with a line in it that holds nothing."""
    records = [json.dumps(record) for record in Archive(seed).articles(count, hot=hot)]
    path.write_text("\n".join([*records[:9], "", *records[9:]]) + "\n", encoding="utf-8")
    return path


def test_the_command_gives_the_bytes_of_the_embedded_engine_on_5000_articles(tmp_path: Path) -> None:
    from click.testing import CliRunner

    archive = made(tmp_path / "articles.jsonl", 5_000)
    targets = {engine: tmp_path / f"{engine}.jsonl" for engine in ("embedded", "spark")}
    command = [sys.executable, "-m", "ingest", "cluster", str(archive), "--output", str(targets["embedded"])]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as embedded_engine:
        told = ["cluster", str(archive), "--engine", "spark", "--output", str(targets["spark"])]
        ran = CliRunner().invoke(samewire, told)
    assert ran.exit_code == 0, ran.output
    assert embedded_engine.returncode == 0
    answers = {engine: target.read_bytes() for engine, target in targets.items()}
    assert answers["spark"] == answers["embedded"]
    lines = [json.loads(line) for line in answers["spark"].splitlines()]
    assert [line["id"] for line in lines] == list(range(5_000))
    relations = {line["relation"] for line in lines}
    assert {"original", "copy", "abridgement", "rewrite"} <= relations
    assert {line["reason"] for line in lines} >= {"first", "roundup"}


def test_a_crowd_is_kept_short_and_workers_that_are_killed_change_nothing(
    tmp_path: Path, stages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paragraph in every article of a day, more than the index keeps under a key; and kill -9 meanwhile."""
    monkeypatch.setattr(proposing, "HOT", PER_DAY)  # so that questions for these keys are spread by salt
    archive = made(tmp_path / "hot.jsonl", 2 * PER_DAY, hot=2 * PER_DAY)
    killed: list[int] = []
    ended = threading.Event()
    killer = threading.Thread(target=_kill_workers, args=(killed, ended))
    killer.start()
    try:
        found = clustered(stages, from_lines(stages, archive), WINDOW)
        lines = lines_of(found)
    finally:
        ended.set()
        killer.join()
    assert len(killed) == 3
    assert found.hottest > PER_DAY
    assert found.capped_postings > 0
    assert lines == embedded(read_articles(archive))


def _kill_workers(killed: list[int], ended: threading.Event) -> None:
    """kill -9 three Python workers of this process's Spark, some time apart."""
    while len(killed) < 3 and not ended.wait(1.0):
        for worker in _workers(os.getpid()):
            os.kill(worker, signal.SIGKILL)
            killed.append(worker)
            break


def _workers(root: int) -> list[int]:
    """What the daemons of PySpark below a process have forked."""
    parents: dict[int, int] = {}
    daemons = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat, command = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            except OSError:
                continue  # it ended while we looked
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
            if b"pyspark.daemon" in command:
                daemons.add(int(entry.name))

    def is_ours(process: int) -> bool:
        while process > 1 and process != root:
            process = parents.get(process, 0)
        return process == root

    return [process for process in daemons if parents[process] in daemons and is_ours(process)]


@pytest.mark.skipif(not DEV.exists(), reason="../shared is not here")
def test_real_articles_give_the_same_stories_and_so_does_a_run_over_what_a_stopped_one_left(
    tmp_path: Path, stages: Any
) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(DEV.read_text(encoding="utf-8").split("\n")[:120]), encoding="utf-8")
    expected = embedded(read_articles(few))
    assert lines_of(clustered(stages, from_lines(stages, few), WINDOW)) == expected
    # As if a machine had died while it wrote: a table without its mark, of which half is there.
    for part in sorted((tmp_path / "stages" / "verdicts").glob("part-*"))[::2]:
        part.unlink()
    (tmp_path / "stages" / "verdicts" / "_SUCCESS").unlink()
    assert lines_of(clustered(stages, from_lines(stages, few), WINDOW)) == expected


@pytest.mark.usefixtures("as_for_large_archives")
def test_archives_of_two_newsrooms_give_the_stories_of_both(tmp_path: Path, stages: Any) -> None:
    records = list(Archive(4).articles(60))
    for name, share in (("munich", records[::2]), ("berlin", records[1::2])):
        export(tmp_path / name, share, tmp_path / "out", name)
    articles = read_archives([tmp_path / "out"])
    assert {str(article.id).partition("/")[0] for article in articles} == {"berlin", "munich"}
    found = lines_of(clustered(stages, from_archives(stages, [tmp_path / "out"]), WINDOW))
    assert found == embedded(articles)
    assert [line["id"] for line in found] == [article.id for article in articles]
    assert any(str(line["story"]).partition("/")[0] != str(line["id"]).partition("/")[0] for line in found)


def test_a_part_that_was_changed_is_named(tmp_path: Path) -> None:
    from click.testing import CliRunner

    export(tmp_path / "berlin", list(Archive(4).articles(4)), tmp_path / "out", "berlin")
    part = next((tmp_path / "out").glob("daemon=berlin/date=*/*.parquet"))
    part.write_bytes(part.read_bytes()[:-9])
    target = tmp_path / "members.jsonl"
    told = ["cluster", "--engine", "spark", str(tmp_path / "out"), "--output", str(target)]
    ran = CliRunner().invoke(samewire, told)
    assert isinstance(ran.exception, SamewireError)
    assert f"{part}: its checksum is" in str(ran.exception)
    assert not target.exists()


def export(folder: Path, records: list[dict[str, Any]], out: Path, daemon: str) -> None:
    """Take articles into a newsroom of their own, and export it."""
    folder.mkdir()
    (folder / "config.toml").write_text('[database]\npath = "news.db"\n[export]\nfull_text = true\n', encoding="utf-8")
    path = folder / "articles.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    config = load(folder / "config.toml").config
    import_articles(config, path, datetime(2026, 5, 4, tzinfo=UTC), lambda done, total: None)
    archived(config, out, daemon, lambda done, total: None)


def test_components_do_not_depend_on_how_they_are_found(session: Any, tmp_path: Path) -> None:
    """A chain, a star, a ring and pairs; once in one task, once by large and small stars."""
    edges = [(n, n + 1) for n in range(100, 160)] + [(900, n) for n in range(300, 340)]
    edges += [(n, 500 + (n - 499) % 30) for n in range(500, 530)] + [(5, 2), (7, 5), (61, 60)]
    edges = [(b, a) if (a + b) % 3 == 0 else (a, b) for a, b in edges]
    table = session.createDataFrame(edges, "a long, b long")
    expected = dict.fromkeys(range(100, 161), 100) | dict.fromkeys((*range(300, 340), 900), 300)
    expected |= dict.fromkeys(range(500, 530), 500) | {2: 2, 5: 2, 7: 2, 60: 60, 61: 60}
    for alone in (1_000, 0):
        stages = Stages(session, (tmp_path / f"alone{alone}").as_uri(), unheard)
        rows = components(stages, table, "parts", alone=alone).collect()
        assert len(rows) == len(expected)
        assert {row["node"]: row["label"] for row in rows} == expected


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "not JSON"),
        ('{"id": 3, "title": "x"}', 'expected strings in "title" and "text"'),
        ('{"id": " 1", "title": "x", "text": "y"}', "id '1' stands in line 2 already"),
    ],
    ids=["torn", "no-text", "twice"],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, stages: Any, line: str, told: str) -> None:
    archive = tmp_path / "bad.jsonl"
    archive.write_text(f'\n{{"id": 1, "title": "x", "text": "y"}}\n  \n{line}\n', encoding="utf-8")
    with pytest.raises(SamewireError) as raised:
        from_lines(stages, archive)
    with pytest.raises(SamewireError) as here:
        read_articles(archive)
    assert told in str(raised.value)
    assert str(raised.value) == str(here.value)


def test_a_file_of_nothing_has_no_articles(tmp_path: Path, stages: Any) -> None:
    archive = tmp_path / "nothing.jsonl"
    archive.touch()
    assert from_lines(stages, archive).count() == 0
