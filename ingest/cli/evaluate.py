"""`samewire evaluate`: how good the matching is on labelled articles, labelled pairs, or people's corrections."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.cli import common
from ingest.errors import SamewireError

if TYPE_CHECKING:
    from ingest.match.spread import Histogram
    from ingest.pipeline.agreement import Agreement
    from ingest.pipeline.evaluation import Errors, Evaluation, PeerScore, SweepStep
    from ingest.pipeline.pair_evaluation import PairErrors, PairEvaluation

SWEEP = tuple(n / 20 for n in range(2, 20))
#: What `--against` takes; `ingest.match.peers` has them.
PEERS = ("datasketch", "tfidf", "containment", "jaccard")
#: What only a labelled file can answer.
_OF_ARTICLES = ("--sweep", "--histogram", "--against")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that one call was asked for; None or empty is what it was not."""

    evaluation: Evaluation | None = None
    sweep: tuple[SweepStep, ...] = ()
    histogram: dict[str, Histogram] | None = None
    peers: tuple[PeerScore, ...] = ()
    errors: Errors | None = None
    pairs: PairEvaluation | None = None
    pair_errors: PairErrors | None = None
    journal: Agreement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a call asks for."""

    labelled: Path | None
    pairs: Path | None
    from_journal: bool
    sweep: bool
    histogram: bool
    errors: int
    against: tuple[str, ...]


def _peers(_ctx: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in (value or "").split(",") if name.strip()))
    for name in names:
        if name not in PEERS:
            raise click.BadParameter(f"{name!r} is none of {', '.join(PEERS)}")
    return names


@click.command()
@click.argument("labelled", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--pairs",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Score single verdicts on labelled pairs (text_a, text_b, title_a, title_b, date_a, date_b, label).",
)
@click.option("--from-journal", is_flag=True, help="Score the rules on the corrections in the configured database.")
@click.option(
    "--errors",
    type=click.IntRange(0, 10_000),
    default=0,
    metavar="N",
    help="Show the N worst false joins, misses and wrong firsts, both texts side by side, and why.",
)
@click.option("--sweep", is_flag=True, help="Also score with stricter joining, threshold by threshold.")
@click.option("--histogram", is_flag=True, help="Also show how similar candidate pairs of one label and of two are.")
@click.option(
    "--against",
    callback=_peers,
    metavar="LIST",
    help=f"Also score the usual methods, with commas between: {','.join(PEERS)}.",
)
@common.json_option()
@click.pass_context
def evaluate(ctx: click.Context, /, as_json: bool, **asked: Any) -> None:
    """Score the matching on labelled articles, labelled pairs, or people's corrections.

    LABELLED is what `cluster` takes, with the label `story` on every article and, where known, its `kind`, its `event`
    and the id of the true `first`. Printed are pairwise precision, recall and F1, ARI, B³, what became of each kind
    and of each `language`, how many true pairs were proposed at all (and of those within the window that have twelve
    words and more, as flashes and late copies join in other ways), and how often the first publication was named
    right, wrong or not at all.

    --pairs gives the scores their 95 % intervals (2,000 resamples of the pairs, drawn within each `bin`) and counts
    the errors by bin; a pair weighs `in_bin` by the number of pairs drawn from its bin. Pairs labelled `unsure` do
    not count.

    --from-journal takes each merge, split and `apart` in force as a labelled pair and asks what the rules of this
    version would say by themselves, on the present texts. It only reads.

    \b
    Examples:
      samewire evaluate labelled.jsonl
      samewire evaluate labelled.jsonl --errors 5
      samewire evaluate labelled.jsonl --sweep --histogram
      samewire evaluate labelled.jsonl --against datasketch,tfidf,containment,jaccard
      samewire evaluate --pairs pairs.jsonl --errors 3 --json
      samewire evaluate --from-journal
    """
    from ingest.cli.scores import print_findings

    wanted = _Asked(**asked)
    if not (wanted.labelled or wanted.pairs or wanted.from_journal):
        raise click.UsageError("name a labelled file, --pairs FILE or --from-journal")
    for option, is_asked in zip(_OF_ARTICLES, (wanted.sweep, wanted.histogram, wanted.against), strict=True):
        if is_asked and not wanted.labelled:
            raise click.UsageError(f"{option} needs a labelled file of articles")
    with common.Meter() as meter:
        parts = {
            **(_of_articles(ctx, wanted.labelled, wanted, meter) if wanted.labelled else {}),
            **(_of_pairs(wanted.pairs, wanted, meter) if wanted.pairs else {}),
            **(_of_journal(ctx, meter) if wanted.from_journal else {}),
        }
    found = Findings(**parts)
    if as_json:
        common.print_json(as_contract(found))
    else:
        print_findings(found, errors=wanted.errors)


def _of_articles(ctx: click.Context, labelled: Path, asked: _Asked, meter: common.Meter) -> dict[str, Any]:
    from ingest.cli.batch import window
    from ingest.pipeline import evaluation
    from ingest.pipeline.batch import read_articles

    articles = read_articles(labelled)
    if not articles:
        raise SamewireError(f"{labelled}: holds no article; there is nothing to score")
    try:
        scores, lines, matched = evaluation.evaluate(articles, window(ctx), meter.tell)
    except SamewireError as exc:
        raise SamewireError(f"{labelled}: {exc}") from exc
    return {
        "evaluation": scores,
        "sweep": tuple(evaluation.sweep(articles, matched, SWEEP, meter.tell)) if asked.sweep else (),
        "histogram": evaluation.similarities(articles, matched) if asked.histogram else None,
        "peers": tuple(evaluation.against(articles, asked.against, meter.tell)),
        "errors": evaluation.errors(articles, lines, matched, limit=asked.errors) if asked.errors else None,
    }


def _of_pairs(path: Path, asked: _Asked, meter: common.Meter) -> dict[str, Any]:
    from ingest.pipeline import pair_evaluation
    from ingest.pipeline.batch import read_pairs

    pairs = read_pairs(path)
    if not pairs:
        raise SamewireError(f"{path}: holds no pair labelled same or different; there is nothing to score")
    verdicts = pair_evaluation.judge_pairs(pairs, meter.tell)
    return {
        "pairs": pair_evaluation.evaluate_pairs(pairs, verdicts),
        "pair_errors": pair_evaluation.pair_errors(pairs, verdicts, limit=asked.errors) if asked.errors else None,
    }


def _of_journal(ctx: click.Context, meter: common.Meter) -> dict[str, Any]:
    from ingest.pipeline.agreement import score_corrections
    from ingest.store.connection import open_reader

    config = common.configuration(ctx)
    with closing(open_reader(config.database_path)) as connection:
        agreement = score_corrections(connection, config.match.window, meter.tell)
    if agreement is None:
        raise SamewireError(
            f"{config.database_path}: no correction is in force; "
            "`samewire merge`, `split` and `apart` make them, and there is nothing to score until then"
        )
    return {"journal": agreement}


def as_contract(found: Findings) -> dict[str, Any]:
    """The findings as `--json` prints them."""
    report: dict[str, Any] = {}
    if found.evaluation:
        scores = found.evaluation
        report = {
            "pairwise": asdict(scores.pairwise),
            "ari": scores.ari,
            "b3": asdict(scores.b3),
            "kinds": {kind: asdict(score) for kind, score in scores.kinds.items()},
            "languages": {name: asdict(score.pairwise) | {"n": score.n} for name, score in scores.languages.items()},
            "candidates": {"recall": scores.candidate_recall, "reachable": scores.reachable_recall},
            "first": asdict(scores.first),
        }
        if scores.events:
            report["events"] = asdict(scores.events)
    if found.sweep:
        report["sweep"] = [
            {"threshold": step.threshold, **asdict(step.score), "best": step.best} for step in found.sweep
        ]
    if found.histogram:
        report["histogram"] = {name: asdict(spread) for name, spread in found.histogram.items()}
    if found.peers:
        report["against"] = [asdict(peer) for peer in found.peers]
    if found.errors:
        report["errors"] = asdict(found.errors)
    if found.pairs:
        pairs = found.pairs
        report["pairs"] = asdict(pairs.score) | {
            "n": pairs.n,
            "interval": asdict(pairs.interval) if pairs.interval else None,
            "bins": [asdict(each) for each in pairs.bins],
        }
        if found.pair_errors:
            report["pairs"]["errors"] = asdict(found.pair_errors)
    if found.journal:
        report["journal"] = asdict(found.journal)
    return report
