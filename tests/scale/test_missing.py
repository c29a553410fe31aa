"""Where Spark cannot run, the command says in a sentence what to install."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.cli import samewire
from ingest.errors import SamewireError

HAS_EXTRA = all(importlib.util.find_spec(name) for name in ("pyspark", "pyarrow"))
ARTICLE = '{"id": 1, "title": "x", "text": "y"}\n'


def java(folder: Path, version: str) -> Path:
    """A java that says no more than its version."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2021-01-01' >&2\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("version", "told"), [(None, "no Java was found"), ("11.0.2", "this is Java 11"), ("1.8.0_362", "this is Java 8")]
)
def test_java_that_is_missing_or_old_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None, told: str
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path / "java", version) if version else tmp_path / "nowhere"))
    archive = tmp_path / "articles.jsonl"
    archive.write_text(ARTICLE, encoding="utf-8")
    target = tmp_path / "members.jsonl"
    ran = CliRunner().invoke(samewire, ["cluster", "--engine", "spark", str(archive), "--output", str(target)])
    assert isinstance(ran.exception, SamewireError)
    said = str(ran.exception)
    if HAS_EXTRA:
        assert told in said
        assert "openjdk-17-jre-headless" in said
    else:
        assert "pip install 'samewire[spark]'" in said
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("members")] == []


def test_the_embedded_engine_needs_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    archive = tmp_path / "articles.jsonl"
    archive.write_text(ARTICLE, encoding="utf-8")
    target = tmp_path / "members.jsonl"
    ran = CliRunner().invoke(samewire, ["cluster", str(archive), "--output", str(target)])
    assert ran.exit_code == 0, ran.output
    assert '"story": 1' in target.read_text(encoding="utf-8")
