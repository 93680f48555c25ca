"""Images a second of a DCGAN training step and of its data path: ours, and a loop written the usual way.

The usual way is that of the well-known DCGAN tutorial: two sequential networks, probabilities and `BCELoss`, a
discriminator that is not frozen in the generator's step, `.item()` at each step, images decoded one by one. Both have
the same weights, images and noise; that three steps give the same losses and weights is checked before anything is
timed. The loops take turns in one run, and each ratio is the median over the rounds, of wall and of processor time.

    python benchmarks/training.py --threads 1 --rounds 5
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn, optim
from torch.utils.data import DataLoader, Dataset

from reference_models import LabelledImages, TrainConfig, Trainer, build_config, draw_shapes
from reference_models.data.batches import Batches

SIZE = 64


def plain_networks(width: int, latent: int) -> tuple[nn.Sequential, nn.Sequential]:
    """Return generator and discriminator as the tutorial writes them."""
    generator = nn.Sequential(
        nn.ConvTranspose2d(latent, width * 8, 4, 1, 0, bias=False),
        nn.BatchNorm2d(width * 8),
        nn.ReLU(True),
        nn.ConvTranspose2d(width * 8, width * 4, 4, 2, 1, bias=False),
        nn.BatchNorm2d(width * 4),
        nn.ReLU(True),
        nn.ConvTranspose2d(width * 4, width * 2, 4, 2, 1, bias=False),
        nn.BatchNorm2d(width * 2),
        nn.ReLU(True),
        nn.ConvTranspose2d(width * 2, width, 4, 2, 1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(True),
        nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(3, width, 4, 2, 1, bias=False),
        nn.LeakyReLU(0.2, True),
        nn.Conv2d(width, width * 2, 4, 2, 1, bias=False),
        nn.BatchNorm2d(width * 2),
        nn.LeakyReLU(0.2, True),
        nn.Conv2d(width * 2, width * 4, 4, 2, 1, bias=False),
        nn.BatchNorm2d(width * 4),
        nn.LeakyReLU(0.2, True),
        nn.Conv2d(width * 4, width * 8, 4, 2, 1, bias=False),
        nn.BatchNorm2d(width * 8),
        nn.LeakyReLU(0.2, True),
        nn.Conv2d(width * 8, 1, 4, 1, 0, bias=False),
        nn.Sigmoid(),
    )
    return generator, discriminator


class PlainLoop:
    """The tutorial's step, with the weights of a trainer of ours."""

    def __init__(self, trainer: Trainer, *, bf16: bool) -> None:
        net = trainer.config.net
        self.generator, self.discriminator = plain_networks(net.width, net.latent_dim)
        for plain, ours in ((self.generator, trainer.generator), (self.discriminator, trainer.discriminator)):
            values = [value.clone() for value in ours.state_dict().values()]
            plain.load_state_dict(dict(zip(plain.state_dict(), values, strict=True)))
        rate, betas = trainer.config.opt_g.lr, trainer.config.opt_g.betas
        self.opt_d = optim.Adam(self.discriminator.parameters(), lr=rate, betas=betas)
        self.opt_g = optim.Adam(self.generator.parameters(), lr=rate, betas=betas)
        self.criterion, self.bf16, self.latent = nn.BCELoss(), bf16, net.latent_dim

    def step(self, real: Tensor, noise: Tensor) -> dict[str, float]:
        """Take one step on a batch and return its losses."""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16):
            return self._step(real, noise)

    def _judge(self, images: Tensor) -> Tensor:
        # BCELoss refuses half precision.
        judged: Tensor = self.discriminator(images).view(-1).float()
        return judged

    def _step(self, real: Tensor, noise: Tensor) -> dict[str, float]:
        self.discriminator.zero_grad()
        label = torch.full((len(real),), 1.0)
        output = self._judge(real)
        of_real = self.criterion(output, label)
        of_real.backward()
        d_x = output.mean().item()
        fake = self.generator(noise[:, :, None, None])
        label.fill_(0.0)
        output = self._judge(fake.detach())
        of_fake = self.criterion(output, label)
        of_fake.backward()
        d_g_z1 = output.mean().item()
        self.opt_d.step()
        self.generator.zero_grad()
        label.fill_(1.0)
        output = self._judge(fake)
        of_generator = self.criterion(output, label)
        of_generator.backward()
        d_g_z2 = output.mean().item()
        self.opt_g.step()
        means = {"D(x)": d_x, "D(G(z))": d_g_z1, "after": d_g_z2}
        return means | {"D_real": of_real.item(), "D_fake": of_fake.item(), "G_adversarial": of_generator.item()}


class Files(Dataset[Tensor]):
    """An image folder as the tutorial reads it: open, resize, crop, to a tensor, normalise."""

    def __init__(self, folder: Path) -> None:
        self.paths = sorted(folder.iterdir())

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor:
        with Image.open(self.paths[index]) as opened:
            image = opened.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR)
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous().float().div(255)
        return (pixels - 0.5) / 0.5


