"""Batches come in the order of the source, whatever the number of processes, and failures name their image."""

import multiprocessing
import os
import time

import numpy as np
import pytest
import torch

from ganmetrics.data import loading
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


def floats(image):
    """Prepare an image as its pixels."""
    return image.astype(np.float32)


def doubles(image):
    """Prepare an image in the wrong precision."""
    return image.astype(np.float64)


def failing(image):
    """Fail as an extractor's preparation might."""
    raise ZeroDivisionError(f"no {image.ndim}\nway")


def load(source, prepare=floats, *, batch_size=2, workers=0, skip=frozenset()):
    """Return all batches."""
    source = open_source(source)
    batches = prepared_batches(source, [prepare], alpha="white", batch_size=batch_size, workers=workers, skip=skip)
    return [batch for (batch,) in batches]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1, 2])
@pytest.mark.parametrize("kind", ["folder", "array", "list"])
def test_order_and_contents(folder, noise, workers, kind):
    """All images come once, in order, writable, from files and from memory."""
    images = [noise(seed=seed) for seed in range(3)]
    batches = load({"folder": folder, "array": np.stack(images), "list": images}[kind], workers=workers)
    assert [batch.shape for batch in batches] == [(2, 6, 9, 3), (1, 6, 9, 3)]
    assert (np.concatenate(batches) == np.stack(images)).all()
    assert all(batch.dtype == np.float32 and batch.flags.writeable for batch in batches)


def test_skipped_images_are_left_out(noise):
    """Batches stay full across images that are left out."""
    images = np.stack([noise(seed=seed) for seed in range(6)])
    batches = load(images, skip=frozenset({0, 3}))
    assert [len(batch) for batch in batches] == [2, 2]
    assert (np.concatenate(batches) == images[[1, 2, 4, 5]]).all()


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize("prepare", [failing, doubles])
def test_a_failing_preparation_names_the_image(folder, workers, prepare):
    """What the preparation raises, or returns wrongly, is one line with the image's name."""
    reason = {
        failing: "the preparation failed: ZeroDivisionError: no 3 way",
        doubles: "the preparation needs to return a float32 array; got float64",
    }[prepare]
    with pytest.raises(InputError, match=rf"^{folder}/0\.png: {reason}$"):
        load(folder, prepare, workers=workers)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize("batch_size", [1, 3])
def test_other_shapes_are_refused(folder, noise, encoded, workers, batch_size):
    """An image that is prepared to another shape is named, within a batch and across batches."""
    (folder / "1.png").write_bytes(encoded(noise(4, 4)))
    with pytest.raises(InputError, match=r"/1\.png: .* it gave \[4, 4, 3\] here and \[6, 9, 3\] before$"):
        load(folder, workers=workers, batch_size=batch_size)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_a_file_that_became_unreadable_is_named(folder, workers):
    """A file that was damaged or removed since the audit stops the pass, by name."""
    source = open_source(folder)
    (folder / "1.png").write_bytes((folder / "1.png").read_bytes()[:60])
    (folder / "2.png").unlink()
    batches = prepared_batches(source, [floats], alpha="white", batch_size=1, workers=workers)
    next(batches)
    with pytest.raises(InputError, match=r"/1\.png: cannot be read: it has changed since the folder was listed$"):
        next(batches)
    with pytest.raises(InputError, match=r"/2\.png: cannot be read: No such file or directory$"):
        list(prepared_batches(source, [floats], alpha="white", batch_size=1, workers=workers, skip=frozenset({1})))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_an_npz_that_was_cut_is_named(tmp_path, noise, workers):
    """Pixels that are read in this process name their place as files do."""
    np.savez(tmp_path / "set.npz", np.stack([noise(seed=seed) for seed in range(5)]))
    source = open_source(tmp_path / "set.npz")
    (tmp_path / "set.npz").write_bytes((tmp_path / "set.npz").read_bytes()[:500])
    with pytest.raises(InputError, match=r"set\.npz::arr_0\[1\]: truncated$"):
        list(prepared_batches(source, [floats], alpha="white", batch_size=1, workers=workers))


def test_options_are_checked(noise):
    """Impossible options are refused by name."""
    with pytest.raises(InputError, match="batch_size needs to be 1 or more; got 0"):
        load(noise()[None], batch_size=0)
    with pytest.raises(InputError, match="workers needs to be 0 or more; got -1"):
        load(noise()[None], workers=-1)


@pytest.mark.slow
def test_the_callers_random_numbers_are_untouched(noise):
    """Scoring inside a training loop does not change the training."""
    state = torch.get_rng_state()
    load(noise()[None].repeat(4, axis=0), workers=1)
    assert torch.equal(torch.get_rng_state(), state)


def gone(processes):
    """Return whether all processes have ended within a few seconds."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if not any(process.is_alive() for process in processes):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.slow
def test_closing_early_ends_the_workers(noise, capfd):
    """After close, an error in the consumer, or dropping the iterator, no worker is left, and nothing is printed."""
    source = open_source([noise(seed=seed) for seed in range(100)])

    def batches():
        return prepared_batches(source, [floats], alpha="white", batch_size=1, workers=2)

    closed = batches()
    next(closed)
    workers = multiprocessing.active_children()
    assert len(workers) == 2
    closed.close()
    assert gone(workers)

    def consume():
        for _ in batches():
            workers.extend(multiprocessing.active_children())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        consume()
    assert gone(workers)
    assert capfd.readouterr() == ("", "")


def where(image):
    """Prepare an image as the number of the process that does it."""
    return np.full((1,), os.getpid() % 4096 + 0 * image.sum(), np.float32)


@pytest.mark.slow
def test_workers_are_other_processes(noise):
    """Preparation happens elsewhere with workers, and here without."""
    here = where(noise())[0]
    assert load([noise()], where)[0][0, 0] == here
    assert load([noise()], where, workers=1)[0][0, 0] != here


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["folder", "array"])
def test_memory_in_flight_is_bounded(noise, kind):
    """A consumer that stops asking stops the reading: a few batches are read ahead, not all."""
    read = []

    class Watched:
        name, ignored = "watched", 0
        uniform_size = (9, 6) if kind == "array" else None

        def __len__(self):
            return 1000

        def label(self, index):
            return str(index)

        def read(self, index):
            read.append(index)
            return noise()

        def class_of(self, index):
            return None

    batches = prepared_batches(Watched(), [floats], alpha="white", batch_size=2, workers=1 if kind == "array" else 0)
    next(batches)
    batches.close()
    assert len(read) <= 10


def test_no_more_workers_than_tasks(noise, monkeypatch):
    """Six images are two tasks, in batches of four or more; processes without work are not started."""
    monkeypatch.setattr(loading, "map_in_workers", lambda *_, workers, **__: started.append(workers) or iter(()))
    started = []
    for batch_size in (1, 2, 4, 32):
        load(noise()[None].repeat(6, axis=0), workers=16, batch_size=batch_size)
    assert started == [6, 3, 2, 2]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_a_batch_larger_than_any_number_of_images(noise, workers):
    """All images are one batch, and nothing is made ready for the others."""
    images = np.stack([noise(seed=seed) for seed in range(3)])
    (batch,) = load(images, batch_size=10**30, workers=workers)
    assert np.array_equal(batch, images.astype(np.float32))
