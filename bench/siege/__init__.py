"""Hostile servers, pages, files, certificates and command lines, each with what must come of it; run by `python -m bench.siege`."""
