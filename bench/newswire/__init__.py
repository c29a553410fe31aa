"""A seeded generator of labelled news corpora: the journeys of wire stories, and look-alikes that are not theirs."""

from bench.newswire.edition import corpus
from bench.newswire.material import languages

__all__ = ["corpus", "languages"]
