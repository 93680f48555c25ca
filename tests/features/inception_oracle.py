"""An independent Inception-v3 of 2015-12-05: torchvision's blocks, batch normalisation as such, pooling per the graph.

The graph averages over the pixels inside the image only, and takes the maximum in its last block's pooled branch.
"""

import math

import torch
from torch import nn
from torch.nn import functional
from torchvision.models import inception as blocks


def mean_inside(x):
    """Average 3x3 neighbourhoods over the pixels inside: a sum of values over a sum of ones."""
    kernel = torch.ones(1, 1, 3, 3, dtype=x.dtype)
    totals = functional.conv2d(x.flatten(0, 1)[:, None], kernel, padding=1).view_as(x)
    return totals / functional.conv2d(torch.ones_like(x[:1, :1]), kernel, padding=1)


class PooledInside:
    """Replaces the pooled branch of one of torchvision's blocks."""

    def _forward(self, x):
        return [*super()._forward(x)[:-1], self.branch_pool(self.pool(x))]

    def pool(self, x):
        return mean_inside(x)


class A(PooledInside, blocks.InceptionA):
    pass


class C(PooledInside, blocks.InceptionC):
    pass


class E(PooledInside, blocks.InceptionE):
    pass


def maximum(x):
    """Take the maximum of 3x3 neighbourhoods."""
    return functional.max_pool2d(x, 3, stride=1, padding=1)


def build_oracle(state):
    """Return the oracle with these weights, in float64."""
    parts = [blocks.BasicConv2d, A, blocks.InceptionB, C, blocks.InceptionD, E, blocks.InceptionAux]
    with torch.device("meta"):
        oracle = blocks.Inception3(1008, aux_logits=False, inception_blocks=parts, init_weights=False)
    oracle.load_state_dict(state, assign=True)
    oracle.Mixed_7c.pool = maximum
    return oracle.eval().double()


def oracle_outputs(oracle, batch):
    """Return pool3, logits without bias and spatial features in TensorFlow's order, of prepared images."""
    seen = {}
    hooks = [
        module.register_forward_hook(lambda _, __, output, name=name: seen.update({name: output}))
        for name, module in {"pool3": oracle.avgpool, "mixed_6/conv": oracle.Mixed_6d.branch1x1}.items()
    ]
    with torch.no_grad():
        logits = oracle(batch.to(oracle.fc.bias.dtype)) - oracle.fc.bias
    for hook in hooks:
        hook.remove()
    spatial = seen["mixed_6/conv"].movedim(1, -1)[..., :7].flatten(1)
    return seen["pool3"].flatten(1), logits, spatial


def he_weights(seed):
    """Return weights under which activations neither vanish nor explode, as trained ones do not.

    torchvision's own initialisation lets activations vanish, and would hide differences.
    """
    rng = torch.Generator().manual_seed(seed)
    with torch.device("meta"):
        network = blocks.Inception3(1008, aux_logits=False, init_weights=False)
    state = {}
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            shape = module.weight.shape
            scale = math.sqrt(2 / shape[1:].numel())
            state[f"{name}.weight"] = scale * torch.randn(shape, generator=rng)
        if isinstance(module, nn.Linear):
            state[f"{name}.bias"] = torch.randn(module.bias.shape, generator=rng)
        if isinstance(module, nn.BatchNorm2d):
            noise = 0.1 * torch.randn(4, module.num_features, generator=rng)
            state[f"{name}.weight"] = 1 + noise[0]
            state[f"{name}.bias"] = noise[1]
            state[f"{name}.running_mean"] = noise[2]
            state[f"{name}.running_var"] = noise[3].exp()
            state[f"{name}.num_batches_tracked"] = torch.tensor(0)
    return state
