"""`samewire serve`: the stories in a browser."""

from __future__ import annotations

import click

from ingest.cli import common
from ingest.errors import NotFound


@click.command()
@click.option("--host", help="The address to listen on.  [default: web.host]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one.  [default: web.port]")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None) -> None:
    """Show the stories in a browser with Datasette, read-only.

    It can run beside the daemon: readers never block the writer. Ctrl-C ends it.
    """
    from ingest.browse.serve import serve as serve_database

    config = common.configuration(ctx)
    if not config.database_path.exists():
        raise NotFound(f"{config.database_path}: no database yet; `samewire poll` or `samewire run` makes it")
    serve_database(
        config.database_path,
        host=host or config.web.host,
        port=config.web.port if port is None else port,
        public_url=config.web.public_url,
        on_ready=lambda url: click.echo(f"stories at {url} (Ctrl-C ends)"),
    )
