"""Poll: a due feed and its HTTP memory become bytes, not-modified, moved, gone, or a reason; politely and bounded."""

import sys

# Importing httpx imports its command line as well where rich and Pygments are installed: a tenth of the time that
# `samewire run` takes to start, for what nobody here calls. Without that module httpx leaves its command line out.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
