"""A held-out, labelled corpus of wire copy and its look-alikes, generated from hand-written material."""

from bench.judge.corpus import corpus

__all__ = ["corpus"]
