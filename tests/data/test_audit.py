"""An audit merges like a sum, and is told in one line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.data.audit import Audit, BadFile

counts = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(1, 9))
sizes = st.dictionaries(st.tuples(st.integers(1, 9), st.integers(1, 9)), st.integers(1, 9))
bad = st.lists(st.tuples(st.integers(0, 99), st.text(max_size=5), st.text(max_size=5)), max_size=3)
parts = st.tuples(counts, counts, sizes, counts, st.integers(0, 9), bad)


def audit_of(part):
    """Return the audit with the given fields."""
    *counted, files = part
    return Audit(*counted, tuple(BadFile(*file) for file in files))


@pytest.mark.slow
@given(parts, parts, parts)
def test_merging_is_associative_with_a_neutral_element(one, two, three):
    """However a set is split, its audit is the same; an empty part changes nothing."""
    a, b, c = map(audit_of, (one, two, three))
    assert a.merge(b).merge(c) == a.merge(b.merge(c)) == Audit.total([a, b, c])
    assert a.merge(Audit()) == a == Audit().merge(a)
    assert a.merge(b).count == a.count + b.count


@pytest.mark.slow
@given(parts)
def test_json_gives_it_back(part):
    """An audit survives JSON."""
    found = audit_of(part)
    assert Audit.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_one_line():
    """The line has the number of images, formats, size, treatments, unreadable and other files."""
    found = Audit(
        formats={"JPEG": 2, "PNG": 1998},
        modes={"RGB": 2000},
        sizes={(32, 32): 2000},
        oddities={"alpha composited on white": 3},
        bad=(BadFile(1, "a", "truncated"), BadFile(7, "b", "empty file")),
    )
    assert found.line() == (
        "2,000 images (1,998 PNG, 2 JPEG), 32x32 pixels; alpha composited on white in 3; 2 that cannot be read left out"
    )
    assert found.skipped == {1, 7}
    assert (
        Audit({"PNG": 1}, {}, {(8, 6): 1}, {}, 1).line()
        == "1 image, PNG, 8x6 pixels; 1 file that is no image passed over"
    )


def test_sizes():
    """A few sizes are listed with their counts, many are summed up."""
    few = Audit({"PNG": 5}, sizes={(8, 6): 1, (32, 32): 4})
    assert few.line() == "5 images, PNG, 4 of 32x32 pixels, 1 of 8x6"
    many = Audit({"PNG": 4}, sizes={(8, 60): 1, (9, 50): 1, (32, 32): 1, (10, 70): 1})
    assert many.line() == "4 images, PNG, 4 sizes, 8 to 32 pixels wide, 32 to 70 high"
