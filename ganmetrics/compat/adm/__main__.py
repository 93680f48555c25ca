"""``python -m ganmetrics.compat.adm REF SAMPLES`` prints ADM's five lines."""

import click

from ganmetrics.cli.output import emit
from ganmetrics.cli.progress import bar
from ganmetrics.compat.adm.evaluator import compute_scores
from ganmetrics.compat.command import run, told_in_one_line


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("ref_batch")
@click.argument("sample_batch")
def command(ref_batch: str, sample_batch: str) -> None:
    """Print Inception Score, FID, sFID, precision and recall of SAMPLE_BATCH, as guided diffusion's evaluator does."""

    def work() -> None:
        scores = compute_scores(ref_batch, sample_batch, progress=bar)
        emit("\n".join(f"{name}: {float(score)}" for name, score in scores.items()))

    told_in_one_line(work)


if __name__ == "__main__":
    run(command, "python -m ganmetrics.compat.adm")
