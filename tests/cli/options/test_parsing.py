"""What options accept: one text each, and a line that says what would do."""

import click
import pytest

from ganmetrics.cli.options.parsing import (
    SOURCE,
    check_confidence,
    complete_extractor,
    parse_extractor_option,
    parse_frames_option,
    parse_memory,
)

CONTEXT, PARAMETER = click.Context(click.Command("fid")), click.Option(["--option"])


def given(parse, value):
    return parse(CONTEXT, PARAMETER, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2GB", 2 * 10**9), ("500mb", 5 * 10**8), ("1.5 K", 1500), ("100000", 100000), ("3T", 3 * 10**12)],
)
def test_bytes_are_read(text, expected):
    """With or without a unit, in any case."""
    assert given(parse_memory, text) == expected


@pytest.mark.parametrize("text", ["", "GB", "-1", "1e9", "2 GiB x", "9" * 16])
def test_what_are_no_bytes(text):
    """Is wrong usage."""
    with pytest.raises(click.BadParameter, match="no number of bytes"):
        given(parse_memory, text)


@pytest.mark.parametrize(("text", "expected"), [("first", "first"), ("all", "all"), ("3", 3), ("007", 7)])
def test_frames_are_words_or_a_number(text, expected):
    """From one on."""
    assert given(parse_frames_option, text) == expected


@pytest.mark.parametrize("text", ["0", "-1", "some", "1.5", "²", ""])
def test_what_are_no_frames(text):
    """Is wrong usage."""
    with pytest.raises(click.BadParameter, match="not first, all or a positive number"):
        given(parse_frames_option, text)


def test_extractors_are_known_by_name():
    """Ours and timm's; the empty timm name is none."""
    for name in ("inception-v3", "efficientnet-lite0", "timm:resnet18", None):
        assert given(parse_extractor_option, name) == name
    for name in ("resnet18", "timm:", ""):
        with pytest.raises(click.BadParameter, match="is not one of"):
            given(parse_extractor_option, name)
    assert "efficientnet-lite0" in complete_extractor(CONTEXT, PARAMETER, "eff")
    assert complete_extractor(CONTEXT, PARAMETER, "nothing") == []


def test_probabilities_lie_between_0_and_1():
    """The ends are none."""
    assert given(check_confidence, 0.9) == 0.9
    for value in (0.0, 1.0, float("nan")):
        with pytest.raises(click.BadParameter, match="between 0 and 1"):
            given(check_confidence, value)


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_paths_that_no_shell_can_pass(name):
    """Are wrong usage, not a traceback."""
    with pytest.raises(click.BadParameter, match="a path cannot hold"):
        SOURCE.convert(name, PARAMETER, CONTEXT)
