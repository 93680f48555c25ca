"""`evaluate`: every asked metric from one pass over the images."""

from collections.abc import Mapping, Sequence
from typing import Unpack, overload

from ganmetrics.commands.requests import OpenedSides, check_networks, check_opened_sides, requests_for
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction, each_extractor
from ganmetrics.features.base import Extractor
from ganmetrics.metrics.catalogue import choose_metrics
from ganmetrics.ranks import all_ranks
from ganmetrics.references.gather import gather_several
from ganmetrics.references.sides import GivenLabels, Side, open_whole
from ganmetrics.report import ByExtractor, Ranking, Report, Score
from ganmetrics.scoring.keywords import DistanceOptions, EvaluationOptions, split_options
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.ranking import score_generators

ONE = "fake"
"""What a single generator's side is called."""


@overload
def evaluate(  # type: ignore[overload-overlap]  # a mapping is no source of images
    real: object,
    fake: Mapping[str, object],
    how: Extraction | None = None,
    *,
    extractors: Sequence[str | Extractor],
    metrics: Sequence[str] = ("fid",),
    scoring: ScoringOptions | None = None,
    test: object = None,
    real_labels: GivenLabels = None,
    fake_labels: GivenLabels | Mapping[str, GivenLabels] = None,
    **options: Unpack[EvaluationOptions],
) -> ByExtractor[Ranking]: ...


@overload
def evaluate(
    real: object,
    fake: object,
    how: Extraction | None = None,
    *,
    extractors: Sequence[str | Extractor],
    metrics: Sequence[str] = ("fid",),
    scoring: ScoringOptions | None = None,
    test: object = None,
    real_labels: GivenLabels = None,
    fake_labels: GivenLabels = None,
    **options: Unpack[EvaluationOptions],
) -> ByExtractor[Report]: ...


@overload
def evaluate(  # type: ignore[overload-overlap]  # a mapping is no source of images
    real: object,
    fake: Mapping[str, object],
    how: Extraction | None = None,
    *,
    extractors: None = None,
    metrics: Sequence[str] = ("fid",),
    scoring: ScoringOptions | None = None,
    test: object = None,
    real_labels: GivenLabels = None,
    fake_labels: GivenLabels | Mapping[str, GivenLabels] = None,
    **options: Unpack[EvaluationOptions],
) -> Ranking: ...


@overload
def evaluate(
    real: object,
    fake: object,
    how: Extraction | None = None,
    *,
    extractors: None = None,
    metrics: Sequence[str] = ("fid",),
    scoring: ScoringOptions | None = None,
    test: object = None,
    real_labels: GivenLabels = None,
    fake_labels: GivenLabels = None,
    **options: Unpack[EvaluationOptions],
) -> Report: ...


