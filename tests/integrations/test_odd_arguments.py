"""What callbacks and logs are given is refused as they are made, in one line, and not hours later."""

import numpy as np
import pytest
import torch
from torch import nn

from ganmetrics import Evaluator, Report
from ganmetrics.errors import InputError, StorageError
from ganmetrics.integrations.accelerate import score_and_log
from ganmetrics.integrations.diffusers import pipeline_images
from ganmetrics.integrations.ignite import ScoreHandler
from ganmetrics.integrations.lightning import FidCallback
from ganmetrics.integrations.loggers import CsvLog, MlflowLog, TensorBoardLog, WandbLog, series_of
from ganmetrics.integrations.loop import averaged, evaluating, random_numbers_of, score_generator
from ganmetrics.testing import ChannelMeans, random_images

EVALUATOR = Evaluator(random_images(20), extractor=ChannelMeans(), workers=0, device="cpu")
NETWORK = nn.Linear(2, 3)


class Run:
    """What a run of W&B has."""

    log = log_artifact = print


def images(count, rng):
    """Of noise."""
    return torch.rand(count, 3, 4, 4, generator=rng)


ODD = [
    ({"count": None}, "count must be a whole number; got None"),
    ({"count": 0}, "count must be at least 1; got 0"),
    ({"batch_size": 2.5}, r"batch_size must be a whole number; got 2\.5"),
    ({"seed": -1}, "seed must be at least 0; got -1"),
    ({"generate": 3}, "generate must be a function; got int"),
    ({"evaluator": "x"}, "evaluator must be"),
]


@pytest.mark.parametrize(("given", "message"), ODD)
def test_what_is_no_request_is_refused_everywhere(given, message):
    """Alike, by each of the loops."""
    right = {"evaluator": EVALUATOR, "generate": images, "count": 20} | given
    with pytest.raises(InputError, match=message):
        score_generator(**right)
    with pytest.raises(InputError, match=message):
        FidCallback(**right)
    with pytest.raises(InputError, match=message):
        ScoreHandler(network=NETWORK, **right)


@pytest.mark.parametrize("given", [{"prefix": 3}, {"logs": [3]}, {"logs": None}, {"average": 3}, {"network": 3}])
def test_callbacks_refuse_odd_options(given):
    with pytest.raises(InputError, match=f"^{next(iter(given))} must be"):
        FidCallback(EVALUATOR, images, count=20, **given)
    with pytest.raises(InputError, match=f"^{next(iter(given))} must be"):
        ScoreHandler(**{"evaluator": EVALUATOR, "network": NETWORK, "generate": images, "count": 20} | given)


def test_callbacks_refuse_odd_moments():
    with pytest.raises(InputError, match="every_n_epochs must be a whole number; got None"):
        FidCallback(EVALUATOR, images, count=20, every_n_epochs=None)
    handler = ScoreHandler(EVALUATOR, NETWORK, images, count=20)
    with pytest.raises(InputError, match="engine must be an ignite engine; got int"):
        handler.attach(3)


def test_an_evaluator_that_is_made_late_is_looked_at_then():
    callback = FidCallback(lambda: 3, images, count=20)
    with pytest.raises(InputError, match="evaluator must be an Evaluator, or a function that makes one; got int"):
        callback.score(None, NETWORK)


@pytest.mark.parametrize(
    ("average", "message"),
    [
        (3, "an average must be a module, a state dict, or .*; got int"),
        ({}, "weights of the network's names"),
        ({"weight": 3}, "an average's weight must be a tensor; got int"),
        ({"weight": torch.zeros(2)}, r"an average's weight must be \[3, 2\]; got \[2\]"),
    ],
)
def test_an_average_that_does_not_fit_changes_nothing(average, message):
    before = NETWORK.weight.detach().clone()
    with pytest.raises(InputError, match=message), averaged(NETWORK, average):
        pass
    assert torch.equal(NETWORK.weight, before)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_an_average_of_several_shapes_is_refused():
    nested = torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)])
    with (
        pytest.raises(InputError, match="must be a dense tensor; got a nested tensor"),
        averaged(NETWORK, {"weight": nested}),
    ):
        pass


