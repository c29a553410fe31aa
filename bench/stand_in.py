"""Puts something of a bench's own in the place of a name that a module of ingest/ imported."""

from __future__ import annotations

from types import ModuleType


def stand_in(module: ModuleType, name: str, instead: object) -> None:
    """Let a module find `instead` under a name that it has. Raises AttributeError where it has it no longer.

    Where a module of ours uses what it imported, it does not offer it: an assignment would be one that no type checker
    can tell from a new name, which nobody would ask.
    """
    if not hasattr(module, name):
        raise AttributeError(f"{module.__name__} has no {name} any more for a bench to stand in for")
    setattr(module, name, instead)
