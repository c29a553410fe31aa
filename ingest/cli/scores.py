"""What `samewire evaluate` prints for people: tables of scores, bars, and the errors side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ingest.cli import common, sides

if TYPE_CHECKING:
    from ingest.cli.evaluate import Findings
    from ingest.match.measure import Score
    from ingest.match.spread import Histogram, Interval
    from ingest.pipeline.agreement import Agreement
    from ingest.pipeline.evaluation import Evaluation, PeerScore, SweepStep, WrongFirst
    from ingest.pipeline.exhibits import PairExhibit
    from ingest.pipeline.pair_evaluation import PairEvaluation

_BAR = 28


def print_findings(found: Findings, *, errors: int) -> None:
    """Print everything that was asked for. errors: how many of each kind are shown side by side."""
    if found.evaluation:
        _print_evaluation(found.evaluation, found.peers)
    if found.sweep:
        _print_sweep(found.sweep)
    for name, spread in (found.histogram or {}).items():
        _print_histogram(name, spread)
    if found.errors:
        _print_pairs("false join", found.errors.joins, errors)
        _print_pairs("miss", found.errors.misses, errors)
        _print_wrong_firsts(found.errors.first, errors)
    if found.pairs:
        _print_pair_scores(found.pairs)
    if found.pair_errors:
        _print_pairs("false join", found.pair_errors.joins, errors)
        _print_pairs("miss", found.pair_errors.misses, errors)
    if found.journal:
        _print_agreement(found.journal, errors=errors)


def _print_evaluation(scores: Evaluation, peers: Sequence[PeerScore]) -> None:
    rows = [["pairwise", *_figures(scores.pairwise)], ["b3", *_figures(scores.b3)]]
    common.print_table(rows, ["", "P", "R", "F1"])
    click.echo(
        f"\nARI {scores.ari:.4f}; true pairs proposed {scores.candidate_recall:.4f},"
        f" of those within the window and with words enough {scores.reachable_recall:.4f}"
    )
    if scores.events:
        p, r, f1 = _figures(scores.events.b3)
        click.echo(f"events: B³ P {p} R {r} F1 {f1}; {scores.events.merged:.3f} of them merged with another")
    first = scores.first
    click.echo(
        f"first publication: right {first.right:.3f}, wrong {first.wrong:.3f}, not decided {first.abstained:.3f}\n"
    )
    if len(scores.languages) > 1:
        common.print_table(
            [[language, s.n, *_figures(s.pairwise)] for language, s in scores.languages.items()],
            ["language", "articles", "P", "R", "F1"],
        )
        click.echo()
    if scores.kinds:
        common.print_table(
            [[kind, s.n, f"{s.joined:.3f}", f"{s.merged:.3f}"] for kind, s in scores.kinds.items()],
            ["kind", "articles", "joined its story", "merged with others"],
        )
    if peers:
        click.echo()
        ours = ["samewire", *_figures(scores.pairwise), f"{scores.ari:.4f}", f"{scores.b3.f1:.4f}"]
        others = [[p.name, *_figures(p.pairwise), f"{p.ari:.4f}", f"{p.b3.f1:.4f}"] for p in peers]
        common.print_table([ours, *others], ["pairwise", "P", "R", "F1", "ARI", "B³ F1"])


def _print_sweep(steps: Sequence[SweepStep]) -> None:
    click.echo("\nif only verdicts of at least this score could join:")
    for step in steps:
        best = "  ◂ best F1" if step.best else ""
        p, r, f1 = _figures(step.score)
        click.echo(f"score ≥ {step.threshold:.2f}: P {p} R {r} F1 {f1}{best}")


def _print_histogram(name: str, spread: Histogram) -> None:
    most = max(1, *spread.same, *spread.different)
    click.echo(f"\n{name} of candidate pairs:")
    click.echo(f"{'':9}  {'of one label':<{_BAR + 7}}  of two labels")
    for number, (same, different) in enumerate(zip(spread.same, spread.different, strict=True)):
        span = f"{number / 10:.1f} – {(number + 1) / 10:.1f}"
        click.echo(f"{span:9}  {same:6} {_bar(same, most):<{_BAR}}  {different:6} {_bar(different, most)}".rstrip())


def _bar(count: int, most: int) -> str:
    """A bar; what is there is seen, however little it is."""
    return "█" * round(_BAR * count / most) or ("▏" if count else "")


def _print_pair_scores(pairs: PairEvaluation) -> None:
    rows = [["pairs", *_figures(pairs.score)]]
    if pairs.interval:
        rows.append(["95 %", *(_range(each) for each in (pairs.interval.p, pairs.interval.r, pairs.interval.f1))])
    common.print_table(rows, ["", "P", "R", "F1"])
    click.echo()
    common.print_table(
        [["-" if each.bin is None else each.bin, each.n, each.false_joins, each.misses] for each in pairs.bins],
        ["bin", "pairs", "false joins", "misses"],
    )


def _print_pairs(what: str, pairs: Sequence[PairExhibit], limit: int) -> None:
    if not pairs:
        click.echo(f"\nno {what}")
    for number, pair in enumerate(pairs, start=1):
        sides.print_pair(pair, f"{what} {_counted(number, len(pairs), limit)}")


def _counted(number: int, shown: int, limit: int) -> str:
    """Which one of all it is; where as many are shown as were asked for, there may be more."""
    return f"{number} of {shown}" if shown < limit else str(number)


def _print_wrong_firsts(wrong: Sequence[WrongFirst], limit: int) -> None:
    if not wrong:
        click.echo("\nno first publication is named wrong")
    for number, each in enumerate(wrong, start=1):
        columns = sides.width()
        click.echo(
            f"\n── wrong first {_counted(number, len(wrong), limit)}: said left, true right ".ljust(columns, "─")
        )
        for row in sides.wrapped(f"{each.confidence:.0%} sure: {each.reason}", columns):
            click.echo(row)
        click.echo()
        sides.print_beside(each.said, each.true)


def _print_agreement(found: Agreement, *, errors: int) -> None:
    click.echo(f"the rules alone agree with {found.agree} of {common.count(found.n, 'correction')} in force")
    rows = [[kind, each.agree, each.n] for kind, each in found.kinds.items() if each.n]
    common.print_table(rows, ["correction", "agree", "of"])
    if found.disagreements:
        click.echo()
    for each in found.disagreements:
        pair, line = each.pair, "" if each.journal_id is None else f", journal line {each.journal_id}"
        click.echo(f"{each.kind} by {common.visible(each.made_by)} at {common.moment(each.made_at)}{line}")
        for article in (pair.a, pair.b):
            click.echo(f"    {article.id}  {common.shortened(article.title, sides.width() - 14)}")
        click.echo(f"    the rules: {pair.relation} ({pair.reason}): {common.visible(pair.explanation)}")
    for number, each in enumerate(found.disagreements[:errors], start=1):
        sides.print_pair(each.pair, f"{each.kind}, disagreement {number} of {len(found.disagreements)}")


def _figures(score: Score) -> tuple[str, str, str]:
    return f"{score.p:.4f}", f"{score.r:.4f}", f"{score.f1:.4f}"


def _range(interval: Interval) -> str:
    return f"{interval.low:.3f} – {interval.high:.3f}"
