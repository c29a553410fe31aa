"""Small pieces of SQL that several questions share."""

from __future__ import annotations

import json
from collections.abc import Sequence


def id_list(ids: Sequence[int]) -> str:
    """Ids as JSON, for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(list(ids))
