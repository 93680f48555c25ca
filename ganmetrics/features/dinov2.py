"""DINOv2 without registers (Oquab et al. 2023, arXiv 2304.07193): the network of FD-DINOv2.

Stein et al. 2023 (arXiv 2306.04675) take the class token behind the last normalisation, at 224 x 224 pixels, although
the network was trained at 518. The positions were learnt on a grid of 37 x 37 patches and are resampled to 16 x 16 as
Meta's own code does it; every published FD-DINOv2 rests on that code.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.features.state_dict import read_state_dict, select_tensors

_PATCH = 14
_SIZE = 224
GRID = _SIZE // _PATCH
LEARNT_GRID = 518 // _PATCH
OFFSET = 0.1
"""Meta adds it to the new grid's side and resamples by the quotient, so that the rounded size is never one short."""
_EXPANSION = 4
_EPS = 1e-6
DINOV2_PREPROCESSING = Preprocessing("pillow-bicubic-uint8", (_SIZE, _SIZE), "(x/255-imagenet-mean)/imagenet-std")


@dataclass(frozen=True)
class Architecture:
    """The size of a vision transformer.

    Attributes:
        width: features of a token.
        depth: blocks.
        heads: of each attention.
    """

    width: int
    depth: int
    heads: int


ARCHITECTURES = {
    "dinov2-vits14": Architecture(384, 12, 6),
    "dinov2-vitb14": Architecture(768, 12, 12),
    "dinov2-vitl14": Architecture(1024, 24, 16),
}
"""The extractors by name."""


class LayerScale(nn.Module):
    """A factor for each feature."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.empty(width))

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the tokens, scaled."""
        return tokens * self.gamma


class _Attention(nn.Module):
    """Self-attention, all heads from one matrix."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return what each token [n, t, width] takes from all of them."""
        count, length, width = tokens.shape
        split = self.qkv(tokens).reshape(count, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        attended: Tensor = self.proj(mixed.transpose(1, 2).reshape(count, length, width))
        return attended


class _Mlp(nn.Module):
    """Two layers with a GELU between them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, _EXPANSION * width)
        self.fc2 = nn.Linear(_EXPANSION * width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return new features of each token."""
        changed: Tensor = self.fc2(functional.gelu(self.fc1(tokens)))
        return changed


class _Block(nn.Module):
    """Attention and layers, each normalised before, scaled after, and added."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        width = architecture.width
        self.norm1 = nn.LayerNorm(width, eps=_EPS)
        self.attn = _Attention(width, architecture.heads)
        self.ls1 = LayerScale(width)
        self.norm2 = nn.LayerNorm(width, eps=_EPS)
        self.mlp = _Mlp(width)
        self.ls2 = LayerScale(width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the tokens after the block."""
        tokens = tokens + self.ls1(self.attn(self.norm1(tokens)))
        changed: Tensor = tokens + self.ls2(self.mlp(self.norm2(tokens)))
        return changed


class PatchEmbedding(nn.Module):
    """A token for each patch."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, _PATCH, stride=_PATCH)

    def forward(self, batch: Tensor) -> Tensor:
        """Return [n, patches, width], row by row of the image."""
        patches: Tensor = self.proj(batch)
        return patches.flatten(2).transpose(1, 2)


class DinoV2(FrozenNetwork):
    """The normalised class token [n, width] of prepared images; parameters are named as in Meta's files."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        width = architecture.width
        self.cls_token = nn.Parameter(torch.empty(1, 1, width))
        self.pos_embed = nn.Parameter(torch.empty(1, 1 + GRID**2, width))
        self.patch_embed = PatchEmbedding(width)
        self.blocks = nn.ModuleList(_Block(architecture) for _ in range(architecture.depth))
        self.norm = nn.LayerNorm(width, eps=_EPS)

    def forward(self, batch: Tensor) -> Outputs:
        """Return the features of images [n, 3, 224, 224]."""
        patches = self.patch_embed(batch)
        tokens = torch.cat([self.cls_token.expand(len(patches), -1, -1), patches], dim=1) + self.pos_embed
        for block in self.blocks:
            tokens = block(tokens)
        # Normalisation is token by token, so that of the class is enough.
        return Outputs(features=self.norm(tokens[:, 0].float()))


def resampled_positions(table: Tensor, side: int) -> Tensor:
    """Return a table of positions [1, 1 + g^2, d] resampled to [1, 1 + side^2, d] as Meta's code does.

    Bicubic, without antialiasing, by the factor (side + 0.1) / g rather than by size: so the points at which the old
    grid is read lie a little closer together than side to g. The class token's position stays.

    >>> table = torch.arange(1.0, 1371.0)[None, :, None]
    >>> resampled_positions(table, 16).shape, float(resampled_positions(table, 16)[0, 0, 0])
    (torch.Size([1, 257, 1]), 1.0)
    """
    grid = round((table.shape[1] - 1) ** 0.5)
    if side == grid:
        return table
    plane = table[:, 1:].float().reshape(1, grid, grid, -1).permute(0, 3, 1, 2)
    factor = (side + OFFSET) / grid
    resampled = functional.interpolate(plane, scale_factor=(factor, factor), mode="bicubic")
    return torch.cat([table[:, :1].float(), resampled.permute(0, 2, 3, 1).flatten(1, 2)], dim=1)


def load_dinov2(
    name: str, path: Path, *, sha256: str, preprocessing: Preprocessing = DINOV2_PREPROCESSING
) -> NetworkExtractor:
    """Return one of `ARCHITECTURES` with the weights of a file.

    Args:
        name: of the extractor.
        path: a state dict with Meta's names, such as ``dinov2_vitl14_pretrain.pth``.
        sha256: the digest of the file.
        preprocessing: how images become inputs; the default is that of dgm-eval.

    The weights are read at the first use of the network; WeightsError is raised then if they are not its own.
    """
    spec = ExtractorSpec(
        name=name,
        dimension=ARCHITECTURES[name].width,
        classes=None,
        layer="class token",
        weights_sha256=sha256,
        preprocessing=str(preprocessing),
    )
    return NetworkExtractor(spec, preprocessing, partial(build_dinov2, ARCHITECTURES[name], path))


def build_dinov2(architecture: Architecture, path: Path) -> DinoV2:
    """Return the network with the weights of a file, its positions resampled to 224 x 224 pixels.

    Raises:
        WeightsError: the file does not hold this network's weights.
    """
    with torch.device("meta"):
        network = DinoV2(architecture)
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    shapes["pos_embed"] = (1, 1 + LEARNT_GRID**2, architecture.width)
    # The token that stood for masked patches in training has no part here.
    state = select_tensors(read_state_dict(path), shapes, ignored=("mask_token",), path=path)
    state = {name: value.to(torch.float32, copy=True) for name, value in state.items()}
    state["pos_embed"] = resampled_positions(state["pos_embed"], GRID)
    network.load_state_dict(state, assign=True)
    return network
