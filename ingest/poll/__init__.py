"""Poll: a due feed and its HTTP memory become bytes, not-modified, moved, gone, or a reason; politely and bounded."""
