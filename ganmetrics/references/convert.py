"""`convert`: statistics from one library's file into another's."""

import logging
from dataclasses import replace
from pathlib import Path

from ganmetrics._files import as_path
from ganmetrics._text import shown
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError
from ganmetrics.extraction.layer import Layer
from ganmetrics.references.elsewhere import is_elsewhere, locate
from ganmetrics.references.formats.names import OWN
from ganmetrics.references.formats.registry import check_target, is_foreign, read_foreign, write_foreign
from ganmetrics.references.reference import Reference

logger = logging.getLogger(__name__)


def convert(
    source: str | Path, target: Path, *, to: str = OWN, count: int | None = None, entry: str | None = None
) -> Reference:
    """Write the statistics in `source` to `target` in another format, and return them.

    Args:
        source: a file of statistics, ours or another library's, told by its contents; or the name or address of one.
        target: the file to write.
        to: a format of `ganmetrics.references.formats.names.WRITTEN`.
        count: of how many images the statistics are, for a file that does not say; None leaves that unknown.
        entry: for files of EDM2, the detector that is asked for; None for ``fid``.

    Raises:
        InputError: `source` holds no usable statistics, `count` is not the one that it states, or the format needs what
            there is not: a count, or spatial statistics.
        StaleStatistics: `source` is damaged.
        StorageError: `target` cannot be written.
    """
    target = as_path(target)
    check_target(target, to)
    # A copy in the cache has no name that anybody knows.
    located = locate(str(source), offline=False) if is_elsewhere(source) else None
    statistics = _read(as_path(source) if located is None else located.path, count=count, entry=entry)
    if located is not None:
        statistics = located.said(statistics)
    if statistics.count is None:
        logger.warning("%s does not say of how many images it is; merging and correction need it (--count)", source)
    if to == OWN:
        statistics.save(target)
    else:
        spatial = None if statistics.spatial is None else statistics.spatial.moments
        write_foreign(target, statistics.moments, spatial, to=to)
    return statistics


def _read(source: Path, *, count: int | None, entry: str | None) -> Reference:
    if is_foreign(source):
        return Reference.from_foreign(read_foreign(source, count=count, entry=entry), source=str(source))
    if entry is not None:
        raise InputError(f"only pickles of EDM2 have entries; got entry {shown(entry)} with {source}")
    loaded = Reference.load(source)
    if count is None or count == loaded.count:
        return loaded
    if loaded.count is not None:
        raise InputError(f"a count must be that of the file; {source} is of {loaded.count:,} images; got {count:,}")
    spatial = None if loaded.spatial is None else _counted(loaded.spatial, count)
    return replace(loaded, layer=_counted(loaded.layer, count), spatial=spatial)


def _counted(layer: Layer, count: int) -> Layer:
    return Layer(Moments.gaussian(layer.moments.mean, layer.moments.covariance, count))
