"""Our style sheet; its address changes with its content, so that it may be kept for good."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from datasette import Response

_STYLE = (Path(__file__).parent / "static" / "style.css").read_text(encoding="utf-8")

STYLE_PATH = "/-/samewire/style.css"
STYLE_VERSION = sha256(_STYLE.encode()).hexdigest()[:12]


async def style(request: Any, datasette: Any) -> Any:
    """The style sheet."""
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(_STYLE, content_type="text/css; charset=utf-8", headers=headers)
