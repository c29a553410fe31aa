"""`python -m ingest` is `samewire`."""

from ingest.cli import main

if __name__ == "__main__":
    main()
