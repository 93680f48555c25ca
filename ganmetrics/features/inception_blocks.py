"""The building blocks of Inception-v3 (Szegedy et al. 2015, arXiv 1512.00567, figures 5 to 7).

Attributes bear the names of torchvision's ``inception_v3``, in which the FID weights are published. Batch normalisation
is folded into the convolutions, so every convolution here has a bias.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Convolution(nn.Conv2d):
    """A convolution with bias, then ReLU; padding as TensorFlow names it, ``valid`` (none) or ``same``."""

    def __init__(
        self,
        channels: int,
        out_channels: int,
        kernel: int | tuple[int, int],
        *,
        stride: int = 1,
        padding: str = "valid",
    ) -> None:
        super().__init__(channels, out_channels, kernel, stride=stride, padding=padding)

    def forward(self, x: Tensor) -> Tensor:
        """Return the rectified convolution of x."""
        return functional.relu_(super().forward(x))


def average_pool(x: Tensor) -> Tensor:
    """Average 3x3 neighbourhoods, at the border over the pixels inside only.

    TensorFlow's SAME padding leaves padded zeros out of the mean; torchvision's Inception counts them.
    """
    return functional.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def max_pool(x: Tensor) -> Tensor:
    """Take the maximum of 3x3 neighbourhoods."""
    return functional.max_pool2d(x, 3, stride=1, padding=1)


def shrink(x: Tensor) -> Tensor:
    """Take the maximum of 3x3 neighbourhoods at every second pixel, without padding."""
    return functional.max_pool2d(x, 3, stride=2)


class InceptionA(nn.Module):
    """1x1, 5x5, double 3x3 and pooled branches, at 35x35 pixels."""

    def __init__(self, channels: int, *, pool_channels: int) -> None:
        super().__init__()
        self.branch1x1 = Convolution(channels, 64, 1)
        self.branch5x5_1 = Convolution(channels, 48, 1)
        self.branch5x5_2 = Convolution(48, 64, 5, padding="same")
        self.branch3x3dbl_1 = Convolution(channels, 64, 1)
        self.branch3x3dbl_2 = Convolution(64, 96, 3, padding="same")
        self.branch3x3dbl_3 = Convolution(96, 96, 3, padding="same")
        self.branch_pool = Convolution(channels, pool_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the branches' channels, joined in TensorFlow's order."""
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), five, double, self.branch_pool(average_pool(x))], dim=1)


class InceptionB(nn.Module):
    """The reduction from 35x35 to 17x17 pixels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch3x3 = Convolution(channels, 384, 3, stride=2)
        self.branch3x3dbl_1 = Convolution(channels, 64, 1)
        self.branch3x3dbl_2 = Convolution(64, 96, 3, padding="same")
        self.branch3x3dbl_3 = Convolution(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """Return the branches' channels, joined in TensorFlow's order."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, shrink(x)], dim=1)


class InceptionC(nn.Module):
    """1x1, factored 7x7, double factored 7x7 and pooled branches, at 17x17 pixels."""

    def __init__(self, channels: int, *, inner_channels: int) -> None:
        super().__init__()
        inner = inner_channels
        self.branch1x1 = Convolution(channels, 192, 1)
        self.branch7x7_1 = Convolution(channels, inner, 1)
        self.branch7x7_2 = Convolution(inner, inner, (1, 7), padding="same")
        self.branch7x7_3 = Convolution(inner, 192, (7, 1), padding="same")
        self.branch7x7dbl_1 = Convolution(channels, inner, 1)
        self.branch7x7dbl_2 = Convolution(inner, inner, (7, 1), padding="same")
        self.branch7x7dbl_3 = Convolution(inner, inner, (1, 7), padding="same")
        self.branch7x7dbl_4 = Convolution(inner, inner, (7, 1), padding="same")
        self.branch7x7dbl_5 = Convolution(inner, 192, (1, 7), padding="same")
        self.branch_pool = Convolution(channels, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the branches' channels, joined in TensorFlow's order: those of branch1x1 are first."""
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat([self.branch1x1(x), seven, double, self.branch_pool(average_pool(x))], dim=1)


class InceptionD(nn.Module):
    """The reduction from 17x17 to 8x8 pixels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch3x3_1 = Convolution(channels, 192, 1)
        self.branch3x3_2 = Convolution(192, 320, 3, stride=2)
        self.branch7x7x3_1 = Convolution(channels, 192, 1)
        self.branch7x7x3_2 = Convolution(192, 192, (1, 7), padding="same")
        self.branch7x7x3_3 = Convolution(192, 192, (7, 1), padding="same")
        self.branch7x7x3_4 = Convolution(192, 192, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """Return the branches' channels, joined in TensorFlow's order."""
        three = self.branch3x3_2(self.branch3x3_1(x))
        seven = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        return torch.cat([three, self.branch7x7x3_4(seven), shrink(x)], dim=1)


class InceptionE(nn.Module):
    """1x1, split 3x3, double split 3x3 and pooled branches, at 8x8 pixels.

    The network of 2015-12-05 averages in the first of its two and takes the maximum in the second.
    """

    def __init__(self, channels: int, *, maximum: bool) -> None:
        super().__init__()
        self.branch1x1 = Convolution(channels, 320, 1)
        self.branch3x3_1 = Convolution(channels, 384, 1)
        self.branch3x3_2a = Convolution(384, 384, (1, 3), padding="same")
        self.branch3x3_2b = Convolution(384, 384, (3, 1), padding="same")
        self.branch3x3dbl_1 = Convolution(channels, 448, 1)
        self.branch3x3dbl_2 = Convolution(448, 384, 3, padding="same")
        self.branch3x3dbl_3a = Convolution(384, 384, (1, 3), padding="same")
        self.branch3x3dbl_3b = Convolution(384, 384, (3, 1), padding="same")
        self.branch_pool = Convolution(channels, 192, 1)
        self.pool = max_pool if maximum else average_pool

    def forward(self, x: Tensor) -> Tensor:
        """Return the branches' channels, joined in TensorFlow's order."""
        three = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        branches = [
            self.branch1x1(x),
            self.branch3x3_2a(three),
            self.branch3x3_2b(three),
            self.branch3x3dbl_3a(double),
            self.branch3x3dbl_3b(double),
            self.branch_pool(self.pool(x)),
        ]
        return torch.cat(branches, dim=1)
