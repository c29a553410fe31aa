"""A crash between any two things that samewire does to the world, one after another: `python -m bench.crash`."""
