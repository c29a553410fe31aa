"""The documents say what is so: commands, keys, links and files that they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.browse.tables import TABLES
from ingest.cli import samewire
from ingest.config import Config
from ingest.config.schema import keys_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [ROOT / "README.md", ROOT / "SECURITY.md", *ROOT.glob("deploy/**/README.md"), *ROOT.glob("docs/**/*.md")]
)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
COMMAND = re.compile(r"samewire ([a-z]+)")


def _headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in _headings(found), f"{page.name} links to {target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_a_document_shows_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    fences = re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.M | re.S)
    shown = re.findall(r"`([^`\n]+)`", text)
    for fence in fences:
        shown += re.findall(r"(?:^|bin/)(samewire .+)$", fence, re.M)
    for line in shown:
        found = COMMAND.match(line)
        if found:
            assert found[1] in samewire.list_commands(None), f"{page.name}: {line}"  # type: ignore[arg-type]


def test_every_key_of_the_configuration_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    for name, meta in keys_of(Config).items():
        kind = meta.get("table") or meta["tables"]
        for key in keys_of(kind):
            if "table" in meta:
                if (name, key) != ("digest", "recipients"):
                    assert f"`{name}.{key}`" in text, f"{name}.{key}"
            else:
                assert f"`{key}`" in text, f"{name}.{key}"


def test_every_table_and_view_is_documented() -> None:
    text = (ROOT / "docs" / "database.md").read_text(encoding="utf-8")
    hidden = {"articles_fts", "sqlite_sequence"}
    missing = [name for name in TABLES if name not in hidden and f"`{name}`" not in text]
    assert not missing


def test_targets_of_make_that_a_document_names_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page in PAGES:
        for name in re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")):
            assert name in targets, f"{page.name}: make {name}"
