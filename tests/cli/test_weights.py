"""`ganmetrics weights`: what is known, what is here, and what is missing."""

import json

from ganmetrics.features.weights import list_weights


def test_every_published_file_is_listed(run):
    """In text and JSON, with digest or the word that there is none."""
    listed = json.loads(run("weights", "list", "--json").out)["weights"]
    assert [one["extractor"] for one in listed] == [one.extractor for one in list_weights()]
    text = run("weights", "list").out
    assert all(one["name"] in text for one in listed)
    assert all((one["sha256"] or "not published") in text for one in listed)


def test_missing_weights_are_told_with_their_place(run):
    """Name, size, digest and path, status 1."""
    found = run("weights", "verify")
    assert found.status == 1
    status = next(one for one in list_weights() if one.extractor == "inception-v3")
    assert status.name in found.err
    assert str(status.path) in found.err
    assert "missing" in found.err


def test_an_unknown_extractor_is_told(run):
    """With those that have weights."""
    found = run("weights", "fetch", "resnet")
    assert found.status != 0
    assert "inception-v3" in found.err
