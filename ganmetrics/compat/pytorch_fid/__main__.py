"""``python -m ganmetrics.compat.pytorch_fid A B`` prints pytorch-fid's line."""

import os

import click

from ganmetrics.cli.output import emit
from ganmetrics.cli.progress import bar
from ganmetrics.compat.command import run, told_in_one_line
from ganmetrics.compat.pytorch_fid.fid_score import calculate_fid_given_paths, save_fid_stats
from ganmetrics.compat.pytorch_fid.inception import DIMENSIONS

MOST_WORKERS = 8
"""pytorch-fid's default is this or the number of cores, whichever is less."""


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.argument("path", nargs=2, metavar="PATH PATH")
@click.option("--batch-size", type=int, default=50, help="Images a pass of the network.")
@click.option("--num-workers", type=int, help="Decoding processes; the number of cores, at most 8.", show_default=False)
@click.option("--device", help="Where the network runs: cpu, cuda, cuda:0.", show_default=False)
@click.option("--dims", type=int, default=DIMENSIONS, help="Number of features; only 2048, pool3, is offered.")
@click.option("--save-stats", is_flag=True, help="Write the statistics of the first path's images to the second, .npz.")
def command(
    path: tuple[str, str], batch_size: int, num_workers: int | None, device: str | None, dims: int, *, save_stats: bool
) -> None:
    """Print the FID of two folders of images or .npz files of statistics, as pytorch-fid does."""
    workers = min(os.cpu_count() or 1, MOST_WORKERS) if num_workers is None else num_workers

    def work() -> None:
        if save_stats:
            emit(f"Saving statistics for {path[0]}")
            save_fid_stats(path, batch_size, device, dims, workers, progress=bar)
            return
        value = calculate_fid_given_paths(path, batch_size, device, dims, workers, progress=bar)
        emit(f"FID:  {value}")  # the two blanks are pytorch-fid's

    told_in_one_line(work)


if __name__ == "__main__":
    run(command, "python -m ganmetrics.compat.pytorch_fid")
