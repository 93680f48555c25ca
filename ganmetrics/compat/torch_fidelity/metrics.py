"""`calculate_metrics`: torch-fidelity's one function, on this library's road."""

from typing import Unpack

import numpy as np
import torch
from torch import Tensor

from ganmetrics import (
    Extraction,
    InputError,
    Moments,
    Reference,
    extract,
    fid,
    frechet_distance,
    inception_score,
    kernel_distance,
    precision_recall,
)
from ganmetrics.compat.torch_fidelity.generative_model import GenerativeModel, stream_of
from ganmetrics.compat.torch_fidelity.keys import (
    KEY_METRIC_F_SCORE,
    KEY_METRIC_FID,
    KEY_METRIC_ISC_MEAN,
    KEY_METRIC_ISC_STD,
    KEY_METRIC_KID_MEAN,
    KEY_METRIC_KID_STD,
    KEY_METRIC_PRECISION,
    KEY_METRIC_RECALL,
)
from ganmetrics.compat.torch_fidelity.options import LIBRARY, SEED, FidelityOptions, check_options, extraction_of

SMALLEST_SUM = 1e-5
"""torch-fidelity's F-score divides by this where precision and recall are both about 0."""


def calculate_metrics(**options: Unpack[FidelityOptions]) -> dict[str, float]:
    """Return the metrics that are asked for, under torch-fidelity's keys, by its conventions.

    ``input1`` has the generated images, ``input2`` the real ones: a folder, an archive, a data set of uint8 [3, h, w],
    a generator in the shape of ``GenerativeModelBase``, or anything else that `ganmetrics.evaluate` takes. Each image
    passes the network once.

    Args:
        options: torch-fidelity's keywords; see `FidelityOptions`.

    Raises:
        InputError: no metric is asked for, an input is missing, or an option would give another number than
            torch-fidelity's and is not followed.
        NotEnoughSamples: a subset, a split or a neighbour needs more images than there are.
        WeightsError: the network's weights cannot be found.
    """
    check_options(options)
    how = extraction_of(options)
    fake, real = (_source(options, name) for name in ("input1", "input2"))
    stored = options.get("fid_statistics_file")
    if not any(options.get(name) for name in ("isc", "kid", "prc")):
        return {KEY_METRIC_FID: float(fid(real if stored is None else str(stored), fake, how, interval=False))}
    return _scores(options, how, fake, real)


def _source(options: FidelityOptions, name: str) -> object:
    given = dict(options).get(name)
    if isinstance(given, GenerativeModel):
        counts = (options.get("input1_model_num_samples"), options.get("input2_model_num_samples"))
        count = counts[0] if name == "input1" else counts[1]
        seed, batch_size = options.get("rng_seed", SEED), options.get("batch_size", 64)
        return stream_of(given, count=count, batch_size=batch_size, seed=seed, name=name)
    return given


def _scores(options: FidelityOptions, how: Extraction, fake: object, real: object) -> dict[str, float]:
    """Return the metrics from the features of both sides, each image's kept, as kernels and neighbours need them."""
    features, logits = extract(fake, how)
    stored = options.get("fid_statistics_file")
    reads_real = options.get("kid") or options.get("prc") or (options.get("fid") and stored is None)
    others = extract(real, how).features if reads_real else None
    found: dict[str, float] = {}
    if options.get("isc"):
        found |= _inception_score(logits, options)
    if options.get("fid"):
        side = Moments.of(others) if stored is None and others is not None else Reference.load(str(stored)).moments
        found[KEY_METRIC_FID] = frechet_distance(side, Moments.of(features))
    if options.get("kid") and others is not None:
        found |= _kernel_distance(features, others, options)
    if options.get("prc") and others is not None:
        found |= _precision_recall(features, others, options)
    return found


def _inception_score(logits: Tensor | None, options: FidelityOptions) -> dict[str, float]:
    if logits is None:
        raise InputError("isc needs an extractor with classes; this one has none")
    if options.get("samples_shuffle", True):
        # The permutation of torch-fidelity's convention, for any seed.
        order = np.random.RandomState(options.get("rng_seed", SEED)).permutation(len(logits))
        logits = logits[torch.from_numpy(order)]
    score = inception_score(logits, splits=options.get("isc_splits", 10))
    return {KEY_METRIC_ISC_MEAN: score.value, KEY_METRIC_ISC_STD: score.std}


def _kernel_distance(features: Tensor, others: Tensor, options: FidelityOptions) -> dict[str, float]:
    # Its convention draws from input 1 first; the distance itself is the same either way round.
    distance = kernel_distance(
        features,
        others,
        subsets=options.get("kid_subsets", 100),
        subset_size=options.get("kid_subset_size", 1000),
        seed=options.get("rng_seed", SEED),
        convention=LIBRARY,
        degree=options.get("kid_kernel_poly_degree", 3),
        gamma=options.get("kid_kernel_poly_gamma"),
        coef0=float(options.get("kid_kernel_poly_coef0", 1)),
    )
    return {KEY_METRIC_KID_MEAN: distance.value, KEY_METRIC_KID_STD: distance.std}


def _precision_recall(features: Tensor, others: Tensor, options: FidelityOptions) -> dict[str, float]:
    shares = precision_recall(others, features, k=options.get("prc_neighborhood", 3), convention=LIBRARY)
    both = max(SMALLEST_SUM, shares.precision + shares.recall)
    return {
        KEY_METRIC_PRECISION: shares.precision,
        KEY_METRIC_RECALL: shares.recall,
        KEY_METRIC_F_SCORE: 2 * shares.precision * shares.recall / both,
    }
