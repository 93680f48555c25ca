"""CLIP's image tower ViT-L/14 at 336 pixels (Radford et al. 2021, arXiv 2103.00020): the network of CMMD.

CMMD (Jayasumana et al. 2024, arXiv 2401.09603) is computed from the projected image embeddings, each divided by its
length. The activation is OpenAI's x sigmoid(1.702 x), not the GELU that it stands for.
"""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.clip_names import NOT_THE_TOWER, image_tower
from ganmetrics.features.names import CLIP
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.features.state_dict import read_state_dict, select_tensors
from ganmetrics.features.torchscript import is_torchscript, read_torchscript

_SIZE = 336
_PATCH = 14
_WIDTH = 1024
DEPTH = 24
_HEADS = 16
_FEATURES = 768
_EXPANSION = 4
CLIP_PREPROCESSING = Preprocessing("centre-square-pillow-bicubic-uint8", (_SIZE, _SIZE), "(x/255-clip-mean)/clip-std")


def quick_gelu(values: Tensor) -> Tensor:
    """Return x sigmoid(1.702 x), which CLIP was trained with.

    >>> round(float(quick_gelu(torch.tensor(1.0))), 4)
    0.8458
    """
    return values * torch.sigmoid(1.702 * values)


class _Attention(nn.Module):
    """Self-attention with one matrix for all, named as in torch's `MultiheadAttention`."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return what each token [n, t, width] takes from all of them."""
        count, length, width = tokens.shape
        joint = functional.linear(tokens, self.in_proj_weight, self.in_proj_bias)
        query, key, value = joint.reshape(count, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        attended: Tensor = self.out_proj(mixed.transpose(1, 2).reshape(count, length, width))
        return attended


class _Mlp(nn.Module):
    """Two layers with CLIP's activation between them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.c_fc = nn.Linear(width, _EXPANSION * width)
        self.c_proj = nn.Linear(_EXPANSION * width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return new features of each token."""
        changed: Tensor = self.c_proj(quick_gelu(self.c_fc(tokens)))
        return changed


class _Block(nn.Module):
    """Attention and layers, each normalised before, and added."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = _Attention(width, heads)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = _Mlp(width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the tokens after the block."""
        tokens = tokens + self.attn(self.ln_1(tokens))
        changed: Tensor = tokens + self.mlp(self.ln_2(tokens))
        return changed


class Transformer(nn.Module):
    """The blocks, under the name that OpenAI's files have for them."""

    def __init__(self, width: int, depth: int, heads: int) -> None:
        super().__init__()
        self.resblocks = nn.Sequential(*(_Block(width, heads) for _ in range(depth)))

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the tokens after all blocks."""
        changed: Tensor = self.resblocks(tokens)
        return changed


class ClipImages(FrozenNetwork):
    """Projected image embeddings of length 1, [n, 768]; parameters are named as in OpenAI's files."""

    def __init__(self, *, width: int = _WIDTH, depth: int = DEPTH, heads: int = _HEADS, size: int = _SIZE) -> None:
        super().__init__()
        tokens = 1 + (size // _PATCH) ** 2
        self.class_embedding = nn.Parameter(torch.empty(width))
        self.positional_embedding = nn.Parameter(torch.empty(tokens, width))
        self.conv1 = nn.Conv2d(3, width, _PATCH, stride=_PATCH, bias=False)
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = Transformer(width, depth, heads)
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Parameter(torch.empty(width, _FEATURES))

    def forward(self, batch: Tensor) -> Outputs:
        """Return the features of prepared images."""
        patches = self.conv1(batch).flatten(2).transpose(1, 2)
        first = self.class_embedding.to(patches.dtype).expand(len(patches), 1, -1)
        tokens = self.ln_pre(torch.cat([first, patches], dim=1) + self.positional_embedding)
        last = self.ln_post(self.transformer(tokens)[:, 0].float())
        # Lengths are taken in float32 whatever precision the rest is computed in.
        projected = (last @ self.proj).float()
        return Outputs(features=functional.normalize(projected, dim=1, eps=0.0))


def load_clip(
    path: Path, *, sha256: str, canonical: bool, preprocessing: Preprocessing = CLIP_PREPROCESSING
) -> NetworkExtractor:
    """Return the extractor ``clip-vit-l14-336`` with the weights of a file.

    Args:
        path: OpenAI's ``ViT-L-14-336px.pt``, or a state dict with the names of OpenAI's code or of transformers.
        sha256: the digest of the file.
        canonical: the file is the one that OpenAI published.
        preprocessing: how images become inputs.

    The weights are read at the first use of the network; WeightsError is raised then if they are not its own.
    """
    spec = ExtractorSpec(
        name=CLIP,
        dimension=_FEATURES,
        classes=None,
        layer="projection of length 1",
        weights_sha256=sha256,
        preprocessing=str(preprocessing),
        canonical=canonical,
    )
    return NetworkExtractor(spec, preprocessing, partial(build_clip, path))


def build_clip(path: Path) -> ClipImages:
    """Return the network with the weights of a file.

    Raises:
        WeightsError: the file does not hold this network's weights.
    """
    with torch.device("meta"):
        network = ClipImages()
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    read = read_torchscript(path) if is_torchscript(path) else read_state_dict(path)
    state = select_tensors(image_tower(read), shapes, ignored=NOT_THE_TOWER, path=path)
    # OpenAI's file has half precision; every value of it is one of float32.
    network.load_state_dict({name: value.to(torch.float32, copy=True) for name, value in state.items()}, assign=True)
    return network
