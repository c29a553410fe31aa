"""`python -m ingest` is `samewire`, and `samewire` is this."""

import sys

from ingest import early


def main() -> None:
    """Run the command line, ready to be stopped from the first moment on."""
    early.listen(sys.argv[1:])
    from ingest.cli import main as command_line  # noqa: PLC0415 - what it loads takes most of the start

    command_line()


if __name__ == "__main__":
    main()
