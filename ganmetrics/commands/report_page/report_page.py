"""`report_page`: one pass over the images of every side, and the page that is made of what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from ganmetrics.commands.report_page.assemble import assemble
from ganmetrics.commands.report_page.gathering import material_of, metrics_for, page_requests, scale_of
from ganmetrics.commands.report_page.repeat import command_for
from ganmetrics.commands.requests import OpenedSides, check_opened_sides
from ganmetrics.data.features import Features
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.metrics.catalogue import choose_metrics
from ganmetrics.pages import Page
from ganmetrics.ranks import all_ranks
from ganmetrics.references.gather import gather
from ganmetrics.references.reference import Reference
from ganmetrics.references.sides import GivenLabels, open_side
from ganmetrics.report import Ranking
from ganmetrics.scoring.keywords import EvaluationOptions, split_options
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.timing import stage


@dataclass(frozen=True)
class ReportPage:
    """The page, and the scores on it.

    Attributes:
        page: all of it.
        ranking: the scores of every generator.
    """

    page: Page
    ranking: Ranking

    def to_html(self) -> str:
        """Return the page as HTML, complete in itself.

        Raises:
            InputError: it would be larger than 5 MB.
        """
        return self.page.to_html()

    def save(self, path: str | Path) -> None:
        """Write the page, whole or not at all.

        Raises:
            InputError: it would be larger than 5 MB.
            StorageError: it cannot be written.
        """
        self.page.save(path)

    def _repr_html_(self) -> str:
        return self.page.to_html()


def report_page(
    real: object,
    fake: object,
    how: Extraction | None = None,
    *,
    metrics: Sequence[str] | None = None,
    scoring: ScoringOptions | None = None,
    sanity_scale: bool = False,
    real_labels: GivenLabels = None,
    fake_labels: GivenLabels = None,
    **options: Unpack[EvaluationOptions],
) -> ReportPage:
    """Return a page about the fake images against the real ones: scores, what lies behind them, and the images.

    Every image passes the network once, whatever the page shows of it. What needs images is left out where statistics
    stand for them, and the page says so. Called on all processes of torch.distributed's group, each extracts a share
    and all return the page.

    Args:
        real: a source of images or statistics, as `ganmetrics.evaluate` takes it.
        fake: the same; or several generators' images, by name.
        how: how images become features; or its fields as keywords.
        metrics: names of the catalogue; None for those that the sides allow.
        scoring: what is chosen about the metrics; or its fields as keywords. Where there are images a
            floor is added.
        sanity_scale: disturb the real images, score that, and say what a generator's distance amounts to: ten
            more sets.
        real_labels: the class of each real image, as `ganmetrics.evaluate` takes them.
        fake_labels: the class of each fake image, likewise; with one generator only.
        options: the fields of `ganmetrics.Extraction` and of `ganmetrics.scoring.options.ScoringOptions`, and
            ``cache``, ``cache_features`` and ``progress``, as `ganmetrics.evaluate` takes them.

    Raises:
        InputError: a source or an option is not what is needed, or two sets hold the same images.
        NotEnoughSamples: a side has fewer images than every metric is defined for.
        NumericsError: the extractor gave a non-finite feature.
        StaleStatistics: a reference was made by another extractor, weights or protocol.
        WeightsError: the extractor's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> page = report_page(random_images(40, seed=1), random_images(40, seed=2), extractor=ChannelMeans(), workers=0)
    >>> page.to_html().startswith("<!DOCTYPE html>"), list(page.ranking["fake"])[:2]
    (True, ['fd_channel-means', 'kd_channel-means'])
    """
    extraction, choices, run = split_options(how, scoring, options)
    fakes = _named(fake, fake_labels)
    with all_ranks("report_page") as ranks:
        sides = ranks.each(
            lambda: OpenedSides(
                open_side(real, extraction, real_labels),
                {name: open_side(one, extraction, fake_labels) for name, one in fakes.items()},
            )
        )
        given = next((side for side in sides if isinstance(side, Features)), None)
        if given is not None:
            raise InputError(f"a report shows images; {given.source} holds features")
        chosen = choose_metrics(metrics_for(sides) if metrics is None else metrics)
        with_floor = replace(choices, floor=choices.floor or not isinstance(sides.real, Reference))
        check_opened_sides(sides, chosen, extraction, with_floor)
        requests = page_requests(sides, chosen, with_floor)
        distinct = "a ranking" if len(fakes) > 1 else None
        gathered = gather(requests, extraction, cache=run.cache, distinct=distinct, progress=run.progress)
        scale = scale_of(real, extraction, run) if sanity_scale else {}
        command = command_for(real, fakes, extraction, choices, _beside(metrics, sanity_scale=sanity_scale))

        def made() -> ReportPage:
            found = material_of(chosen, requests, gathered, with_floor)
            material = replace(found, how=extraction, command=command, scale=scale, progress=run.progress)
            with stage("page"):
                return ReportPage(assemble(material), material.ranking)

        return ranks.once(made)


def _beside(metrics: Sequence[str] | None, *, sanity_scale: bool) -> dict[str, object]:
    """Return the options of the page itself, as the command line has them."""
    found: dict[str, object] = {} if metrics is None else {"--metrics": ",".join(metrics)}
    return found | ({"--sanity-scale": True} if sanity_scale else {})


def _named(fake: object, labels: GivenLabels) -> dict[str, object]:
    if not isinstance(fake, Mapping):
        return {"fake": fake}
    wrong = [name for name in fake if not isinstance(name, str) or not name]
    if wrong or not fake:
        raise InputError(f"generators need a name each; got {wrong[0]!r}" if wrong else "generators: there is none")
    if labels is not None and len(fake) > 1:
        raise InputError("labels of the fake images go with one generator; got several")
    return dict(fake)
