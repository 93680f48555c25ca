"""Every report meets the published schema, and what is none does not."""

import copy
import json

import jsonschema
import pytest
import torch

from ganmetrics import evaluate, reconstruct, report_schema
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.report.schema import FORMAT
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
LABELS = {"real_labels": ["cat", "dog"] * 30, "fake_labels": ["cat", "dog"] * 25}
REAL, FAKE, TEST = random_images(60, seed=1), random_images(50, seed=2), random_images(40, seed=3)


@pytest.fixture(scope="module")
def validator():
    """The schema is one itself."""
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


LARGE = random_images(20, size=16)


@pytest.fixture(scope="module")
def content():
    """A report of every metric that other networks have; Vendi cannot be scored: a black image has no direction."""
    names = tuple(name for name in METRICS if name not in ("sfid", "cmmd"))  # of Inception and of CLIP alone
    fake = torch.cat([FAKE[:-1], torch.zeros_like(FAKE[:1])])
    report = evaluate(
        REAL, fake, metrics=names, floor=True, test=TEST, bandwidth=40.0, wavelet_level=2, **LABELS, **FREE
    )
    assert "vendi_channel-means" in report.refusals
    return json.loads(report.to_json())


@pytest.mark.slow
def test_real_reports_are_valid(validator, content):
    """Of every metric, of a stored side, of copies, of pairs, of images without intervals."""
    assert content["format"] == FORMAT
    validator.validate(content)
    copies = evaluate(REAL, REAL.clone(), metrics=("fid", "mifid", "authenticity"), **FREE)
    pairs = reconstruct(LARGE, LARGE, metrics=("fid",), **FREE).report
    bare = evaluate(REAL, FAKE, metrics=("fid", "is"), interval=False, splits=1, **FREE)
    for report in (copies, pairs, bare):
        validator.validate(json.loads(report.to_json()))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: whole.pop("format"),
        lambda whole: whole.update(format="ganmetrics-report/2"),
        lambda whole: whole.pop("provenance"),
        lambda whole: whole["scores"][0].pop("lower_is_better"),
        lambda whole: whole["scores"][0].update(value="12"),
        lambda whole: whole["scores"][0].update(low=None),
        lambda whole: whole["scores"][0].update(real_count=-1),
        lambda whole: whole["provenance"]["real"].update(contents=["digest"]),
        lambda whole: whole["tables"].update(classes={"cat": 1}),
    ],
)
def test_what_is_no_report_is_not_valid(validator, content, spoil):
    """A control: the schema refuses something."""
    whole = copy.deepcopy(content)
    spoil(whole)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(whole)
