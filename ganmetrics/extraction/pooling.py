"""Statistics of the shares of several processes, put together so that each of them knows the whole."""

from functools import reduce

import torch
from torch import Tensor

from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks
from ganmetrics.core.gaussian.kept import KeptImages, most_kept
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.extraction.layer import Layer, upper_triangle
from ganmetrics.ranks import Ranks, current


def pool(layer: Layer | None, *, blocks: bool = False, kept: bool = False) -> Layer:
    """Return the statistics of all processes' images, on every one of them.

    Args:
        layer: of this process's images; None where it has none.
        blocks: whether those of the eight blocks are wanted as well.
        kept: whether some of the images are.

    Raises:
        NotEnoughSamples: no process has an image.

    >>> layer = Layer(Moments.of(torch.eye(2)))
    >>> pool(layer, blocks=False) is layer  # there is one process
    True
    """
    ranks = current()
    if ranks.size == 1 and layer is not None:
        return layer
    whole = pool_moments(None if layer is None else layer.moments, ranks)
    if whole is None:
        raise NotEnoughSamples("statistics need at least one image; none was given")
    # Statistics that were merged into one process's may lack their blocks: then all do.
    images = _pool_kept(layer, whole.dimension, ranks) if kept else None
    held = all(ranks.gather(layer is None or layer.blocks is not None))
    if not blocks or not held:
        return Layer(whole, None, images)
    own = (None,) * BLOCKS if layer is None or layer.blocks is None else layer.blocks.parts
    return Layer(whole, Blocks(tuple(pool_moments(part, ranks) for part in own)), images)


def _pool_kept(layer: Layer | None, dimension: int, ranks: Ranks) -> KeptImages | None:
    """Return the images with the smallest hashes of all processes; hashes travel first, then only what is kept."""
    own = None if layer is None else layer.kept
    if not all(ranks.gather(layer is None or own is not None)):
        return None
    hashes = torch.cat([found for found in ranks.gather(None if own is None else own.hashes) if found is not None])
    last = int(hashes.sort().values[: most_kept(dimension)][-1])
    parts = ranks.gather(None if own is None else own.below(last))
    return reduce(KeptImages.merge, (part for part in parts if part is not None))


def pool_moments(own: Moments | None, ranks: Ranks) -> Moments | None:
    """Return the moments of all processes' images; None where there are none.

    While there are no more images than features in all, their rows travel. Past that the scatters about the common mean
    do, which add up: S = sum S_i + n_i (m_i - m) (m_i - m)^T. The traffic is then one triangle, however many processes
    there are, since the sum is formed on the way.
    """
    known = [found for found in ranks.gather(None if own is None else (own.count or 0, own.dimension)) if found]
    if not known:
        return None
    count, dimension = sum(found[0] for found in known), known[0][1]
    if count <= dimension:
        return reduce(Moments.merge, (part for part in ranks.gather(own) if part is not None))
    total = torch.zeros(dimension, dtype=torch.float64) if own is None else own.mean * (own.count or 0)
    mean = ranks.add(total) / count
    upper = upper_triangle(dimension)
    triangle = ranks.add(
        torch.zeros(dimension, dimension, dtype=torch.float64)[upper] if own is None else _scatter(own, mean)[upper]
    )
    matrix = torch.empty(dimension, dimension, dtype=torch.float64)
    matrix[upper] = triangle / (count - 1)
    matrix.mT[upper] = matrix[upper]
    return Moments(count, mean, None, matrix)


def _scatter(moments: Moments, mean: Tensor) -> Tensor:
    """Return the sum of (x - mean) (x - mean)^T over the images."""
    shift = moments.mean - mean
    if moments.rows is not None:
        centred = moments.rows + shift
        return centred.mT @ centred
    assert moments.count is not None
    return torch.addmm(moments.covariance * (moments.count - 1), shift[:, None], shift[None], alpha=moments.count)
