"""Evaluation of image generators: numbers to trust, compare and publish.

The names below are the public interface; each is imported when it is first used, so that ``import ganmetrics`` and
``ganmetrics --help`` do not wait for torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ganmetrics._text import clipped as clipped
    from ganmetrics._text import printable as printable
    from ganmetrics._text import shown as shown
    from ganmetrics.commands.compare import compare as compare
    from ganmetrics.commands.evaluate import evaluate as evaluate
    from ganmetrics.commands.evaluate import fid as fid
    from ganmetrics.commands.explain import explain as explain
    from ganmetrics.commands.extract import extract as extract
    from ganmetrics.commands.gate.gate import gate as gate
    from ganmetrics.commands.influence import influence as influence
    from ganmetrics.commands.path_length import perceptual_path_length as perceptual_path_length
    from ganmetrics.commands.plan import plan as plan
    from ganmetrics.commands.reconstruct.reconstruct import reconstruct as reconstruct
    from ganmetrics.commands.report_page.report_page import ReportPage as ReportPage
    from ganmetrics.commands.report_page.report_page import report_page as report_page
    from ganmetrics.commands.sanity.sanity import sanity as sanity
    from ganmetrics.commands.sanity.synthetic.synthetic_sanity import synthetic_sanity as synthetic_sanity
    from ganmetrics.core.gaussian.moments import Moments as Moments
    from ganmetrics.core.gaussian.roots import psd_sqrt as psd_sqrt
    from ganmetrics.data.features import Features as Features
    from ganmetrics.data.streams import Stream as Stream
    from ganmetrics.data.to_uint8 import to_uint8 as to_uint8
    from ganmetrics.errors import GanMetricsError as GanMetricsError
    from ganmetrics.errors import InputError as InputError
    from ganmetrics.errors import NotEnoughSamples as NotEnoughSamples
    from ganmetrics.errors import NumericsError as NumericsError
    from ganmetrics.errors import StaleStatistics as StaleStatistics
    from ganmetrics.errors import StorageError as StorageError
    from ganmetrics.errors import WeightsError as WeightsError
    from ganmetrics.evaluator import Evaluator as Evaluator
    from ganmetrics.extraction.options import Extraction as Extraction
    from ganmetrics.features.base import Extractor as Extractor
    from ganmetrics.features.base import ExtractorSpec as ExtractorSpec
    from ganmetrics.features.base import Outputs as Outputs
    from ganmetrics.features.module import ModuleExtractor as ModuleExtractor
    from ganmetrics.features.perceptual import load_perceptual as load_perceptual
    from ganmetrics.features.registry import load_extractor as load_extractor
    from ganmetrics.features.resize import Preprocessing as Preprocessing
    from ganmetrics.metric import FrechetInceptionDistance as FrechetInceptionDistance
    from ganmetrics.metrics.difference import Difference as Difference
    from ganmetrics.metrics.divergences import earth_movers_distance as earth_movers_distance
    from ganmetrics.metrics.divergences import js_divergence as js_divergence
    from ganmetrics.metrics.divergences import kl_divergence as kl_divergence
    from ganmetrics.metrics.feature_likelihood import feature_likelihood as feature_likelihood
    from ganmetrics.metrics.feature_metric import FeatureMetric as FeatureMetric
    from ganmetrics.metrics.frechet.difference import frechet_difference as frechet_difference
    from ganmetrics.metrics.frechet.distance import frechet_distance as frechet_distance
    from ganmetrics.metrics.frechet.infinity import frechet_infinity as frechet_infinity
    from ganmetrics.metrics.frechet.joint import Estimate as Estimate
    from ganmetrics.metrics.frechet.joint import frechet_estimate as frechet_estimate
    from ganmetrics.metrics.frechet.sample import Sample as Sample
    from ganmetrics.metrics.inception.score import inception_score as inception_score
    from ganmetrics.metrics.kernel.difference import kernel_difference as kernel_difference
    from ganmetrics.metrics.kernel.distance import kernel_distance as kernel_distance
    from ganmetrics.metrics.kernel.estimate import kernel_distance_estimate as kernel_distance_estimate
    from ganmetrics.metrics.kernel.renyi import mode_count as mode_count
    from ganmetrics.metrics.neighbours.clipped import clipped_coverage as clipped_coverage
    from ganmetrics.metrics.neighbours.clipped import clipped_density as clipped_density
    from ganmetrics.metrics.neighbours.copied_share import copied_share as copied_share
    from ganmetrics.metrics.neighbours.data_copying import data_copying as data_copying
    from ganmetrics.metrics.neighbours.difference import precision_recall_difference as precision_recall_difference
    from ganmetrics.metrics.neighbours.estimate import precision_recall_estimate as precision_recall_estimate
    from ganmetrics.metrics.neighbours.memorisation import authenticity as authenticity
    from ganmetrics.metrics.neighbours.precision_recall import precision_recall as precision_recall
    from ganmetrics.metrics.neighbours.probabilistic import (
        probabilistic_precision_recall as probabilistic_precision_recall,
    )
    from ganmetrics.metrics.neighbours.symmetric import symmetric_precision_recall as symmetric_precision_recall
    from ganmetrics.metrics.precision_recall_curve import precision_recall_curve as precision_recall_curve
    from ganmetrics.metrics.sliced import sliced_distance as sliced_distance
    from ganmetrics.metrics.sliced import sliced_estimate as sliced_estimate
    from ganmetrics.metrics.vendi import vendi_score as vendi_score
    from ganmetrics.metrics.vendi_classes import vendi_by_class as vendi_by_class
    from ganmetrics.metrics.wavelet import WaveletMoments as WaveletMoments
    from ganmetrics.metrics.wavelet import frechet_wavelet_distance as frechet_wavelet_distance
    from ganmetrics.progress import progress_bar as progress_bar
    from ganmetrics.ranks import this_process_only as this_process_only
    from ganmetrics.references.formats.plain_pickle import load_plain_pickle as load_plain_pickle
    from ganmetrics.references.joining import join_shards as join_shards
    from ganmetrics.references.reference import Reference as Reference
    from ganmetrics.report import ByExtractor as ByExtractor
    from ganmetrics.report import Contrast as Contrast
    from ganmetrics.report import Ranking as Ranking
    from ganmetrics.report import Report as Report
    from ganmetrics.report import Score as Score
    from ganmetrics.report import report_schema as report_schema
    from ganmetrics.timing import timed as timed

_HOMES = {
    "ByExtractor": "report",
    "Contrast": "report",
    "Difference": "metrics.difference",
    "Estimate": "metrics.frechet.joint",
    "Evaluator": "evaluator",
    "Extraction": "extraction.options",
    "Extractor": "features.base",
    "ExtractorSpec": "features.base",
    "FeatureMetric": "metrics.feature_metric",
    "Features": "data.features",
    "FrechetInceptionDistance": "metric",
    "GanMetricsError": "errors",
    "InputError": "errors",
    "ModuleExtractor": "features.module",
    "Moments": "core.gaussian.moments",
    "NotEnoughSamples": "errors",
    "NumericsError": "errors",
    "Outputs": "features.base",
    "Preprocessing": "features.resize",
    "Ranking": "report",
    "Reference": "references.reference",
    "Report": "report",
    "ReportPage": "commands.report_page.report_page",
    "Sample": "metrics.frechet.sample",
    "Score": "report",
    "StaleStatistics": "errors",
    "StorageError": "errors",
    "Stream": "data.streams",
    "WaveletMoments": "metrics.wavelet",
    "WeightsError": "errors",
    "authenticity": "metrics.neighbours.memorisation",
    "clipped": "_text",
    "clipped_coverage": "metrics.neighbours.clipped",
    "clipped_density": "metrics.neighbours.clipped",
    "compare": "commands.compare",
    "copied_share": "metrics.neighbours.copied_share",
    "data_copying": "metrics.neighbours.data_copying",
    "earth_movers_distance": "metrics.divergences",
    "evaluate": "commands.evaluate",
    "explain": "commands.explain",
    "extract": "commands.extract",
    "feature_likelihood": "metrics.feature_likelihood",
    "fid": "commands.evaluate",
    "frechet_difference": "metrics.frechet.difference",
    "frechet_distance": "metrics.frechet.distance",
    "frechet_estimate": "metrics.frechet.joint",
    "frechet_infinity": "metrics.frechet.infinity",
    "frechet_wavelet_distance": "metrics.wavelet",
    "gate": "commands.gate.gate",
    "inception_score": "metrics.inception.score",
    "influence": "commands.influence",
    "join_shards": "references.joining",
    "js_divergence": "metrics.divergences",
    "kernel_difference": "metrics.kernel.difference",
    "kernel_distance": "metrics.kernel.distance",
    "kernel_distance_estimate": "metrics.kernel.estimate",
    "kl_divergence": "metrics.divergences",
    "load_extractor": "features.registry",
    "load_perceptual": "features.perceptual",
    "load_plain_pickle": "references.formats.plain_pickle",
    "mode_count": "metrics.kernel.renyi",
    "perceptual_path_length": "commands.path_length",
    "plan": "commands.plan",
    "precision_recall": "metrics.neighbours.precision_recall",
    "precision_recall_curve": "metrics.precision_recall_curve",
    "precision_recall_difference": "metrics.neighbours.difference",
    "precision_recall_estimate": "metrics.neighbours.estimate",
    "printable": "_text",
    "probabilistic_precision_recall": "metrics.neighbours.probabilistic",
    "progress_bar": "progress",
    "psd_sqrt": "core.gaussian.roots",
    "reconstruct": "commands.reconstruct.reconstruct",
    "report_page": "commands.report_page.report_page",
    "report_schema": "report",
    "sanity": "commands.sanity.sanity",
    "shown": "_text",
    "sliced_distance": "metrics.sliced",
    "sliced_estimate": "metrics.sliced",
    "symmetric_precision_recall": "metrics.neighbours.symmetric",
    "synthetic_sanity": "commands.sanity.synthetic.synthetic_sanity",
    "this_process_only": "ranks",
    "timed": "timing",
    "to_uint8": "data.to_uint8",
    "vendi_by_class": "metrics.vendi_classes",
    "vendi_score": "metrics.vendi",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - a list of names, made from the table above
__version__ = "0.2.0.dev0"
"""The only place that says the version: the package, the command line and the website read it here."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in _HOMES:
        raise AttributeError(f"module 'ganmetrics' has no attribute {name!r}")
    value = getattr(import_module(f"ganmetrics.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
