"""The usual methods on texts where it is plain what each of them sees."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ingest.match.peers import METHODS, peers
from ingest.model import ArticleId, Document
from tests.match.samples import TEXTS, document

TITLE, PARAGRAPHS = TEXTS["en"]
TEXT = "\n".join(PARAGRAPHS)
DOCUMENTS = [
    document(1, TITLE, TEXT),
    document(2, TITLE, TEXT),
    document(3, TITLE, PARAGRAPHS[0]),  # cut to a fifth
    document(4, TEXTS["de"][0], "\n".join(TEXTS["de"][1])),
    document(5, "", ""),
    document(6, "", ""),
]


def together(groups: dict[ArticleId, int], a: int, b: int) -> bool:
    return groups[ArticleId(a)] == groups[ArticleId(b)]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_joins_a_copy_and_no_stranger(method: str) -> None:
    for peer in peers(method, DOCUMENTS):
        assert set(peer.groups) == {document.id for document in DOCUMENTS}
        assert together(peer.groups, 1, 2)
        assert not together(peer.groups, 1, 4)


@pytest.mark.parametrize(("method", "joins"), [("containment", True), ("jaccard", False), ("datasketch", False)])
def test_only_containment_sees_an_abridgement(method: str, joins: bool) -> None:
    assert all(together(peer.groups, 1, 3) is joins for peer in peers(method, DOCUMENTS))


def test_links_chain() -> None:
    """A text in two halves and whole: connected components weld what the whole holds."""
    halves = [
        document(1, "", " ".join(f"a{n}" for n in range(60))),
        document(2, "", " ".join(f"b{n}" for n in range(60))),
    ]
    whole = document(3, "", f"{halves[0].text} {halves[1].text}")
    assert set(peers("containment", [*halves, whole])[0].groups.values()) == {0}


def test_the_order_of_the_documents_changes_no_group() -> None:
    def parts(documents: list[Document], method: str) -> set[frozenset[ArticleId]]:
        (peer, *_) = peers(method, documents)
        return {frozenset(i for i, g in peer.groups.items() if g == number) for number in peer.groups.values()}

    for method in METHODS:
        assert parts(DOCUMENTS, method) == parts(DOCUMENTS[::-1], method)


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    for method in METHODS:
        peers(method, DOCUMENTS, lambda *step: told.append(step))
        assert told[-1] == (method, len(DOCUMENTS), len(DOCUMENTS))


def test_nothing_at_all_has_no_groups() -> None:
    assert [peer.groups for method in METHODS for peer in peers(method, [])] == [{}] * 5


def test_matching_does_not_load_the_peers() -> None:
    program = "import sys, ingest.cli.evaluate, ingest.pipeline.evaluation; print('ingest.match.peers' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
