"""`samewire serve`: the stories in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.cli import common
from ingest.errors import NotFound

if TYPE_CHECKING:
    from ingest.browse.settings import Settings
    from ingest.config import Config


def _no_immutable(ctx: click.Context, option: click.Parameter, value: bool) -> bool:
    if value:
        raise click.UsageError(
            "the database changes while the daemon writes: as an immutable file (-i) its pages would be wrong. "
            "Leave -i out, or serve a copy: `samewire backup FILE`, then `datasette -i FILE`"
        )
    return value


@click.command()
@click.option("--host", help="The address to listen on.  [default: web.host]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one.  [default: web.port]")
@click.option("--root", is_flag=True, help="Show a link that logs you in, once, to correct stories and see everything.")
@click.option("-i", "--immutable", is_flag=True, hidden=True, expose_value=False, callback=_no_immutable)
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None, root: bool) -> None:
    """Show the stories in a browser with Datasette.

    It can run beside the daemon: readers never block the writer, and only a person's corrections, marks and tags are
    ever written. Who may write them is said by web.editors; --root is for you, on this machine. Ctrl-C ends it.

    \b
    Examples:
      samewire serve
      samewire serve --root --port 0
    """
    from ingest.browse.serve import read_metadata
    from ingest.browse.serve import serve as serve_database

    config = common.configuration(ctx)
    common.start_logging(config, verbose=False)
    if not config.database_path.exists():
        raise NotFound(f"{config.database_path}: no database yet; `samewire poll` or `samewire run` makes it")
    serve_database(
        config.database_path,
        host=host or config.web.host,
        port=config.web.port if port is None else port,
        settings=_settings(config),
        metadata=read_metadata(config.resolve(config.web.metadata)) if config.web.metadata else None,
        with_root=root,
        on_ready=lambda url: click.echo(f"stories at {url} (Ctrl-C ends)"),
    )


def _settings(config: Config) -> Settings:
    from zoneinfo import ZoneInfo

    from ingest.browse.settings import Settings, ShowText

    return Settings(
        show_text=ShowText(config.web.show_text),
        zone=ZoneInfo(config.web.timezone or config.digest.timezone),
        public_url=config.web.public_url,
        editors=frozenset(config.web.editors),
        user_header=config.web.user_header,
        proxies=frozenset(config.web.proxies),
    )
