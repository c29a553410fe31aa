"""Labelled journeys of news and releases, made from texts of our own in five languages."""
