"""Anything at all put to what reads strangers' bytes and operators' lines: `python -m bench.fuzz`."""
