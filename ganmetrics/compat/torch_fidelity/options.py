"""The keywords of ``calculate_metrics``, and which of them this library follows."""

from pathlib import Path
from typing import TypedDict

from ganmetrics import Extraction, InputError
from ganmetrics._text import listed, shown
from ganmetrics.compat.arguments import numpy_seed, switch, text

LIBRARY = "torch-fidelity"
SEED = 2020

EXTRACTORS = {
    "inception-v3-compat": "inception-v3",
    "dinov2-vit-s-14": "dinov2-vits14",
    "dinov2-vit-b-14": "dinov2-vitb14",
    "dinov2-vit-l-14": "dinov2-vitl14",
}
"""torch-fidelity's names of the extractors that both libraries have."""

METRICS = ("isc", "fid", "kid", "prc")
SWITCHES = ("ppl", "cuda", "samples_shuffle")

LAYERS = {"isc": "logits_unbiased", "fid": "2048", "kid": "2048", "prc": "2048"}
"""The layer that each metric reads of Inception."""


class FidelityOptions(TypedDict, total=False):
    """The keywords of torch-fidelity's ``calculate_metrics`` that are followed, and those that change no number.

    The first part says what to compute, of what. The second is followed. The third is accepted, and changes no number:
    caches are this library's own, progress is silent, and memory is bounded anyway. ``fid_statistics_file`` is that of
    the fork which MAR and JiT use: statistics in the place of input2.
    """

    input1: object
    input2: object
    fid_statistics_file: str | Path | None
    isc: bool
    fid: bool
    kid: bool
    prc: bool
    ppl: bool

    cuda: bool
    batch_size: int
    feature_extractor: str | None
    feature_extractor_weights_path: str | Path | None
    feature_layer_isc: str | None
    feature_layer_fid: str | None
    feature_layer_kid: str | None
    feature_layer_prc: str | None
    isc_splits: int
    kid_subsets: int
    kid_subset_size: int
    kid_kernel: str
    kid_kernel_poly_degree: int
    kid_kernel_poly_gamma: float | None
    kid_kernel_poly_coef0: float
    prc_neighborhood: int
    rng_seed: int
    samples_shuffle: bool
    input1_model_num_samples: int | None
    input2_model_num_samples: int | None

    verbose: bool
    cache: bool
    cache_root: str | Path | None
    input1_cache_name: str | None
    input2_cache_name: str | None
    save_cpu_ram: bool
    prc_batch_size: int
    samples_find_deep: bool
    samples_find_ext: str
    samples_ext_lossy: str
    datasets_root: str | Path | None
    datasets_download: bool


def check_options(options: FidelityOptions) -> None:
    """Refuse what would give another number than torch-fidelity's, before any image is read.

    Raises:
        InputError: a keyword is unknown, no metric is asked for, an input is missing, or an option is not followed.
    """
    unknown = [name for name in options if name not in FidelityOptions.__annotations__]
    if unknown:
        raise InputError(f"calculate_metrics needs keywords of torch-fidelity; got {listed(unknown)}")
    asked = [name for name in METRICS if switch(name, dict(options).get(name))]
    for name in SWITCHES:
        switch(name, dict(options).get(name))
    if options.get("ppl"):
        raise InputError("ppl, the perceptual path length, is not offered here: torch-fidelity has it")
    if not asked:
        raise InputError("at least one of isc, fid, kid and prc must be True; got none")
    if options.get("input1") is None:
        raise InputError("input1, the generated images, is needed; got None")
    _check_second_input(options, asked)
    _check_layers(options, asked)
    kernel = options.get("kid_kernel", "poly")
    if not isinstance(kernel, str) or kernel != "poly":
        raise InputError(f"kid_kernel must be 'poly', KID's own; got {shown(kernel)}")
    numpy_seed("rng_seed", options.get("rng_seed", SEED))
    if "prc" in asked and options.get("feature_extractor") is None:
        raise InputError(
            "prc of torch-fidelity reads VGG-16 where nothing is named, which this library does not have: "
            "name a feature_extractor, such as 'inception-v3-compat'"
        )


def extraction_of(options: FidelityOptions) -> Extraction:
    """Return how images become features, of options that are checked.

    It is torch-fidelity's resize and scaling; transparency is dropped, as there.
    """
    given = options.get("feature_extractor")
    return Extraction(
        EXTRACTORS["inception-v3-compat" if given is None else given],
        LIBRARY,
        options.get("feature_extractor_weights_path"),
        alpha="drop",
        batch_size=options.get("batch_size", 64),
        device=None if options.get("cuda", True) else "cpu",
    )


def _check_second_input(options: FidelityOptions, asked: list[str]) -> None:
    stored = options.get("fid_statistics_file")
    of_images = [name for name in asked if name in ("kid", "prc") or (name == "fid" and stored is None)]
    if of_images and options.get("input2") is None:
        raise InputError(f"input2, the real images, is needed for {', '.join(of_images)}; got None")
    if stored is not None and options.get("input2") is not None and "fid" in asked:
        raise InputError("fid_statistics_file takes the place of input2; got both")


def _check_layers(options: FidelityOptions, asked: list[str]) -> None:
    extractor = options.get("feature_extractor")
    if extractor is not None:
        text("feature_extractor", extractor, tuple(EXTRACTORS))
    inception = extractor in (None, "inception-v3-compat")
    if "isc" in asked and not inception:
        raise InputError("isc needs feature_extractor 'inception-v3-compat': the others have no classes")
    given = {name: options.get(f"feature_layer_{name}") for name in LAYERS}
    for name, layer in given.items():
        if name in asked and layer is not None and str(layer) != LAYERS[name]:
            raise InputError(f"feature_layer_{name} must be {LAYERS[name]!r}; got {shown(layer)}")
