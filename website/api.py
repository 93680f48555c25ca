"""Pages of the public names of `ganmetrics`, grouped by what they are for; their text is the docstrings."""

import ganmetrics

GROUPS: dict[str, tuple[str, str, str]] = {
    "scoring": (
        "Score images",
        "What the commands of the same names do.",
        "fid evaluate compare influence explain sanity reconstruct extract gate Extraction Features Stream timed",
    ),
    "loops": (
        "In a training loop",
        "Scores while a generator trains, the real side computed once.",
        "FrechetInceptionDistance Evaluator score_generator to_uint8 this_process_only",
    ),
    "results": ("Results", "What is returned.", "Score Report Estimate Difference Gate Ranking"),
    "references": (
        "Stored statistics",
        "One side computed once, kept, merged and read from other libraries.",
        "Reference join_shards load_plain_pickle",
    ),
    "extractors": (
        "Extractors",
        "What turns images into features.",
        "load_extractor Extractor ExtractorSpec ModuleExtractor Outputs Preprocessing",
    ),
    "metrics": (
        "Metrics of features",
        "Arrays in, numbers out: no images, no network, no files.",
        "Moments frechet_distance frechet_estimate frechet_difference frechet_infinity Sample psd_sqrt kernel_distance "
        "kernel_distance_estimate kernel_difference mode_count inception_score precision_recall "
        "precision_recall_estimate precision_recall_difference precision_recall_curve clipped_density clipped_coverage "
        "symmetric_precision_recall probabilistic_precision_recall authenticity copied_share data_copying "
        "feature_likelihood vendi_score vendi_by_class sliced_distance sliced_estimate WaveletMoments "
        "frechet_wavelet_distance kl_divergence js_divergence earth_movers_distance FeatureMetric",
    ),
    "errors": (
        "Errors",
        "Each says in one line what is needed, what came, and the remedy.",
        "GanMetricsError InputError NotEnoughSamples NumericsError StaleStatistics StorageError WeightsError",
    ),
    "text": ("Text that users control", "How names of files and the like are printed.", "clipped printable shown"),
}
"""File name: title, one sentence, names in order."""
REST = "more"


def grouped_names() -> dict[str, list[str]]:
    """Return the public names by page; a name that no group has goes to the last."""
    public = ganmetrics.__all__
    groups = {page: [name for name in names.split() if name in public] for page, (_, _, names) in GROUPS.items()}
    known = {name for names in groups.values() for name in names}
    groups[REST] = [name for name in public if name not in known]
    return {page: names for page, names in groups.items() if names}


def api_pages() -> dict[str, str]:
    """Return the Markdown of every page by its path in the site."""
    return {f"api/{page}.md": api_page(page, names) for page, names in grouped_names().items()}


def api_page(page: str, names: list[str]) -> str:
    """Return the Markdown of one page, whose names mkdocstrings fills in."""
    title, told, _ = GROUPS.get(page, ("More names", "Public names of no other group.", ""))
    parts = [f"# {title}", told, *(f"::: ganmetrics.{name}" for name in names)]
    return "\n\n".join(parts) + "\n"
