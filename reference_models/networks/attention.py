"""Self-attention over the places of a map (Zhang et al. 2019, section 3)."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class SelfAttention(nn.Module):
    """y = x + gamma o(x), where o gathers values from everywhere, weighted by how well key and query agree.

    Queries and keys have an eighth of the channels, values half; keys and values are pooled to half the size, which
    makes the attention four times cheaper. Gamma starts at zero: the block is the identity until it has learnt
    something. Each query's weights over the keys add up to one.

    Args:
        channels: of the map, at least 8.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = channels // 8
        self.query = nn.Conv2d(channels, inner, 1, bias=False)
        self.key = nn.Conv2d(channels, inner, 1, bias=False)
        self.value = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.out = nn.Conv2d(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def weights(self, maps: Tensor) -> Tensor:
        """Return the attention [n, h w, h w / 4] of each place to each pooled place of maps [n, c, h, w]."""
        query = self.query(maps).flatten(2).transpose(1, 2)
        key = functional.max_pool2d(self.key(maps), 2).flatten(2)
        return torch.softmax(query @ key, dim=-1)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape."""
        value = functional.max_pool2d(self.value(maps), 2).flatten(2).transpose(1, 2)
        gathered = (self.weights(maps) @ value).transpose(1, 2)
        output: Tensor = self.out(gathered.reshape(len(maps), -1, *maps.shape[2:]))
        return maps + self.gamma * output