def test_networks_and_seeds_are_looked_at():
    with pytest.raises(InputError, match="a network must be a torch module; got str"), evaluating("x"):
        pass
    with pytest.raises(InputError, match="seed must be a whole number; got 'x'"), random_numbers_of("x"):
        pass


@pytest.mark.parametrize("answer", [torch.tensor(1.0), torch.zeros(2, 3, 4, 4), None])
def test_a_batch_of_another_number_is_refused(answer):
    with pytest.raises(InputError, match="a generator must return"):
        score_generator(EVALUATOR, lambda _count, _rng: answer, count=5)


@pytest.mark.parametrize(
    ("prompts", "came"), [("a cat", "'a cat'"), (b"x", "b'x'"), (3, "3"), ([3], r"\[3\]"), ([], "an empty one")]
)
def test_prompts_are_a_list_of_texts(prompts, came):
    """One text would be drawn from letter by letter."""
    with pytest.raises(InputError, match=f"prompts must be a list of texts, .*; got {came}$"):
        pipeline_images(print, prompts=prompts)


@pytest.mark.parametrize("given", [torch.zeros(5, 4, 4, 3, device="meta"), object(), np.zeros((5, 4, 4, 3), "M8[s]")])
def test_a_pipeline_that_gives_no_images_is_refused(given):
    answer = type("Answer", (), {"images": given})
    generate = pipeline_images(lambda **_: answer)
    with pytest.raises(InputError, match="a pipeline must give float images"):
        score_generator(EVALUATOR, generate, count=5)


def test_what_is_no_accelerator_is_refused():
    with pytest.raises(InputError, match="accelerator must have the methods unwrap_model, log; got int"):
        score_and_log(3, EVALUATOR, NETWORK, images, count=20, step=0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CsvLog(3), "a path must be text or a path; got int"),
        (lambda: CsvLog("a\0b"), "a path must be one that a file can have"),
        (lambda: TensorBoardLog(3), "writer must have the methods add_scalar, add_text, flush; got int"),
        (lambda: series_of(Report({}), prefix="\ud800"), "prefix must be text that a log can hold"),
        (lambda: WandbLog(Run(), artifact="a b"), "artifact must be 1 to 128 letters, .*; got 'a b'"),
        (lambda: WandbLog(Run(), artifact="x" * 129), "artifact must be 1 to 128 letters"),
        (lambda: WandbLog(3), "run must have the methods log, log_artifact; got int"),
        (lambda: MlflowLog(3, "x"), "client must have the methods log_metric, log_text; got int"),
        (lambda: series_of(3), "report must be a report; got int"),
        (lambda: series_of(Report({}), prefix=3), "prefix must be text that a log can hold; got 3"),
    ],
)
def test_logs_refuse_what_they_cannot_write_to(make, message):
    with pytest.raises(InputError, match=message):
        make()


@pytest.mark.parametrize("name", ["", "/dev/null", "file/x.csv"])
def test_a_log_that_cannot_be_written_is_one_line(tmp_path, name):
    """A folder, a device, a file where a folder is needed."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"^\S+ cannot be written: (?!.*cannot be written:)"):
        CsvLog(tmp_path / name).log(Report({}), 0)
    with pytest.raises(StorageError, match="file cannot be written"):
        TensorBoardLog(tmp_path / "file")


def test_a_log_of_other_columns_keeps_them(tmp_path):
    """Also of one line that does not end."""
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff" * 5000)
    with pytest.raises(InputError, match="has other columns"):
        CsvLog(path).log(Report({}), 0)
    assert path.stat().st_size == 5000
    with pytest.raises(InputError, match="step must be at least 0; got -1"):
        CsvLog(tmp_path / "new.csv").log(Report({}), -1)


def test_more_arguments_of_a_pipeline_have_names():
    with pytest.raises(InputError, match="call must have names as keys; got {3: 4}"):
        pipeline_images(print, call={3: 4})
