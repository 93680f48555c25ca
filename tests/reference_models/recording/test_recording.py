"""Pictures, curves and TensorBoard."""

import contextlib
import os
import sys
import types

import pytest
import torch
from PIL import Image

from reference_models.errors import CheckpointError, ConfigError
from reference_models.recording import plots, records
from reference_models.recording.grids import evolution, grid, read_grid, sample_path, write_image
from reference_models.recording.records import EVENTS, RECORD_COLUMNS, SCORES, Moment, Records, read_events, read_scores
from reference_models.recording.tensorboard import TAGS, TensorBoard
from tests.reference_models.odd_files import ODD_FILES

MOMENT = Moment(epoch=1, step=4, images_seen=32, wall_seconds=2.0, cpu_seconds=1.0, scoring_seconds=0.5)


@pytest.fixture
def recorded(tmp_path):
    """A folder with two scores, losses of three moments and two grids."""
    written = Records(tmp_path)
    written.begin()
    for epoch, value in ((0, 9.0), (2, 4.0)):
        row = dict.fromkeys(RECORD_COLUMNS) | {
            "epoch": epoch,
            "step": epoch * 4,
            "images_seen": 0,
            "metric": "fd_x",
            "value": value,
            "low": value - 1,
            "high": value + 1,
            "count": 40,
            "real_count": 50,
            "seed": 0,
            "wall_seconds": epoch * 2.0,
            "scoring_seconds": 0.5,
            "cpu_seconds": 1.0,
        }
        written.add_scores([row])
        images = torch.full((64, 3, 8, 8), 40 * epoch + 10, dtype=torch.uint8)
        write_image(sample_path(tmp_path, epoch), grid(images))
    for step in (2, 4, 8):
        moment = Moment(step // 4, step, step * 8, 1.0, 1.0, 0.0)
        losses = {
            "loss/D": 1.0,
            "loss/D_real": 0.4,
            "loss/D_fake": 0.6,
            "loss/G": float(step),
            "lr/G": 0.1,
            "lr/D": 0.2,
        }
        written.add("losses", moment, losses)
    return tmp_path


@pytest.mark.slow
def test_curves_and_evolution(recorded):
    """P1, P2, P4, P5: distance, losses and rates as PNG, and a row of the same noise for each epoch."""
    plots.draw_all(recorded, size=8, said=print)
    names = sorted(path.name for path in (recorded / "plots").iterdir())
    assert names == ["evolution.png", "fid.png", "learning_rates.png", "losses.png"]
    for name in names:
        with Image.open(recorded / "plots" / name) as image:
            assert min(image.size) > 10
    rows = evolution(recorded, size=8)
    assert rows.height == 2 * 10 + 2
    assert [rows.getpixel((80, y))[0] for y in (5, 15)] == [10, 90]


def test_curves_say_what_their_axes_are(recorded, monkeypatch):
    """Both networks in their colours, epochs below, and the distance with its number of images in the title."""
    figures = []
    real = plots.new_figure

    @contextlib.contextmanager
    def kept(path, size):
        with real(path, size) as figure:
            figures.append(figure)
            yield figure

    monkeypatch.setattr(plots, "new_figure", kept)
    plots.draw_all(recorded, size=8, said=print)
    by_epoch, by_time = figures[0].axes
    assert (by_epoch.get_xlabel(), by_epoch.get_ylabel()) == ("epoch", "fd_x (lower is better)")
    assert by_epoch.get_title() == "fd_x, 40 images; last 4"
    assert by_epoch.lines[0].get_xydata().tolist() == [[0, 9], [2, 4]]
    assert by_time.lines[0].get_xydata().tolist() == [[-0.5, 9], [3.5, 4]]
    (losses,) = figures[1].axes
    lines = {line.get_label(): line for line in losses.lines}
    assert lines["generator"].get_color() == "tab:blue"
    assert lines["discriminator"].get_color() == "tab:orange"
    assert lines["generator"].get_xydata().tolist() == [[0.5, 2], [1, 4], [2, 8]]
    (rates,) = figures[2].axes
    assert rates.lines[1].get_ydata().tolist() == [0.2] * 3


@pytest.mark.slow
def test_two_runs_side_by_side(recorded, tmp_path):
    """P3: a panel for each run, and a number for how unstable the end was."""
    losses = [event for event in Records(recorded).events() if event["kind"] == "losses"]
    plots.draw_losses({"without schedule": losses, "with schedule": losses}, tmp_path / "both.png")
    assert (tmp_path / "both.png").exists()
    wild = [{"loss/G": float(value)} for value in (1, 1, 1, 1, 1, 1, 1, 1, 0, 8)]
    calm = [{"loss/G": float(value)} for value in (0, 9, 0, 9, 0, 9, 0, 9, 3, 3)]
    assert plots.late_unrest(wild) > plots.late_unrest(calm) == 0


@pytest.mark.parametrize(("make", "words"), ODD_FILES.values(), ids=ODD_FILES)
@pytest.mark.parametrize(("name", "read"), [(SCORES, read_scores), (EVENTS, read_events)])
def test_records_are_regular_files(tmp_path, name, read, make, words):
    """In one line that names the file, before any of it is read."""
    make(tmp_path / name)
    with pytest.raises(CheckpointError, match=rf"{name} cannot be read: {words}$"):
        read(tmp_path / name)


@pytest.mark.parametrize(("make", "words"), ODD_FILES.values(), ids=ODD_FILES)
def test_grids_are_regular_files(tmp_path, make, words):
    make(tmp_path / "epoch_0001.png")
    with pytest.raises(CheckpointError, match=rf"epoch_0001.png cannot be read as a grid of samples: .*{words}$"):
        read_grid(tmp_path / "epoch_0001.png")


def test_a_line_without_an_end_is_not_read_whole(tmp_path, monkeypatch):
    """Records that are no larger than records may be, and have one line."""
    path = tmp_path / EVENTS
    path.touch()
    os.truncate(path, 10**9)
    monkeypatch.setattr(records, "_text", None)  # what would read all of it
    with pytest.raises(CheckpointError, match=r"metrics.jsonl is damaged: line 1 has more than 1,048,576 characters$"):
        read_events(path)


def test_records_that_are_not_there_are_empty(tmp_path):
    """In a folder, and where a file is in the folder's place."""
    (tmp_path / "file").touch()
    for folder in (tmp_path, tmp_path / "file"):
        assert read_scores(folder / SCORES) == read_events(folder / EVENTS) == []


def test_without_matplotlib_the_rest_is_drawn(recorded, monkeypatch):
    """An optional package that is missing is told once, and costs only the curves."""
    said = []
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr(plots, "_told", [])
    for _ in range(2):
        plots.draw_all(recorded, size=8, said=said.append)
    assert [path.name for path in (recorded / "plots").iterdir()] == ["evolution.png"]
    assert len(said) == 1
    assert "matplotlib" in said[0]


class Writer:
    """Stands for TensorBoard's."""

    def __init__(self, folder):
        self.folder, self.scalars, self.images = folder, [], []

    def add_scalar(self, tag, value, step):
        self.scalars.append((tag, value, step))

    def add_image(self, tag, pixels, step, dataformats):
        self.images.append((tag, pixels.shape, step, dataformats))

    def flush(self):
        pass

    def close(self):
        pass


def test_tensorboard_has_the_known_tags(tmp_path, monkeypatch):
    """P2, P8: losses under the tags that the studies used, others under their own names."""
    module = types.ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = Writer
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    board = TensorBoard(tmp_path)
    board.scalars({"loss/D_fake": 1.0, "loss/D_real": 2.0, "fid": 3.0}, 7)
    board.image("Samples/fixed_noise", torch.zeros(4, 4, 3), 7)
    tags = [tag for tag, _, _ in board._writer.scalars]
    assert tags == ["Loss/fake_discriminator", "Loss/real_discriminator", "fid"]
    assert set(TAGS.values()) == {
        "Loss/discriminator", "Loss/real_discriminator", "Loss/fake_discriminator", "Loss/generator",
    }  # fmt: skip
    assert board._writer.images[0][3] == "HWC"


def test_tensorboard_is_optional(tmp_path, monkeypatch):
    """Asking for it without the package is an error of one line that says what to install."""
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ConfigError, match=r"needs the package tensorboard: pip install 'ganmetrics\[models\]'"):
        TensorBoard(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("9.0", "nine", "value of row 1 needs to be a number; it is 'nine'"),
        ("fd_x,9.0", "fd_x,", "value of row 1 needs to be a number; it is ''"),
        ("metric,", "metrics,", "it has no column metric"),
        ("2,8,", "2," + "9" * 5000 + ",", "step of row 2 needs to be a number"),
        ("2,8,", "2,-8,", "step of row 2 needs to be from 0"),
    ],
)
def test_damaged_scores_are_told_in_one_line(recorded, old, new, words):
    """Whatever stands in a cell; a row that is not whole is passed over, as a killed process leaves one."""
    path = recorded / SCORES
    path.write_text(path.read_text(encoding="utf-8").replace(old, new))
    with pytest.raises(CheckpointError, match=words):
        Records(recorded).scores()


