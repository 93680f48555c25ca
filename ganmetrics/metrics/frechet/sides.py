"""Two sides of a Fréchet distance, whole and without a block of their images."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.inference.jackknife import Jackknife, jackknife
from ganmetrics.metrics.frechet.corrected import gaussian_variance


class WithoutBlock(NamedTuple):
    """What is left when one block of images is left out of every side that has blocks.

    Attributes:
        number: of the block.
        share: the share of those sides' images that is left out.
        pair: the moments of the real and of the fake side that remain; None if too few images remain for a covariance.
    """

    number: int
    share: float
    pair: tuple[Moments, Moments] | None


@dataclass(frozen=True, eq=False)
class FrechetSides:
    """The real and the fake side: in blocks, or by their moments alone.

    Attributes:
        real: blocks of images, which can be left out; or moments.
        fake: likewise.
    """

    real: Blocks | Moments
    fake: Blocks | Moments

    @property
    def whole(self) -> tuple[Moments, Moments]:
        """The moments of all real and of all fake images."""
        return _whole(self.real), _whole(self.fake)

    def without_each_block(self) -> Iterator[WithoutBlock]:
        """Yield what is left without each block in turn; blocks that no side has an image in are passed over."""
        in_blocks = [side for side in (self.real, self.fake) if isinstance(side, Blocks)]
        for number in range(BLOCKS):
            share = sum(side.share(number) for side in in_blocks) / (len(in_blocks) or 1)
            if share > 0:
                real, fake = _without(self.real, number), _without(self.fake, number)
                yield WithoutBlock(number, share, (real, fake) if real and fake else None)

    def jackknifed(self, distance: Callable[[Moments, Moments], float], whole: float) -> Jackknife | None:
        """Return the jackknife of a distance whose value on all images is `whole`.

        Without blocks on either side nothing can be left out, and the error is 0. None if too few images remain without
        one of the blocks.
        """
        left_out, shares = [], []
        for rest in self.without_each_block():
            if rest.pair is None:
                return None
            left_out.append(distance(*rest.pair))
            shares.append(rest.share)
        return jackknife(whole, left_out, shares) if left_out else Jackknife(whole, 0.0)

    def gaussian_variance(self, *, with_blocks: bool) -> float:
        """Return the variance of the distance by the sampling of the sides, were their features Gaussian.

        Args:
            with_blocks: whether to count sides that have blocks, too: their sampling is what a jackknife measures.
        """
        real, fake = self.whole
        variance = gaussian_variance(real, fake) if with_blocks or isinstance(self.real, Moments) else 0.0
        return variance + (gaussian_variance(fake, real) if with_blocks or isinstance(self.fake, Moments) else 0.0)


def _whole(side: Blocks | Moments) -> Moments:
    return side.total if isinstance(side, Blocks) else side


def _without(side: Blocks | Moments, number: int) -> Moments | None:
    return side.without(number) if isinstance(side, Blocks) else side
