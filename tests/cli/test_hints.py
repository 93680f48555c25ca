"""A wrong word is answered with the one that was meant, or with none: never with what only looks so."""

import string

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.cli import command
from ganmetrics.cli.hints import OneOf, meant, nearest, unknown_option
from ganmetrics.protocols import PROTOCOLS
from tests.cli.test_help import ALL

LEAVES = {path: found for path, found in ALL.items() if not isinstance(found, click.Group)}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("fid", "--cache-features"), "fid has no option --cache-features; it is one of evaluate, report, compare and"),
        (("fid", "--out"), "fid has no option --out; it is one of report, influence, sanity and others."),
        (("fid", "--metric"), "did you mean --metrics of evaluate,"),
        (("fid", "--batchsize"), "did you mean --batch-size?"),
        (("fid", "--num-workers"), "did you mean --workers?"),
        (("report", "--output"), "did you mean --out?"),
        (("--extractor",), "has no option --extractor; it is one of fid,"),
        (("evaluate", "--per-class"), "evaluate has no option --per-class.\n"),
        (("fid", "--zzz"), "fid has no option --zzz.\n"),
        (("fid", "-z"), "fid has no option -z.\n"),
        (("evalute",), "No such command 'evalute'; did you mean evaluate?"),
        (("reference", "biuld"), "No such command 'biuld'; did you mean build?"),
        (("zzz",), "No such command 'zzz'.\n"),
        (("fid", "a", "b", "--protocol", "cleanfid"), "did you mean clean-fid?"),
        (("fid", "a", "b", "--protocol", "StyleGAN2"), "did you mean stylegan?"),
        (("fid", "a", "b", "--protocol", "inception"), "'native'.\n"),
    ],
)
def test_what_is_answered(run, words, told):
    """The command that has the option, the near name, or nothing."""
    found = run(*words)
    assert found.status == 2
    assert told in found.err


def test_a_folder_where_a_command_is_needed(run, tmp_path):
    """As other libraries are called."""
    found = run(str(tmp_path), str(tmp_path))
    assert found.status == 2
    assert "to score two folders: " in found.err
    assert "fid REAL FAKE" in found.err


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_an_option_of_another_command_is_never_answered_with_a_near_name(path):
    """Whichever command has it is named."""
    root = click.Context(command, info_name="ganmetrics")
    context = click.Context(LEAVES[path], parent=root, info_name=path[-1])
    every = {name for found in LEAVES.values() for option in found.params for name in option.opts}
    own = {name for option in LEAVES[path].params for name in option.opts}
    for name in sorted(name for name in every - own if name.startswith("--")):
        assert f"has no option {name}; it is one of " in unknown_option(name, context).message


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_without_its_dashes(name):
    """In capitals, too."""
    assert nearest(name.replace("-", "").upper(), PROTOCOLS) == name


@given(st.text(string.ascii_lowercase + "-"), st.lists(st.text(string.ascii_lowercase, min_size=1), max_size=5))
def test_what_is_near(word, known):
    """One of the names, and the word itself where it is one."""
    near = nearest(word, known)
    assert near is None or near in known
    if word in known:
        assert sorted(near) == sorted(word)
    assert meant(word, known) == ("." if near is None else f"; did you mean {near}?")


def test_a_choice_says_what_is_near():
    """Beside all that there are."""
    with pytest.raises(click.BadParameter, match=r"'whit' is not one of 'white', 'black'; did you mean white\?$"):
        OneOf(["white", "black"]).convert("whit", None, None)
    assert OneOf(["white", "black"]).convert("white", None, None) == "white"


def test_every_choice_of_many_words_is_one_of_these():
    """So that no option is forgotten."""
    for found in ALL.values():
        for option in found.params:
            if isinstance(option.type, click.Choice):
                assert isinstance(option.type, OneOf), (found.name, option.name)
