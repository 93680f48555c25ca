"""Convolutions as matrix products: equal to torch's in values and gradients."""

import pytest
import torch
from torch import nn

from reference_models.networks.products import LatentProjection, PatchConvolution


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_latent_s_projection_is_a_transposed_convolution(layout):
    """Values, gradients and memory layout are those of torch's, whose state it loads."""
    ours = LatentProjection(5, 3).to(memory_format=layout)
    torchs = nn.ConvTranspose2d(5, 3, 4, 1, 0, bias=False)
    torchs.load_state_dict(ours.state_dict())
    latents = [torch.randn(7, 5, 1, 1, generator=torch.Generator().manual_seed(0)).requires_grad_() for _ in range(2)]
    maps = [layer(latent) for layer, latent in zip((ours, torchs), latents, strict=True)]
    assert maps[0].is_contiguous(memory_format=layout)
    for output in maps:
        output.square().sum().backward()
    torch.testing.assert_close(maps[0], maps[1])
    torch.testing.assert_close(latents[0].grad, latents[1].grad)
    torch.testing.assert_close(ours.weight.grad, torchs.weight.grad)
    with pytest.raises(ValueError, match="got 2x2"):
        ours(torch.zeros(1, 5, 2, 2))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("bias", [True, False])
def test_a_patch_convolution_is_a_convolution(layout, bias, monkeypatch):
    """Values, gradients and the gradient of a gradient are those of torch's, whose state it loads."""
    ours = PatchConvolution(256, 3, bias=bias).double().to(memory_format=layout)
    torchs = nn.Conv2d(256, 3, 4, 2, 1, bias=bias).double()
    torchs.load_state_dict(ours.state_dict())
    drawn = torch.randn(2, 256, 6, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    results = []
    for layer in (ours, torchs):
        maps = drawn.clone().to(memory_format=layout).requires_grad_()
        if layer is ours:
            monkeypatch.setattr(nn.Conv2d, "forward", None)  # not called: this is the matrix product
        output = layer(maps)
        monkeypatch.undo()
        (slope,) = torch.autograd.grad(output.pow(3).sum(), maps, create_graph=True)
        slope.square().sum().backward()
        results.append((output, slope, *(parameter.grad for parameter in layer.parameters())))
    for found, expected in zip(*results, strict=True):
        torch.testing.assert_close(found, expected)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert ours.float()(drawn.float()).dtype == torch.bfloat16
