"""Runs on procedural shapes, scored with random features, without curves."""

import pytest

from reference_models.recording import plots
from reference_models.training import start


def nothing(*_arguments, **_options):
    """Do nothing."""


class Heard:
    """An observer that remembers, and can act after a step."""

    def __init__(self):
        self.lines, self.warnings, self.after_step = [], [], nothing

    def said(self, text):
        self.lines.append(text)

    def warned(self, text):
        self.warnings.append(text)

    def stepped(self, *, step, last_step, images, losses):
        self.after_step(step)


@pytest.fixture
def heard():
    """An observer."""
    return Heard()


@pytest.fixture
def run(tiny, extractor, heard, tmp_path, monkeypatch):
    """Train a tiny preset in a folder: `run("dcgan", "a", epochs=2)`; curves are left out, which take seconds."""
    monkeypatch.setattr(plots, "draw_all", nothing)

    def call(preset="dcgan", folder="run", **changes):
        keys = {"epochs": 2, "eval.epochs": (0, 1, 2), "eval.count": 40, **changes}
        scored = extractor if keys["eval.epochs"] else None
        return start.train(tiny(preset, **keys), tmp_path / folder, extractor=scored, device="cpu", observer=heard)

    return call


@pytest.fixture
def go_on(extractor, heard, tmp_path):
    """Resume a run: `go_on("a", more_epochs=1)`."""

    def call(folder="run", **options):
        return start.resume(tmp_path / folder, extractor=extractor, device="cpu", observer=heard, **options)

    return call
