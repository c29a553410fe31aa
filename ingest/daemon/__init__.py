"""The daemon: clock, signals and the scheduler around the pipeline."""
