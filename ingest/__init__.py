"""samewire: polls feeds, reads their articles and groups the copies of one report into one story."""

__version__ = "0.1.0"