@contextmanager
def doubled() -> Iterator[None]:
    """Compute in float64 wherever the code leaves the precision to the default or says `float()`."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with mock.patch.object(Tensor, "float", Tensor.double):
            yield
    finally:
        torch.set_default_dtype(before)


def check_equal(config: TrainConfig, data: LabelledImages) -> None:
    """Check that three steps of both loops give the same losses and weights.

    It is done in float64, because two networks that chase each other make a difference a thousand times larger in a
    step: rounding errors of float32 would be seen by the third.
    """
    worst = []
    with doubled():
        trainer = Trainer(config, data)
        plain = PlainLoop(trainer, bf16=False)
        for _ in range(3):
            rng = torch.Generator()
            rng.set_state(trainer.draws.rng.get_state())
            noise = torch.randn(config.batch, config.net.latent_dim, generator=rng)
            real, _ = trainer.batches(trainer.steps)
            theirs, ours = plain.step(real.double(), noise), trainer.step().losses
            worst.append(max(abs(theirs[name] - loss.item()) for name, loss in ours.items()))
    pairs = [*zip(trainer.generator.parameters(), plain.generator.parameters(), strict=True)]
    pairs += [*zip(trainer.discriminator.parameters(), plain.discriminator.parameters(), strict=True)]
    apart = torch.cat([(a - b).detach().flatten() for a, b in pairs]).square().mean().sqrt().item()
    losses = ", ".join(f"{difference:.1e}" for difference in worst)
    print(f"losses of the first three steps differ by {losses}, weights then by {apart:.1e} (rms)\n", flush=True)
    if max(worst) > 1e-6 or apart > 1e-8:
        raise SystemExit("the two loops are not the same training; their speed cannot be compared")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the wall and the processor seconds of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def compare(loops: dict[str, Callable[[], object]], images: int, rounds: int) -> None:
    """Print a row for each loop: images a second, and its ratio to the first, loops taking turns."""
    for work in loops.values():
        work()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in loops}
    for _ in range(rounds):
        for name, work in loops.items():
            times[name].append(timed(work))
    first = times[next(iter(loops))]
    print("| loop | images/s, wall | images/s of a processor second | ratio, wall | ratio, processor |")
    print("|---|---|---|---|---|")
    for name, taken in times.items():
        rates = [images / statistics.median(second[kind] for second in taken) for kind in (0, 1)]
        ratios = [statistics.median(a[kind] / b[kind] for a, b in zip(first, taken, strict=True)) for kind in (0, 1)]
        print(f"| {name} | {rates[0]:,.1f} | {rates[1]:,.1f} | {ratios[0]:.2f} | {ratios[1]:.2f} |", flush=True)
    print()


def main() -> None:
    """Check that both loops are one training, then print the tables of steps and of data paths."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=3, help="steps of each loop in a round")
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--images", type=int, default=512)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    drawn = draw_shapes(options.images, size=SIZE)
    data = LabelledImages(drawn.images, None, (), "shapes")
    keys = {"net.width": options.width, "batch": options.batch}
    config = build_config("dcgan-64-reduced", keys)
    print(
        f"torch {torch.__version__}, {options.threads} threads, {SIZE}x{SIZE}, width {options.width}, "
        f"batch {options.batch}, medians of {options.rounds} rounds\n"
    )
    check_equal(build_config("dcgan-64-reduced", {**keys, "channels_last": False}), data)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for index, image in enumerate(data.images):
            Image.fromarray(image.permute(1, 2, 0).numpy()).save(folder / f"{index:05d}.jpg", quality=95)
        loops: dict[str, Callable[[], object]] = {}
        for title, bf16 in (("usual, fp32", False), ("usual, bf16", True)):
            plain = PlainLoop(Trainer(config, data), bf16=bf16)
            loops[title] = _usual(plain, folder, options.batch, options.steps)
        for title, precision in (("ours, fp32", "fp32"), ("ours, bf16", "bf16")):
            trainer = Trainer(build_config("dcgan-64-reduced", {**keys, "precision": precision}), data)
            loops[title] = _ours(trainer, options.steps)
        print("### Steps, each with its own data path\n")
        compare(loops, options.steps * options.batch, options.rounds)
        print("### Data paths alone: one pass\n")
        batches = Batches(data, batch=options.batch, seed=0)
        loader = DataLoader(Files(folder), batch_size=options.batch, shuffle=True, drop_last=True)
        paths: dict[str, Callable[[], object]] = {
            "usual, decoded one by one": lambda: [batch.sum() for batch in loader],
            "ours, in memory": lambda: [batches(step)[0].sum() for step in range(batches.steps_per_epoch)],
        }
        compare(paths, len(data) // options.batch * options.batch, options.rounds)


def _usual(plain: PlainLoop, folder: Path, batch: int, steps: int) -> Callable[[], object]:
    loader = DataLoader(Files(folder), batch_size=batch, shuffle=True, drop_last=True)

    def work() -> None:
        images = iter(loader)
        for _ in range(steps):
            plain.step(next(images), torch.randn(batch, plain.latent))

    return work


def _ours(trainer: Trainer, steps: int) -> Callable[[], object]:
    def work() -> None:
        for _ in range(steps):
            trainer.step()

    return work


if __name__ == "__main__":
    main()