def test_a_row_that_is_not_whole_is_passed_over(recorded):
    """Killed in the middle of a character, too."""
    whole = len(Records(recorded).scores())
    with (recorded / SCORES).open("ab") as file:
        file.write(b"4,16,\xc3")
    with (recorded / EVENTS).open("ab") as file:
        file.write(b'{"kind": "losses", "epo')
    assert len(Records(recorded).scores()) == whole
    assert len(Records(recorded).events()) == 5


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[1]", "line 6 needs to be an event with a kind"),
        ('{"kind": "losses", "epoch": 1}', "line 6 needs step, a whole number; it has None"),
        ('{"kind": "stop", "epoch": 1e300, "step": 1}', "line 6 needs epoch, a whole number"),
        ('{"kind": "losses", "epoch": 1, "step": 9, "loss/G": "low"}', "needs numbers; loss/G is 'low'"),
        ('{"kind": "losses", "epoch": 1, "step": 9, "loss/G": NaN}', "needs numbers; loss/G is nan"),
    ],
)
def test_damaged_events_are_told_in_one_line(recorded, line, words):
    with (recorded / EVENTS).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(CheckpointError, match=words):
        Records(recorded).events()


def test_a_damaged_grid_is_told_in_one_line(recorded):
    path = sample_path(recorded, 2)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(CheckpointError, match="cannot be read as a grid of samples"):
        evolution(recorded, size=8)
