"""What a bench that judges itself prints at its end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence


def report(figures: Mapping[str, float], faults: Sequence[str], *, as_json: bool, **more: object) -> int:
    """Print figures and faults, as text or as JSON with what more there is. Returns the exit code: 1 for any fault."""
    if as_json:
        print(json.dumps({**figures, "faults": faults, **more}, indent=2))
    else:
        print("\n".join(f"{name:<22} {value:g}" for name, value in figures.items()))
        print(f"faults: {', '.join(faults) or 'none'}")
    return 1 if faults else 0