def evaluate(
    real: object,
    fake: object,
    how: Extraction | None = None,
    *,
    extractors: Sequence[str | Extractor] | None = None,
    metrics: Sequence[str] = ("fid",),
    scoring: ScoringOptions | None = None,
    test: object = None,
    real_labels: GivenLabels = None,
    fake_labels: GivenLabels | Mapping[str, GivenLabels] = None,
    **options: Unpack[EvaluationOptions],
) -> Report | Ranking | ByExtractor[Report] | ByExtractor[Ranking]:
    """Return the scores of the fake images against the real ones, from one pass over each set.

    Several generators, as a mapping of names to sources, give a `ganmetrics.Ranking`: a report for each, and for FID,
    KID, precision and recall whether two of them differ beyond chance, as `ganmetrics.compare` computes it, with
    Holm's correction for the number of pairs. Without intervals there are no such differences.

    Several extractors, as a sequence `extractors` in the place of `extractor`, give a `ganmetrics.ByExtractor`: what
    each of them alone would give, to the last bit, while every image is read and decoded once.

    Called on all processes of torch.distributed's group, each extracts a share, the first one scores, and all return
    its report. What cannot be scored is refused before any image is read, where that can be known; a metric that
    refuses after the pass leaves the others alone, and `Report.refusals` has its reason.

    Args:
        real: a folder, zip or npz (path), uint8 tensor [n, 3, h, w], map-style data set, `Reference` or its path.
        fake: the same; or several generators' images, by name.
        how: how images become features; or its fields as keywords.
        extractors: names of extractors, or extractor objects, each of which gives its own scores. They need images:
            stored statistics and features fit one extractor.
        metrics: names of `ganmetrics.metrics.catalogue.METRICS`, such as ``fid``, ``kid`` or ``precision``.
        scoring: what is chosen about the metrics; or its fields as keywords.
        test: real images that were held out from training. They are scored as fake ones are, under ``<name>_test``:
            what fresh real images get; and the report has a table of ratios. Some metrics need them.
        real_labels: the class of each real image, in order, or the path of a CSV or JSON lines file of them; None for
            what the source says itself, such as first-level folders or ``dataset.json``.
        fake_labels: the class that each fake image is meant to be of, likewise; of several generators, by name.
        options: the fields of `ganmetrics.Extraction` (``extractor``, ``protocol``, ``weights``, ``count``, ``seed``,
            ``alpha``, ``skip_bad``, ``batch_size``, ``workers``, ``device``, ``offline``), and those of
            `ganmetrics.scoring.options.ScoringOptions` (``interval``, ``confidence``, ``floor``, ``k``, ``subsets``,
            ``subset_size``, ``splits``, ``memory``); and three about the run, on which no number depends: ``cache``, a
            folder to keep statistics in between runs (None keeps none); ``cache_features``, to keep the features of
            each image there as well, so that metrics that read them cost no second extraction (8 KB an image with
            ``inception-v3``, within the cache's bound); ``progress``, which shows how far a stage has come.

    Raises:
        InputError: a source or an option is not what is needed; or where there are several generators or held-out
            images, two sets hold the same images.
        NotEnoughSamples: a side has fewer images than the metric is defined for.
        NumericsError: the extractor gave a non-finite feature.
        StaleStatistics: a reference was made by another extractor, weights or protocol.
        StorageError: the cache cannot be written.
        WeightsError: the extractor's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> report = evaluate(random_images(20, seed=1), random_images(20, seed=2), metrics=("fid", "is"),
    ...                   extractor=ChannelMeans(), workers=0)
    >>> [(name, score.fake_count) for name, score in report.items()]
    [('fd_channel-means', 20), ('is_channel-means', 20)]
    >>> several = {"near": random_images(30, seed=2), "far": random_images(30, seed=3) // 2}
    >>> ranking = evaluate(random_images(30, seed=1), several, extractor=ChannelMeans(), workers=0)
    >>> ranking.order("fd_channel-means"), ranking.beaten_by("fd_channel-means", "near")
    (['near', 'far'], ['far'])
    >>> both = evaluate(random_images(20, seed=1), random_images(20, seed=2), workers=0,
    ...                 extractors=[ChannelMeans(), ChannelMeans("other")])
    >>> [(extractor, *report) for extractor, report in both.items()]
    [('channel-means', 'fd_channel-means'), ('other', 'fd_other')]
    """
    chosen = choose_metrics(metrics)
    extraction, choices, run = split_options(how, scoring, options)
    hows = [extraction] if extractors is None else each_extractor(extraction, extractors)
    fakes, labels = _named(fake, fake_labels)
    with all_ranks(f"evaluate of {', '.join(metrics)}") as ranks:
        sides = ranks.each(
            lambda: OpenedSides(
                open_whole(real, extraction, real_labels),
                {name: open_whole(one, extraction, labels.get(name)) for name, one in fakes.items()},
                None if test is None else open_whole(test, extraction),
            )
        )
        check_networks(sides, hows)
        for one in hows:
            check_opened_sides(sides, chosen, one, choices)
        requests = requests_for(sides, chosen, choices, networks=len(hows))
        alone = len(fakes) == 1 and test is None
        distinct = None if alone else "a ranking" if test is None else "a held-out set"
        gathered = gather_several(requests, hows, cache=run.cache, distinct=distinct, progress=run.progress)

        def scored(sides_of_one: Sequence[Side]) -> Ranking:
            found = {request.role: side for request, side in zip(requests, sides_of_one, strict=True)}
            generated = dict(zip(fakes, sides_of_one[-len(fakes) :], strict=True))
            return score_generators(chosen, found.get("real"), generated, choices, test=found.get("test"))

        rankings = ranks.once(lambda: [scored(sides_of_one) for sides_of_one in gathered])
    several = isinstance(fake, Mapping)
    if extractors is None:
        return rankings[0] if several else rankings[0][ONE]
    by_extractor = {str(one.name): ranking for one, ranking in zip(hows, rankings, strict=True)}
    if several:
        return ByExtractor(by_extractor)
    return ByExtractor({name: ranking[ONE] for name, ranking in by_extractor.items()})


def _named(
    fake: object, labels: GivenLabels | Mapping[str, GivenLabels]
) -> tuple[dict[str, object], dict[str, GivenLabels]]:
    """Return the generators and their labels by name.

    Raises:
        InputError: there is none, a name is no text, or labels are not by the same names.
    """
    if not isinstance(fake, Mapping):
        if isinstance(labels, Mapping):
            raise InputError("labels by name go with several generators; got them with one")
        return {ONE: fake}, {ONE: labels}
    wrong = [name for name in fake if not isinstance(name, str) or not name]
    if wrong or not fake:
        raise InputError(f"generators need a name each; got {wrong[0]!r}" if wrong else "generators: there is none")
    if labels is not None and not isinstance(labels, Mapping):
        raise InputError("labels of several generators need to be given by name")
    unknown = sorted(set(labels or {}) - set(fake))
    if unknown:
        raise InputError(f"labels need the name of a generator; got {unknown[0]!r}")
    return dict(fake), dict(labels or {})


def fid(
    real: object,
    fake: object,
    how: Extraction | None = None,
    **options: Unpack[DistanceOptions],
) -> Score:
    """Return the Fréchet distance between the features of two sets of images (Heusel et al. 2017, eq. 6).

    It is called ``fid`` with the canonical network and weights, ``fd_<extractor>`` otherwise. Sources, options and what
    is raised are those of `evaluate`.

    >>> import torch
    >>> from ganmetrics.testing import ChannelMeans
    >>> dark, bright = torch.zeros(4, 3, 8, 8, dtype=torch.uint8), torch.full((4, 3, 8, 8), 10, dtype=torch.uint8)
    >>> print(fid(dark, bright, extractor=ChannelMeans(), workers=0))
    fd_channel-means = 300 (real 4, fake 4, channel-means/native, lower is better)
    """
    report = evaluate(real, fake, how, metrics=("fid",), **options)
    (score,) = report.values()
    return score
