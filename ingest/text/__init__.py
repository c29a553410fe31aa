"""Pure tools on strings: words, plain text, addresses, credits and datelines."""
