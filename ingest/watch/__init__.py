"""Watches: the query language, the matcher of articles against many of them, and what a match is told as. Pure."""
