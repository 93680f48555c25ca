"""Cases of training loops: callbacks and logs of other packages, and the reference models' own functions."""

import random
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from ignite.engine import Engine
from torch import Tensor, nn

import reference_models
from ganmetrics import Evaluator, FrechetInceptionDistance, Report, Score
from ganmetrics.integrations.accelerate import score_and_log
from ganmetrics.integrations.diffusers import pipeline_images
from ganmetrics.integrations.ignite import ScoreHandler
from ganmetrics.integrations.lightning import FidCallback
from ganmetrics.integrations.loggers import CsvLog, MlflowLog, TensorBoardLog, WandbLog, series_of
from ganmetrics.integrations.loop import averaged, evaluating, random_numbers_of, score_generator
from ganmetrics.testing import ChannelMeans
from reference_models.config import DataConfig
from reference_models.networks.build import build_generator
from tests.fuzz import odd
from tests.fuzz.calls import IMAGES, STORED
from tests.fuzz.driver import Case
from tests.fuzz.stored import some
from tests.fuzz.training import KEYS, trained

REPORT = Report({"fid": Score("fid", 12.5, real_count=20, fake_count=20)})
LONG_WORK = 100_000
"""More images than this are asked for by nobody here: making them would take its time."""


class Told:
    """Stands for a writer, a run, a client, an accelerator: takes whatever it is told."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments, **_options: arguments[0] if arguments else None


def _given(rng: random.Random, right: object, often: float = 0.15) -> Any:
    value = odd.anything(rng) if rng.random() < often else right
    # What fails as it is called is the caller's own code.
    too_long = isinstance(value, int) and value > LONG_WORK
    return right if too_long or value is int or value is len else value


def _options(rng: random.Random, **right: object) -> dict[str, Any]:
    return {name: _given(rng, value) for name, value in right.items()}


def _integrations(folder: Path) -> Case:
    place = folder / "case"
    place.mkdir()
    evaluator = Evaluator(IMAGES[0], extractor=ChannelMeans(), workers=0, device="cpu", metrics=("fid",))
    network = nn.Linear(2, 3)

    def images_of(rng: random.Random) -> Callable[..., object]:
        answer = odd.anything(rng) if rng.random() < 0.2 else None
        return lambda *arguments: (
            torch.rand(arguments[-2], 3, 4, 4, generator=arguments[-1]) if answer is None else answer
        )

    def of_loop(rng: random.Random) -> None:
        average = rng.choice((None, nn.Linear(2, 3), {"weight": odd.anything(rng)}, odd.anything(rng)))
        before = [value.clone() for value in network.parameters()]
        try:
            with ExitStack() as stack:
                stack.enter_context(random_numbers_of(_given(rng, 3)))
                stack.enter_context(averaged(_given(rng, network), average))
                stack.enter_context(evaluating(_given(rng, network)))
                options = _options(rng, count=20, batch_size=7, seed=1)
                score_generator(_given(rng, evaluator), _given(rng, images_of(rng)), **options)
        finally:
            assert all(map(torch.equal, network.parameters(), before))

    def of_lightning(rng: random.Random) -> None:
        options = _options(rng, count=20, batch_size=7, seed=1, prefix="x", logs=(CsvLog(place / "a.csv"),))
        options |= _options(rng, every_n_epochs=1, network=lambda module: module, average=lambda _module: None)
        callback = FidCallback(_given(rng, evaluator), _given(rng, images_of(rng)), **options)
        module = nn.Linear(2, 3)
        module.log_dict = lambda *_arguments, **_options: None  # type: ignore[assignment]
        trainer: Any = SimpleNamespace(current_epoch=0, global_step=0)
        callback.on_train_start(trainer, module)  # type: ignore[arg-type]

    def of_ignite(rng: random.Random) -> None:
        options = _options(rng, count=20, batch_size=7, seed=1, prefix="x", logs=(CsvLog(place / "b.csv"),))
        options |= _options(rng, average=lambda: None)
        made = ScoreHandler(_given(rng, evaluator), _given(rng, network), _given(rng, images_of(rng)), **options)
        engine = Engine(lambda _engine, _batch: None)
        made.attach(_given(rng, engine), every=_given(rng, 1))
        made(engine)

    def of_accelerate(rng: random.Random) -> None:
        options = _options(rng, count=20, batch_size=7, seed=1, prefix="x", step=0, average=None)
        given = (_given(rng, evaluator), _given(rng, network), _given(rng, images_of(rng)))
        score_and_log(_given(rng, Told()), *given, **options)

    def of_diffusers(rng: random.Random) -> None:
        made = SimpleNamespace(images=_given(rng, np.full((5, 4, 4, 3), 0.5), 0.5))
        pipeline = _given(rng, lambda **_options: made)
        options = _options(rng, prompts=["x", "y"], call={"steps": 3})
        images = pipeline_images(pipeline, **options)
        score_generator(evaluator, images, count=5)

    cases = (of_loop, of_lightning, of_ignite, of_accelerate, of_diffusers)
    return lambda rng: rng.choice(cases)(rng)


def _logs(folder: Path) -> Case:
    place = folder / "case"
    place.mkdir()

    def case(rng: random.Random) -> None:
        path = place / "log.csv"
        path.write_bytes(rng.choice((b"", b"x\n", b"\xff" * 9, b"step,name", b"\0" * 5000)))
        text = _options(rng, prefix="x")
        log = rng.choice(
            (
                lambda: CsvLog(_given(rng, rng.choice((path, place, place / "new" / "x.csv", "/dev/null", "/proc/x")))),
                lambda: TensorBoardLog(_given(rng, Told()), **text),
                lambda: WandbLog(_given(rng, Told()), **text, artifact=_given(rng, "x")),
                lambda: MlflowLog(_given(rng, Told()), _given(rng, "x"), **text),
            )
        )()
        log.log(_given(rng, REPORT), _given(rng, 3))
        series_of(_given(rng, REPORT), **text)

    return case


def _functions(folder: Path) -> Case:
    run = trained(folder)
    place = folder / "case"
    place.mkdir()
    config = reference_models.build_config("acgan", KEYS)
    metric = FrechetInceptionDistance(STORED, extractor=ChannelMeans(), device="cpu")
    data = reference_models.load_images(config.data, size=8)

    def of_config(rng: random.Random) -> None:
        changes = {rng.choice((*KEYS, "net", "x", "eval.count", "opt_g.lr")): odd.anything(rng)}
        reference_models.build_config(_given(rng, "acgan"), _given(rng, KEYS | changes))

    def of_data(rng: random.Random) -> None:
        if rng.random() < 0.5:
            reference_models.draw_shapes(_given(rng, 5, 0.4), **some(rng, size=8, seed=1))
            return
        fields = _options(rng, source="shapes", count=20, resize="squash", seed=1)
        section = _given(rng, DataConfig(**{name: fields[name] for name in rng.sample(sorted(fields), 2)}))
        reference_models.load_images(section, size=_given(rng, 8), **some(rng, progress=lambda _a, _b: None))

    def of_images(rng: random.Random) -> None:
        labels = rng.choice((None, torch.zeros(20, dtype=torch.int64), odd.anything(rng)))
        made = reference_models.LabelledImages(
            _given(rng, IMAGES[0]), _given(rng, labels), _given(rng, ("a",)), _given(rng, "x")
        )
        made.choose(_given(rng, 5), _given(rng, 1))
        made.line()

    def of_scores(rng: random.Random) -> None:
        answer = odd.anything(rng) if rng.random() < 0.3 else None
        generate = lambda count: torch.zeros(count, 3, 4, 4) if answer is None else answer  # noqa: E731
        options = _options(rng, count=20, batch=7)
        reference_models.score_samples(_given(rng, metric), _given(rng, generate), **options)

    def of_samples(rng: random.Random) -> None:
        network = build_generator(config.net)
        weights = rng.choice((None, torch.ones(config.net.classes), odd.anything(rng)))
        sampler = reference_models.Sampler(_given(rng, network), class_weights=weights)
        label = rng.choice((None, 0, config.net.classes, odd.anything(rng)))
        made: Tensor = sampler.source(seed=_given(rng, 1), label=label)(_given(rng, 3))
        assert made.shape[1:] == (3, 8, 8)

    def of_checkpoints(rng: random.Random) -> None:
        call = rng.choice(
            (reference_models.load_generator, reference_models.load_discriminator, reference_models.read_checkpoint)
        )
        call(_given(rng, run / "last.pt", 0.5))

    def of_runs(rng: random.Random) -> None:
        options = some(rng, extractor=ChannelMeans(), device="cpu", observer=None)
        if rng.random() < 0.5:
            reference_models.train(_given(rng, config), _given(rng, run), **options)
            return
        options |= some(rng, more_epochs=0, changes={"batch": odd.anything(rng)}, allow_changed=("batch",))
        reference_models.resume(_given(rng, place), **options)

    def of_trainer(rng: random.Random) -> None:
        reference_models.Trainer(_given(rng, config), _given(rng, data), **some(rng, device="cpu"))

    cases = (of_config, of_data, of_images, of_scores, of_samples, of_checkpoints, of_runs, of_trainer)
    return lambda rng: rng.choice(cases)(rng)


KINDS: Mapping[str, Callable[[Path], Case]] = {
    "integrations": _integrations,
    "logs": _logs,
    "training-functions": _functions,
}
