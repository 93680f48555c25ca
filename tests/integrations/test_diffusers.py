"""Tests of `ganmetrics.integrations.diffusers`: with a pipeline of the installed package, and with stand-ins."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ganmetrics import Evaluator
from ganmetrics.errors import InputError
from ganmetrics.integrations.diffusers import pipeline_images
from ganmetrics.integrations.loop import score_generator
from ganmetrics.testing import ChannelMeans, random_images


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_pipeline_is_scored_and_repeats():
    """A tiny DDPM with random weights."""
    diffusers = pytest.importorskip("diffusers")
    torch.manual_seed(0)
    network = diffusers.UNet2DModel(
        sample_size=8,
        block_out_channels=(8, 8),
        layers_per_block=1,
        norm_num_groups=4,
        down_block_types=("DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D"),
    )
    pipeline = diffusers.DDPMPipeline(network, diffusers.DDPMScheduler())
    pipeline.set_progress_bar_config(disable=True)
    generate = pipeline_images(pipeline, call={"num_inference_steps": 2})
    evaluator = Evaluator(random_images(40), extractor=ChannelMeans(), workers=0, device="cpu")
    values = [float(score_generator(evaluator, generate, count=6, batch_size=4)["fd_channel-means"]) for _ in range(2)]
    assert values[0] == values[1] > 0
    images = generate(2, torch.Generator().manual_seed(1))
    assert (images.dtype, images.shape) == (torch.uint8, (2, 3, 8, 8))
    saved = pipeline(batch_size=2, generator=torch.Generator().manual_seed(1), num_inference_steps=2).images
    np.testing.assert_array_equal(images.permute(0, 2, 3, 1), np.stack([np.asarray(image) for image in saved]))


def test_prompts_are_drawn_by_the_batchs_random_numbers():
    """One for each image, and no batch size beside them."""
    calls = []

    def pipeline(**options):
        calls.append(options)
        return SimpleNamespace(images=np.zeros((len(options["prompt"]), 4, 4, 3), np.float32))

    generate = pipeline_images(pipeline, prompts=["a cat", "a dog", "a cow"], call={"guidance_scale": 3})
    for _ in range(2):
        assert generate(5, torch.Generator().manual_seed(0)).shape == (5, 3, 4, 4)
    assert calls[0]["prompt"] == calls[1]["prompt"]
    assert len(calls[0]["prompt"]) == 5
    assert set(calls[0]) == {"prompt", "generator", "output_type", "guidance_scale"}


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((2, 3, 4, 4), np.float32), r"float images \[n, h, w, 3\]; got float32 \[2, 3, 4, 4\]"),
        (np.zeros((2, 4, 4, 3), np.uint8), r"float images \[n, h, w, 3\]; got uint8"),
        (np.full((2, 4, 4, 3), -0.5), r"images in \[0, 1\]; got -0.5 to -0.5"),
        (np.full((2, 4, 4, 3), np.nan), r"images in \[0, 1\]; got nan to nan"),
    ],
)
def test_what_is_no_image_is_refused(images, message):
    """A pipeline of latents, for one."""
    generate = pipeline_images(lambda **_: SimpleNamespace(images=images))
    with pytest.raises(InputError, match=message):
        generate(2, torch.Generator())
    with pytest.raises(InputError, match="got an empty one"):
        pipeline_images(print, prompts=[])
