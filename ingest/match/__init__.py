"""Matching: which articles are one story, how each came by it, and who had it first. Pure."""

#: Number of the rules by which texts are cleaned, shingled and signed; sketches of another epoch are not comparable.
EPOCH = 3
#: Number of the way in which `ingest.text.tokens` makes words of a text; raised with every change of it.
TOKENISER = 1
