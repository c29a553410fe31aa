"""Matching: which articles are one story, how each came by it, and who had it first. Pure."""

#: Number of the rules by which texts are cleaned, shingled and signed; sketches of another epoch are not comparable.
EPOCH = 2
