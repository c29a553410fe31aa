"""The one place that knows the order: poll, parse, revise, extract, match, store, publish; one trip at a time."""
