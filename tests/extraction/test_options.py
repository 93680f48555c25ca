"""How images become features, as one value and as keywords."""

import dataclasses
import inspect

import numpy
import pytest
import torch

import ganmetrics
from ganmetrics.errors import GanMetricsError, InputError
from ganmetrics.extraction.options import Extraction, ExtractionOptions, each_extractor
from ganmetrics.references.keywords import RunKeywords
from ganmetrics.scoring.keywords import DistanceOptions, EvaluationOptions
from ganmetrics.scoring.options import IntervalKeywords, ScoringKeywords, ScoringOptions
from ganmetrics.testing import ChannelMeans, random_images


def names(cls):
    """The fields of a dataclass."""
    return {field.name for field in dataclasses.fields(cls)}


RUN = set(RunKeywords.__annotations__)


def test_keywords_are_the_fields():
    """What can be said as a value can be said as keywords, and the other way round."""
    assert set(ExtractionOptions.__annotations__) == names(Extraction)
    assert set(ScoringKeywords.__annotations__) == names(ScoringOptions)
    assert set(EvaluationOptions.__annotations__) == names(Extraction) | names(ScoringOptions) | RUN
    assert set(DistanceOptions.__annotations__) == names(Extraction) | set(IntervalKeywords.__annotations__) | RUN


def test_types_of_keywords_are_those_of_the_fields():
    """A keyword takes what its field does."""
    fields = {field.name: field.type for field in dataclasses.fields(Extraction)}
    assert ExtractionOptions.__annotations__ == fields


FUNCTIONS = ("evaluate", "fid", "extract", "compare", "plan", "influence", "explain", "sanity")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_takes_the_value_or_its_keywords(name):
    """No function lists the options by hand."""
    parameters = inspect.signature(getattr(ganmetrics, name)).parameters
    assert parameters["how"].default is None
    assert parameters["options"].kind is inspect.Parameter.VAR_KEYWORD
    assert not names(Extraction) & set(parameters)


@pytest.mark.slow
def test_value_and_keywords_give_one_score():
    """They are two spellings."""
    sides, how = (random_images(20, seed=1), random_images(20, seed=2)), Extraction(ChannelMeans(), count=15, workers=0)
    spelled = ganmetrics.fid(*sides, extractor=ChannelMeans(), count=15, workers=0)
    assert ganmetrics.fid(*sides, how).to_json() == spelled.to_json()
    assert ganmetrics.fid(*sides, dataclasses.replace(how, count=14)).value != spelled.value


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"count": 0}, "count must be at least 1[;,] got 0"),
        ({"count": True}, "count must be a whole number; got True"),
        ({"seed": -1}, "seed must be at least 0; got -1"),
        ({"alpha": "grey"}, "alpha must be"),
        ({"protocol": "mine"}, "protocol must be one of"),
        ({"protocol": "ttur", "extractor": "efficientnet-lite0"}, "is defined for inception-v3 only"),
        ({"extractor": ChannelMeans(), "weights": "w.pth"}, "weights go with an extractor given by name"),
    ],
)
def test_a_wrong_option_is_refused_when_the_value_is_built(wrong, message):
    """Nothing has been opened by then."""
    with pytest.raises(InputError, match=message):
        Extraction(**wrong)


KINDS = {
    "count=2.5": "count must be a whole number; got 2.5",
    "workers='two'": "workers must be a whole number; got 'two'",
    "seed=None": "seed must be a whole number; got None",
    "skip_bad=1": "skip_bad must be True or False; got int",
    "offline='yes'": "offline must be True or False; got str",
    "alpha=None": "alpha must be a word; got NoneType",
    "weights=3": "weights must be the path of a file; got int",
    "device=0": "device must be a name such as cpu or cuda:0; got int",
    "count=numpy.int64(5), seed=numpy.int32(3)": "5 3 int int",
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("arguments", "told"), KINDS.items())
def test_wrong_kinds_are_refused_and_numbers_become_pythons(arguments, told):
    """Where annotations are not checked before the library sees a value."""
    try:
        how = eval(f"Extraction({arguments})", {"Extraction": Extraction, "numpy": numpy, "torch": torch})
    except GanMetricsError as error:
        assert str(error) == told
    else:
        assert f"{how.count} {how.seed} {type(how.count).__name__} {type(how.seed).__name__}" == told


def test_unknown_and_doubled_options_are_refused():
    """A typing error is told with what there is."""
    with pytest.raises(InputError, match="options must be among extractor, .*; got 'extracter'"):
        ganmetrics.fid(random_images(4), random_images(4), extracter=ChannelMeans())
    with pytest.raises(InputError, match="an Extraction holds all options; got seed beside one"):
        ganmetrics.fid(random_images(4), random_images(4), Extraction(ChannelMeans()), seed=3)


@pytest.mark.parametrize("extractors", [None, [], [None, "inception-v3"], "inception-v3"])
def test_several_extractors_are_a_sequence(extractors):
    """Of names or objects; a text is one name."""
    with pytest.raises(InputError, match="extractors must be a sequence of names or extractor objects; got"):
        each_extractor(Extraction(), extractors)


def test_one_extractor_is_one():
    """Several, which only `evaluate` takes, are told where they go."""
    with pytest.raises(InputError, match=r"extractor must be one; got 'a,b' \(evaluate takes several as extractors="):
        Extraction("a,b")
