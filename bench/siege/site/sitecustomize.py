"""Installs the siege's guard in every Python process that a case starts; PYTHONPATH leads here."""

from bench.siege.guard import from_environment

_guard = from_environment()
if _guard is not None:
    _guard.install()
