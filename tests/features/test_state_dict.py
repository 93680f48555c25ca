"""Tests of `ganmetrics.features.state_dict`."""

import hashlib
import os
import pickle
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ganmetrics.errors import WeightsError
from ganmetrics.features.state_dict import file_sha256, read_state_dict, select_tensors, state_sha256

STATE = OrderedDict(weight=torch.arange(6.0).view(2, 3), bias=torch.ones(2))


def saved(path, value, *, zipped=True):
    """Save a value, and return its path."""
    torch.save(value, path, _use_new_zipfile_serialization=zipped)
    return path


@pytest.mark.parametrize("zipped", [False, True])
def test_both_formats_of_torch_are_read(tmp_path, zipped):
    """Files of torch before and after 1.6 give the tensors that were saved."""
    state = read_state_dict(saved(tmp_path / "weights.pth", STATE, zipped=zipped))
    assert all(torch.equal(state[name], value) for name, value in STATE.items())


class Payload:
    """Pickles into a call."""

    def __reduce__(self):
        return print, ("unpickled",)


def test_code_in_a_file_is_not_run(tmp_path, capsys):
    """A pickle that would call a function is refused, and the function is not called."""
    path = tmp_path / "evil.pth"
    torch.save({"weight": Payload()}, path)
    with pytest.raises(WeightsError, match=r"state dict saved by torch\.save; .*evil\.pth"):
        read_state_dict(path)
    path.write_bytes(pickle.dumps(Payload()))
    with pytest.raises(WeightsError, match=r"state dict saved by torch\.save; .*evil\.pth"):
        read_state_dict(path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (torch.zeros(3), "a state dict; .* holds a Tensor"),
        ([torch.zeros(3)], "a state dict; .* holds a list"),
        ({"state_dict": dict(STATE)}, "of tensors; .* holds a dict at 'state_dict'"),
        ({1: torch.zeros(3)}, "of tensors; .* holds a Tensor at 1"),
    ],
)
def test_other_contents_are_refused(tmp_path, value, message):
    """What is not a mapping of names to tensors is refused, and the message tells what it is."""
    with pytest.raises(WeightsError, match=message):
        read_state_dict(saved(tmp_path / "weights.pth", value))


@given(content=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_give_one_line(tmp_path, content):
    """Whatever a file holds, the answer is one line that names it."""
    path = tmp_path / "noise.pth"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="noise") as caught:
        read_state_dict(path)
    assert "\n" not in str(caught.value)


def test_a_truncated_file_gives_one_line(tmp_path):
    """A file cut anywhere is refused."""
    path = saved(tmp_path / "weights.pth", STATE)
    content = path.read_bytes()
    for length in (0, 10, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(WeightsError, match="weights must be a state dict saved by"):
            read_state_dict(path)


def test_digest_of_a_file(tmp_path):
    """The digest is SHA-256; a file that is not there is told in one line."""
    path = tmp_path / "weights.pth"
    path.write_bytes(b"abc")
    assert file_sha256(path) == hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(WeightsError, match=r"readable file; .*absent.pth: No such file or directory$"):
        file_sha256(tmp_path / "absent.pth")
    with pytest.raises(WeightsError, match="Is a directory$"):
        file_sha256(tmp_path)


def test_digest_of_a_state(tmp_path):
    """It does not depend on file format, order or memory layout, and does on every name, type, shape and value."""
    digest = state_sha256(dict(STATE))
    again = read_state_dict(saved(tmp_path / "old.pth", STATE, zipped=False))
    assert state_sha256(dict(reversed(again.items()))) == digest
    assert state_sha256({**STATE, "weight": STATE["weight"].T.contiguous().T}) == digest
    others = [
        {**STATE, "bias": STATE["bias"] + 1},
        {**STATE, "weight": STATE["weight"].view(3, 2)},
        {**STATE, "bias": STATE["bias"].double()},
        {"weights": STATE["weight"], "bias": STATE["bias"]},
        {"weight": STATE["weight"]},
        {**STATE, "count": torch.tensor(0)},
    ]
    assert len({digest, *map(state_sha256, others)}) == len(others) + 1


def test_only_what_is_called_for_is_selected(tmp_path):
    """Ignored tensors are left out; any other surplus is an error that names it."""
    shapes = {"weight": (2, 3)}
    assert select_tensors(dict(STATE), shapes, ignored=("bias",), path=tmp_path).keys() == {"weight"}
    with pytest.raises(WeightsError, match="hold bias, which the network does not have"):
        select_tensors(dict(STATE), shapes, ignored=("classifier.",), path=tmp_path)
    with pytest.raises(WeightsError, match="hold bias, which the network does not have"):
        select_tensors(dict(STATE), shapes, ignored=(), path=tmp_path)


@pytest.mark.parametrize("zipped", [True, False])
def test_the_digest_is_that_of_what_is_loaded(tmp_path, zipped):
    """A file that is exchanged after its digest was taken is refused."""
    path = saved(tmp_path / "weights.pth", STATE, zipped=zipped)
    digest = file_sha256(path)
    assert read_state_dict(path, sha256=digest).keys() == STATE.keys()
    saved(path, {"other": torch.zeros(1)}, zipped=zipped)
    with pytest.raises(WeightsError, match="has changed since it was chosen"):
        read_state_dict(path, sha256=digest)


def test_what_may_never_end_is_no_file_of_weights(tmp_path):
    """A device, also behind a link, and a pipe that nobody writes to: at once."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in (Path("/dev/zero"), tmp_path / "link", tmp_path / "pipe"):
        with pytest.raises(WeightsError, match=r"^weights must be a regular file; .* is none$"):
            file_sha256(path)
        with pytest.raises(WeightsError, match=r"^weights must be a regular file; .* is none$"):
            read_state_dict(path)
