"""The command line: `samewire COMMAND`. Each command's module is imported only when it runs or explains itself."""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys

import click

from ingest import __version__
from ingest.cli.commands import COMMANDS
from ingest.errors import ConfigError, SamewireError

EPILOG = """
\b
Start here:
  samewire demo            a sample newsroom on this machine, from feeds to digest
  samewire init            write a commented config.toml
  samewire check           say what is wrong with it
  samewire run             the daemon
  samewire serve           look at the stories in a browser
"""


class LazyGroup(click.Group):
    """Knows its commands by name and one line of help, and imports a module only when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = COMMANDS.get(cmd_name)
        if known is None:
            return None
        command = getattr(importlib.import_module(f"ingest.cli.{known.module}"), known.attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, known in COMMANDS.items():
            sections.setdefault(known.section, []).append((name, known.help))
        for section, rows in sections.items():
            with formatter.section(section):
                formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of this name."""
        import difflib

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            close = difflib.get_close_matches(args[0], list(COMMANDS), n=1)
            hint = f'; did you mean "{close[0]}"?' if close else ""
            ctx.fail(f'no command "{args[0]}"{hint}')


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False),
    envvar="SAMEWIRE_CONFIG",
    help="The configuration file.  [default: config.toml, in the working directory]",
)
@click.version_option(__version__, prog_name="samewire")
@click.pass_context
def samewire(ctx: click.Context, config_path: str | None) -> None:
    """samewire polls news feeds, reads their articles and finds the copies.

    A wire report with its copies, abridgements, rewrites and revisions becomes ONE story: who had it first, how far it
    went, what each one changed, and why it was joined.
    """
    ctx.obj = config_path


def main() -> None:
    """Run the command line; every foreseen failure is one line on stderr. Exit 0 done, 1 failed, 2 usage or config."""
    try:
        samewire(prog_name="samewire")
    except ConfigError as exc:
        for problem in exc.problems:
            click.echo(problem, err=True)
        sys.exit(2)
    except SamewireError as exc:
        click.echo(f"samewire: {exc}", err=True)
        sys.exit(1)
    except sqlite3.Error as exc:
        from ingest.store.trouble import told

        click.echo(f"samewire: {told('the database failed', exc)}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain once more while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
