"""extract: a page's bytes in, an article out, or a refusal that has a name."""
