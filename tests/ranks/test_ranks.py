"""Several gloo processes give what one gives, and end together."""

import json

import pytest

from tests import ranks_program
from tests.forked import Forked, ranks

pytestmark = pytest.mark.slow

TIMEOUT = 120


def run(folder, size):
    """Return the results of each of `size` processes."""
    folder.mkdir()
    started = [
        Forked(ranks_program.main, folder, output=folder / str(rank), **(variables if size > 1 else {}))
        for rank, variables in enumerate(ranks(size))
    ]
    try:
        assert [process.wait(TIMEOUT) for process in started] == [0] * size, started[0].err
    finally:
        for process in started:
            process.kill()
    return [json.loads((folder / f"{rank}.json").read_text(encoding="utf-8")) for rank in range(size)]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The results of one process."""
    return run(tmp_path_factory.mktemp("alone") / "out", 1)[0]


@pytest.mark.parametrize("size", [2, 3])
def test_several_processes_are_one(alone, tmp_path, size):
    """Same numbers on every rank, from unequal and empty shares; one rank's failure is everyone's.

    To 1e-9 of the value from the same features; to 1e-6 through a network, with sFID, and where an image is left out.
    """
    for found in run(tmp_path / "out", size):
        for kind in ("all", "few"):
            assert found[kind].keys() == alone[kind].keys()
            for name, numbers in alone[kind].items():
                same = [n if n is None else pytest.approx(n, rel=1e-9, abs=1e-9 * abs(numbers[0])) for n in numbers]
                assert found[kind][name] == same, name
        for kind in ("network", "skipped", "several"):
            assert found[kind].keys() == alone[kind].keys()
            for name, numbers in alone[kind].items():
                # Roundings of what cancels are of the size of what it came from.
                same = [n if n is None else pytest.approx(n, rel=1e-6, abs=1e-6 * abs(numbers[0])) for n in numbers]
                assert found[kind][name] == same, name
        assert found["contents"] == alone["contents"]
        assert found["loop"] == pytest.approx(alone["loop"], rel=1e-9)
        for name, numbers in alone["commands"].items():
            assert found["commands"][name] == pytest.approx(numbers, rel=1e-9, abs=1e-9), name
        assert found["extractor"].startswith("ValueError: the extractor failed here")
        assert found["damaged"].startswith("InputError: 1 of 9 images of ")
        assert found["another"].startswith("InputError: all processes need to make one call; got evaluate of fid")
        assert found.get("apart", alone["apart"]) == alone["apart"]
        if "kept" in found:  # by the first process, from what all of them extracted
            for name, numbers in alone["apart"].items():
                same = [n if n is None else pytest.approx(n, rel=1e-9, abs=1e-9 * abs(numbers[0])) for n in numbers]
                assert found["kept"][name] == same, name
