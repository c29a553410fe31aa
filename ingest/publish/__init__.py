"""Hands stories to people: the daily digest, its delivery, and the files they take away."""
