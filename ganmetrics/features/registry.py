"""Extractors by name."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from ganmetrics import _plugins
from ganmetrics._files import as_path
from ganmetrics._text import shown
from ganmetrics._types import Progress, silent
from ganmetrics.core.checks import of_type
from ganmetrics.errors import GanMetricsError, InputError
from ganmetrics.features import clip, dinov2, efficientnet_lite, inception
from ganmetrics.features.base import Extractor, ExtractorSpec, check_extractor
from ganmetrics.features.names import CLIP, DINOV2, EXTRACTOR_NAMES, TIMM_PREFIX, TORCH, split_precision
from ganmetrics.features.network import NetworkExtractor
from ganmetrics.features.openvino_network import in_openvino
from ganmetrics.features.resize import Preprocessing
from ganmetrics.features.timm_model import load_timm_model
from ganmetrics.features.weights import find_weights

KEPT_OPEN = 2
"""Networks that stay in memory after their call: a loop goes on with one, a comparison of two with both."""

_opened: OrderedDict[tuple[ExtractorSpec, str], Extractor] = OrderedDict()
_lock = Lock()


def open_extractor(
    name: str,
    *,
    preprocessing: Preprocessing | None = None,
    weights: str | Path | None = None,
    offline: bool = False,
    progress: Progress | None = None,
    backend: str = TORCH,
) -> Extractor:
    """Return what `load_extractor` does, computed by a backend; the same one again while among the last `KEPT_OPEN`.

    So a loop that calls `ganmetrics.evaluate` builds its network once. Extractors are the same where their specs are,
    which hold the digest of the weights.
    """
    loaded = load_extractor(name, preprocessing=preprocessing, weights=weights, offline=offline, progress=progress)
    return keep_open(loaded, backend)


def keep_open(extractor: Extractor, backend: str = TORCH) -> Extractor:
    """Return an extractor computed by a backend: the one that is open for it, or this one, which is then kept open.

    Raises:
        InputError: the backend cannot compute it, or its package is missing.
    """
    key = (extractor.spec, backend)
    with _lock:
        if key not in _opened:
            _opened[key] = extractor if backend == TORCH else in_openvino(extractor)
        _opened.move_to_end(key)
        while len(_opened) > KEPT_OPEN:
            _opened.popitem(last=False)
        return _opened[key]


def close_extractors() -> None:
    """Forget the networks that are kept in memory."""
    with _lock:
        _opened.clear()


def load_extractor(
    name: str,
    *,
    preprocessing: Preprocessing | None = None,
    weights: str | Path | None = None,
    offline: bool = False,
    progress: Progress | None = None,
) -> Extractor:
    """Return the extractor of that name, its network loaded.

    Args:
        name: one of `EXTRACTOR_NAMES`; followed by ``@bf16``, say, it computes in that one of
            `ganmetrics.features.names.PRECISIONS`.
        preprocessing: how images become inputs of ``inception-v3``, ``dinov2-*`` and ``clip-*``, which protocols
            say; every other extractor has its own.
        weights: a state dict to use instead of the published weights; ``efficientnet-lite0`` has its own.
        offline: never download.
        progress: told of a download; None shows nothing.

    Raises:
        InputError: the name is unknown, a package is missing, or an option does not go with the extractor.
        WeightsError: the weights cannot be found, or do not fit.

    >>> load_extractor("inception")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: extractor must be inception-v3, dinov2-vitl14, ... or timm:NAME; got 'inception'
    """
    of_type("extractor", name, str, "a name")
    if preprocessing is not None:
        of_type("preprocessing", preprocessing, Preprocessing, "a Preprocessing")
    if name in _plugins.names(_plugins.EXTRACTOR_GROUP):
        if preprocessing is not None or weights is not None:
            raise InputError(f"extractor {name} is another package's, with weights and preprocessing of its own")
        return _added(name)
    network, precision = split_precision(name)
    loaded = _load_network(network, preprocessing, weights, offline=offline, progress=progress)
    return loaded.in_precision(precision)


def _added(name: str) -> Extractor:
    """Return the extractor that another package adds under a name, which its spec must have, too."""
    added = _plugins.load(_plugins.EXTRACTOR_GROUP, name)
    try:
        extractor = check_extractor(added.thing())
    except GanMetricsError:
        raise
    except Exception as error:  # another package's code may fail in any way
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise InputError(f"extractor {name} of {added.package} failed: {reason}") from None
    if extractor.spec.name != name:
        raise InputError(
            f"extractor {name} of {added.package} must have that name in its spec; got {extractor.spec.name}"
        )
    return extractor


def _load_network(
    name: str,
    preprocessing: Preprocessing | None,
    weights: str | Path | None,
    *,
    offline: bool,
    progress: Progress | None,
) -> NetworkExtractor:
    path = None if weights is None else as_path(weights)
    if name == inception.INCEPTION_V3:
        found = find_weights(name, path=path, offline=offline, progress=progress or silent)
        chosen = preprocessing or inception.INCEPTION_PREPROCESSING
        return inception.load_inception(
            found.path, sha256=found.sha256, canonical=found.canonical, preprocessing=chosen
        )
    if name in DINOV2:
        found = find_weights(name, path=path, offline=offline, progress=progress or silent)
        chosen = preprocessing or dinov2.DINOV2_PREPROCESSING
        return dinov2.load_dinov2(name, found.path, sha256=found.sha256, preprocessing=chosen)
    if name == CLIP:
        found = find_weights(name, path=path, offline=offline, progress=progress or silent)
        chosen = preprocessing or clip.CLIP_PREPROCESSING
        return clip.load_clip(found.path, sha256=found.sha256, canonical=found.canonical, preprocessing=chosen)
    if preprocessing is not None:
        raise InputError(
            f"extractor {name} has its own preprocessing; only inception-v3, dinov2-* and clip-* take another"
        )
    if name == efficientnet_lite.EFFICIENTNET_LITE0:
        if path is not None:
            raise InputError(
                f"extractor {name} has its own weights; inception-v3, dinov2-*, clip-* and timm:NAME take others"
            )
        return efficientnet_lite.load_efficientnet_lite()
    if name.startswith(TIMM_PREFIX):
        return load_timm_model(name.removeprefix(TIMM_PREFIX), weights=path, offline=offline)
    raise InputError(f"extractor must be {', '.join(EXTRACTOR_NAMES[:-1])} or {EXTRACTOR_NAMES[-1]}; got {shown(name)}")
