"""What a deployment installs, where the version stands, and that each promise of SECURITY.md names real tests."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import ingest
from ingest.cli import samewire

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
LOCK = (ROOT / "deploy" / "requirements.lock").read_text(encoding="utf-8")
#: Versions that have a hole which reaches us (see ../shared/PROMISES.md, 10).
HOLED = {"h11": "0.15.0", "lxml": "6.0.9", "datasette": "0.65.4", "jinja2": "3.1.5"}


def pinned() -> list[tuple[Requirement, int]]:
    """Each line of the lock, with how many hashes it has."""
    lines = LOCK.replace("\\\n", " ").splitlines()
    return [
        (Requirement(line.split("--hash")[0].strip()), line.count("--hash=sha256:"))
        for line in lines
        if line.strip() and not line.lstrip().startswith("#")
    ]


def test_the_lock_pins_everything_with_hashes_inside_the_ranges() -> None:
    pins = pinned()
    assert [str(pin) for pin, hashes in pins if not hashes or not str(pin.specifier).startswith("==")] == []
    versions: dict[str, list[Version]] = {}
    for pin, _ in pins:
        versions.setdefault(canonicalize_name(pin.name), []).append(Version(str(pin.specifier)[2:]))
    for needed in NEEDED:
        held = versions.get(canonicalize_name(needed.name), [])
        assert held, f"{needed.name} is not in deploy/requirements.lock; `make lock` renews it"
        assert all(version in needed.specifier for version in held), f"{needed} and {held}; `make lock` renews it"


def test_versions_with_known_holes_are_out_of_range() -> None:
    ranges = {canonicalize_name(needed.name): needed.specifier for needed in NEEDED}
    assert [name for name, version in HOLED.items() if Version(version) in ranges[name]] == []
    assert {"brotli", "zstandard", "brotlicffi"}.isdisjoint(ranges)


def test_the_version_stands_in_one_place() -> None:
    assert "version" in PROJECT["dynamic"]
    assert "version" not in PROJECT
    holding = [
        str(path.relative_to(ROOT))
        for path in [*ROOT.glob("*.toml"), *ROOT.glob("ingest/**/*.py")]
        if re.search(rf'"{re.escape(ingest.__version__)}"', path.read_text(encoding="utf-8"))
    ]
    assert holding == ["ingest/__init__.py"]
    assert samewire.name == "samewire"


def test_every_promise_names_tests_that_exist() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = re.split(r"^## ", text, flags=re.M)[1:]
    assert [promise.split(".")[0] for promise in promises][:10] == [str(n) for n in range(1, 11)]
    for promise in promises:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", promise)
        assert named, promise.splitlines()[0]
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"
        for script in re.findall(r"`python -m (bench\.\w+)`", promise):
            place = ROOT / script.replace(".", "/")
            assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), script


@pytest.mark.parametrize("path", sorted((ROOT / "changelog.d").iterdir()), ids=lambda path: path.name)
def test_a_fragment_of_the_changelog_has_its_kind_in_its_name(path: Path) -> None:
    assert re.fullmatch(r"[a-z0-9-]+\.(?:added|changed|fixed|removed|security)\.md", path.name)
    assert path.read_text(encoding="utf-8").strip()
