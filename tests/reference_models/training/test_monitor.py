"""What the health monitor notices."""

import pytest
import torch

from reference_models.recording.grids import spread
from reference_models.training.measure import measure_step
from reference_models.training.monitor import CERTAIN, RECOVERED, Monitor

WELL = {"D(real)": 0.7, "D(fake)": 0.3, "grad/G": 1.0, "gradient_norm": 1.0, "saturation": 0.1, "at_bound": 0.3}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"grad/G": 1e-9}, "has no gradient left"),
        ({"grad/G": 500.0}, "gradients of norm 500"),
        ({"saturation": 0.999}, "at the end of its range"),
        ({"at_bound": 0.99}, "at its bound: objective.clip is too small"),
        ({"gradient_norm": 0.1}, "slope is 0.1 instead of 1"),
        ({"gradient_norm": 3.0}, "slope is 3 instead of 1"),
    ],
)
def test_each_fault_is_told_once(values, message):
    """A fault is told when it appears, not again while it lasts, and again when it comes back."""
    monitor = Monitor()
    assert monitor.look(WELL) == []
    (text,) = monitor.look({**WELL, **values})
    assert message in text
    assert monitor.look({**WELL, **values}) == []
    for _ in range(RECOVERED):
        assert monitor.look(WELL) == []
    assert len(monitor.look({**WELL, **values})) == 1


def test_what_hovers_about_its_bound_is_told_once():
    """A gradient that is too large now and then is one trouble, not a hundred."""
    monitor = Monitor()
    told = [monitor.look({**WELL, "grad/G": norm}) for norm in (500.0, 1.0) * RECOVERED]
    assert sum(map(len, told)) == 1


def test_a_certain_discriminator_is_told_after_a_while():
    """One record is chance, several in a row are not."""
    monitor, sure = Monitor(), {**WELL, "D(real)": 0.999, "D(fake)": 0.001}
    told = [monitor.look(sure) for _ in range(CERTAIN)]
    assert told[:-1] == [[]] * (CERTAIN - 1)
    assert "certain of every image" in told[-1][0]
    assert Monitor().look(sure) == []


def test_collapse_is_seen_in_the_samples():
    """Images that are nearly all alike have no spread; real ones have."""
    rng = torch.Generator().manual_seed(0)
    real = torch.rand(16, 3, 16, 16, generator=rng) * 2 - 1
    alike = real[:1] + 1e-3 * torch.randn(16, 3, 16, 16, generator=rng)
    monitor = Monitor()
    assert monitor.look_at_spread(spread(real), spread(real.flip(0))) == []
    (text,) = monitor.look_at_spread(spread(real), spread(alike))
    assert "mode collapse" in text


def test_divergence_and_patience():
    """The best distance is kept, and twice as much is told."""
    monitor = Monitor()
    assert [monitor.look_at_score(value, epoch=epoch) for epoch, value in enumerate((9.0, 4.0, 5.0))] == [[], [], []]
    (text,) = monitor.look_at_score(8.5, epoch=3)
    assert "more than twice the best, 4 at epoch 1" in text
    assert (monitor.best, monitor.best_epoch, monitor.without_better) == (4.0, 1, 2)


def test_spectra_off_one_are_told():
    """A weight whose largest singular value is not one is not normalised."""
    assert Monitor().look_at_spectra([1.0, 0.95]) == []
    assert "1.5 to 1.5" in Monitor().look_at_spectra([1.0, 1.5])[0]


def test_the_state_goes_through_a_file():
    """A resumed run neither repeats its warnings nor forgets its best."""
    monitor = Monitor()
    monitor.look({**WELL, "grad/G": 500.0})
    monitor.look_at_score(3.0, epoch=2)
    again = Monitor()
    again.load_state(monitor.state())
    assert again.look({**WELL, "grad/G": 500.0}) == []
    assert (again.best, again.best_epoch) == (3.0, 2)


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["dcgan", "wgan", "acgan"])
def test_measuring_changes_nothing(trainer, preset):
    """A step that is measured leaves weights and random numbers as one that is not."""
    measured, plain = trainer(preset), trainer(preset)
    for _ in range(2):
        values = measure_step(measured, measured.step())
        plain.step()
    assert all(
        torch.equal(a, b) for a, b in zip(measured.generator.parameters(), plain.generator.parameters(), strict=True)
    )
    assert torch.equal(measured.draws.rng.get_state(), plain.draws.rng.get_state())
    assert all(isinstance(value, float) for value in values.values())
