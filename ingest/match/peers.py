"""What one would glue together instead: the usual methods for near-duplicates, to stand beside ours in a table.

Each links pairs by one similarity and one threshold over title and text, and takes connected components. Nothing but
`samewire evaluate --against` imports this module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.match.batch import Progress, unheard
from ingest.model import ArticleId, Document

_WORD = re.compile(r"\w+")
_NUM_PERM = 128
_BLOCK_ROWS = 256  # articles whose similarities to all others are held at once

_Texts = Sequence[list[str]]  # each text's words
_Tell = Callable[[int], None]  # how many texts are done
_Edges = list[tuple[int, int]]  # linked texts by their places
_Link = Callable[[_Texts, _Tell], _Edges]
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A method's stories: for each article the number of its group."""

    name: str  # with the threshold
    groups: dict[ArticleId, int]


def peers(method: str, documents: Sequence[Document], progress: Progress = unheard) -> tuple[Peer, ...]:
    """Return the groups that a method of `METHODS` makes of documents, one Peer for each of its usual settings."""
    texts = [_WORD.findall(f"{document.title}\n{document.text}".lower()) for document in documents]
    found = []
    for name, link in METHODS[method]:
        places = _components(len(texts), link(texts, lambda done: progress(method, done, len(texts))))
        groups = {document.id: place for document, place in zip(documents, places, strict=True)}
        found.append(Peer(name=name, groups=groups))
    return tuple(found)


def _datasketch(size: int, threshold: float) -> _Link:
    """MinHash and LSH as datasketch's README uses them."""

    def link(texts: _Texts, tell: _Tell) -> _Edges:
        from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - only who asks for this peer should pay for it

        lsh = MinHashLSH(threshold=threshold, num_perm=_NUM_PERM)
        signatures = []
        for place, words in enumerate(texts):
            signature = MinHash(num_perm=_NUM_PERM)
            signature.update_batch([shingle.encode("utf-8", "replace") for shingle in _shingles(words, size)])
            signatures.append(signature)
            lsh.insert(place, signature)
            tell(place + 1)
        return [(place, other) for place, signature in enumerate(signatures) for other in lsh.query(signature)]

    return link


def _jaccard(threshold: float) -> _Link:
    """All pairs by the share of all their runs of three words that both have."""
    return lambda texts, tell: _overlapping(
        texts, tell, threshold, lambda shared, one, other: shared / (one + other - shared)
    )


def _containment(threshold: float) -> _Link:
    """All pairs by the share of the shorter's runs of three words that the longer has."""
    return lambda texts, tell: _overlapping(
        texts, tell, threshold, lambda shared, one, other: shared / np.minimum(one, other)
    )


def _overlapping(
    texts: _Texts,
    tell: _Tell,
    threshold: float,
    similarity: Callable[[_Floats, _Floats, _Floats], _Floats],
) -> _Edges:
    """Pairs whose similarity, from shared shingles and both counts, reaches a threshold."""
    rows = [dict.fromkeys(_shingles(words, 3), 1.0) for words in texts]
    sizes = np.array([len(row) for row in rows], dtype=np.float64)
    edges: _Edges = []
    for ones, others, shared in _products(_matrix(rows), tell):
        close = similarity(shared, sizes[ones], sizes[others]) >= threshold
        edges.extend(zip(ones[close].tolist(), others[close].tolist(), strict=True))
    return edges


def _tfidf(threshold: float) -> _Link:
    """All pairs by the cosine of their words' weights: 1 + log of the count, times the smoothed inverse frequency.

    Source: Salton and Buckley 1988, "Term-weighting approaches in automatic text retrieval".
    """

    def link(texts: _Texts, tell: _Tell) -> _Edges:
        counts = [Counter(words) for words in texts]
        held_by = Counter(word for count in counts for word in count)
        rare = {word: float(np.log((1 + len(texts)) / (1 + number)) + 1) for word, number in held_by.items()}
        rows = [{word: (1 + float(np.log(n))) * rare[word] for word, n in count.items()} for count in counts]
        for row in rows:
            length = float(np.sqrt(sum(weight * weight for weight in row.values())))
            row.update({word: weight / length for word, weight in row.items()})
        edges: _Edges = []
        for ones, others, cosines in _products(_matrix(rows), tell):
            close = cosines >= threshold
            edges.extend(zip(ones[close].tolist(), others[close].tolist(), strict=True))
        return edges

    return link


#: The methods by the name that `--against` takes, each with its settings.
METHODS: dict[str, tuple[tuple[str, _Link], ...]] = {
    "datasketch": (
        ("datasketch LSH, 3-word shingles, threshold .5", _datasketch(3, 0.5)),
        ("datasketch LSH, 5-word shingles, threshold .7", _datasketch(5, 0.7)),
    ),
    "jaccard": (("exact Jaccard ≥ .5", _jaccard(0.5)),),
    "tfidf": (("TF-IDF cosine ≥ .75", _tfidf(0.75)),),
    "containment": (("containment ≥ .8, all pairs", _containment(0.8)),),
}


def _shingles(words: list[str], size: int) -> set[str]:
    """The distinct runs of words; a shorter text is one run."""
    return {" ".join(words[place : place + size]) for place in range(max(1, len(words) - size + 1))} if words else set()


def _matrix(rows: Sequence[dict[str, float]]) -> Any:
    """A sparse matrix with a row for each text and a column for each term."""
    # datasketch brings SciPy, which has no types.
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # noqa: PLC0415

    columns: dict[str, int] = {}
    places = [columns.setdefault(term, len(columns)) for row in rows for term in row]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    values = np.array([weight for row in rows for weight in row.values()], dtype=np.float64)
    return csr_matrix((values, np.array(places, dtype=np.int64), ends), shape=(len(rows), max(1, len(columns))))


def _products(matrix: Any, tell: _Tell) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], _Floats]]:
    """Rows, later rows and their dot products, a block of rows at a time, for pairs that share a term."""
    turned = matrix.T.tocsr()
    count = matrix.shape[0]
    for start in range(0, count, _BLOCK_ROWS):
        block = (matrix[start : start + _BLOCK_ROWS] @ turned).tocoo()
        ones, others = block.row + start, block.col
        later = ones < others
        yield ones[later], others[later], block.data[later]
        tell(min(count, start + _BLOCK_ROWS))


def _components(count: int, edges: _Edges) -> list[int]:
    """For each of so many items the first item that links lead to."""
    parent = list(range(count))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for a, b in edges:
        low, high = sorted((find(a), find(b)))
        parent[high] = low
    return [find(item) for item in range(count)]
