"""A header with the right digest and wrong contents is refused in one line."""

import copy

import pytest

from ganmetrics import StaleStatistics
from ganmetrics.references.header import check_header
from ganmetrics.references.reference import Reference
from ganmetrics.references.store import write_statistics


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("source",), 3),
        (("contents",), "abc"),
        (("contents",), [1]),
        (("made_by",), "x"),
        (("spec",), [1]),
        (("spec", "dimension"), -1),
        (("spec", "dimension"), 1 << 70),
        (("spec", "name"), None),
        (("audit", "formats"), {"PNG": "x"}),
        (("audit", "sizes"), []),
        (("audit", "sizes"), {"8x6": 0}),
        (("audit", "sizes"), {"0x6": 3}),
        (("audit", "sizes"), {"8": 3}),
        (("audit", "bad"), [[1, 2]]),
        (("feature_layer",), None),
        (("feature_layer", "count"), [3]),
        (("feature_layer", "blocks"), 3),
        (("shard",), 3),
    ],
)
def test_each_part_must_be_of_its_kind(tmp_path, make_reference, path, value):
    header, arrays = make_reference().pack()
    header = copy.deepcopy(header)
    *above, last = path
    part = header
    for name in above:
        part = part[name]
    part[last] = value
    write_statistics(tmp_path / "x.npz", header, arrays)
    with pytest.raises(StaleStatistics) as refused:
        Reference.load(tmp_path / "x.npz")
    assert "\n" not in str(refused.value)


def test_what_is_written_passes(make_reference):
    check_header(make_reference().pack()[0])


def test_a_missing_part_is_named():
    with pytest.raises(StaleStatistics, match="needs spec; it has none"):
        check_header({})
