"""A walk from one latent to another: a model that has learnt, and not memorised, changes gradually on the way."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ganmetrics import Extractor, extract
from reference_models.analyses.subject import Subject, open_subject
from reference_models.analyses.target import Target
from reference_models.errors import ConfigError

_MODES = ("slerp", "lerp")


@dataclass(frozen=True, eq=False)
class Walk:
    """A walk.

    Attributes:
        images: uint8 [steps, 3, s, s].
        distances: of the features of neighbours, [steps - 1].
        smoothness: the largest distance over their mean: 1 where all steps are alike, `steps` - 1 for one jump.
        norms: of the latents, [steps].
    """

    images: Tensor
    distances: Tensor
    smoothness: float
    norms: Tensor


def interpolate(first: Tensor, second: Tensor, steps: int, *, mode: str) -> Tensor:
    """Return `steps` latents [steps, d] from `first` to `second`, both included.

    ``lerp`` goes straight, at equal distances. ``slerp`` turns at equal angles, its length going evenly from one norm
    to the other (Shoemake 1985): the middle of a straight line between independent normal latents is shorter by a
    factor of √2 than any that the generator was trained with.

    >>> a, b = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    >>> [round(interpolate(a, b, 3, mode=mode)[1].norm().item(), 3) for mode in _MODES]
    [1.0, 0.707]
    """
    if mode not in _MODES:
        raise ConfigError(f"--mode must be {' or '.join(_MODES)}; got {mode}")
    if steps < 3:  # noqa: PLR2004 - two steps are the two ends, one distance says nothing of smoothness
        raise ConfigError(f"--steps must be at least 3; got {steps}")
    share = torch.linspace(0, 1, steps, dtype=torch.float64)[:, None]
    start, end = first.double(), second.double()
    straight = (1 - share) * start + share * end
    if mode == "lerp":
        return straight.float()
    lengths = (1 - share) * start.norm() + share * end.norm()
    ways = start / start.norm(), end / end.norm()
    angle = torch.acos((ways[0] @ ways[1]).clamp(-1, 1))
    if float(angle.sin()) < 1e-6:  # noqa: PLR2004 - the two lie on one line, where no turn is defined
        return straight.float()
    turned = torch.sin((1 - share) * angle) * ways[0] + torch.sin(share * angle) * ways[1]
    path: Tensor = lengths * turned / angle.sin()
    return path.float()


def walk(
    subject: Subject, *, first: int, second: int, steps: int, mode: str, seed: int, extractor: str | Extractor
) -> Walk:
    """Walk from sample number `first` to `second` of `seed`.

    Raises:
        ConfigError: the numbers, the mode or the steps cannot be.
        InputError: the extractor cannot be found.
    """
    if first == second or min(first, second) < 0:
        raise ConfigError(f"--from and --to must be two different samples, counted from 0; got {first} and {second}")
    ends = subject.latents(max(first, second) + 1, seed=seed)
    path = interpolate(ends[first], ends[second], steps, mode=mode)
    images = subject.images(path)
    features = extract(images, extractor=extractor, workers=0).features.double()
    distances = (features[1:] - features[:-1]).norm(dim=1)
    mean = float(distances.mean())
    return Walk(images, distances, float(distances.max()) / mean if mean else 1.0, path.norm(dim=1))


def write_walk(
    run: Path,
    out: Path,
    *,
    label: str | None,
    first: int,
    second: int,
    steps: int,
    mode: str,
    seed: int,
    extractor: str,
) -> str:
    """Walk, write ``walk-MODE.png`` and ``.json``, and return the line that says how even the walk is.

    Raises:
        CheckpointError: there is no model.
        ConfigError: as `walk`.
        StorageError: it has been done there before.
    """
    target = Target(out, f"walk-{mode}")
    subject = open_subject(run, label=label)
    found = walk(subject, first=first, second=second, steps=steps, mode=mode, seed=seed, extractor=extractor)
    line = f"{mode}: largest step / mean step = {found.smoothness:.3f} ({len(found.distances)} steps, {extractor})"
    target.picture(found.images, columns=len(found.images), caption=line)
    target.numbers(
        {
            "mode": mode,
            "smoothness": found.smoothness,
            "distances": found.distances.tolist(),
            "latent_norms": found.norms.tolist(),
            "extractor": extractor,
        }
    )
    return line
