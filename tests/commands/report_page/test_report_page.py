"""`report_page`: what stands on the page, for each kind of side."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from ganmetrics import InputError, Reference, evaluate, report_page
from ganmetrics.testing import ChannelMeans, random_images, write_images

HOSTILE = "<img src=x onerror=alert(1)>.png"
ORDER = [
    "Verdict", "Warnings", "Scores", "Number of images", "Samples", "Best and worst images", "Copies and duplicates",
    "Where they differ", "For a paper", "Provenance",
]  # fmt: skip
HOW = {"extractor": ChannelMeans(), "workers": 0}


def titles(html):
    """The headings of the sections."""
    return re.findall(r"<h2[^>]*>([^<]*)</h2>", html)


def data(html):
    """The JSON in the page."""
    return json.loads(html.split('id="data">')[1].split("</script>")[0])


@pytest.fixture(scope="module")
def page():
    """A page about 120 real and 100 brighter images."""
    return report_page(random_images(120, seed=1), random_images(100, seed=2) // 2 + 100, **HOW)


@pytest.mark.slow
def test_sections_stand_in_order(page):
    """What a reader needs first comes first."""
    assert titles(page.to_html()) == ORDER


@pytest.mark.slow
def test_scores_are_those_of_evaluate(page):
    """To the last bit, from the same pass."""
    names = ("fid", "kid", "precision", "recall", "density", "coverage", "authenticity")
    report = evaluate(
        random_images(120, seed=1), random_images(100, seed=2) // 2 + 100, metrics=names, floor=True, **HOW
    )
    assert data(page.to_html())["generators"]["fake"]["scores"] == json.loads(report.to_json())["scores"]


@pytest.mark.slow
def test_every_image_passes_the_network_once(monkeypatch):
    """Whatever the page shows of it."""
    seen = []
    before = ChannelMeans.__call__

    def counting(self, batch, device):
        seen.append(len(batch))
        return before(self, batch, device)

    monkeypatch.setattr(ChannelMeans, "__call__", counting)
    report_page(random_images(40, seed=1), random_images(36, seed=2), **HOW)
    assert sum(seen) == 76


@pytest.mark.slow
def test_names_of_files_are_text(tmp_path):
    """A file, a folder and a class that are called as markup stay names."""
    for side, seed in (("real", 1), ("fake", 2)):
        for name in (HOSTILE[:-4], "b&b"):
            write_images(tmp_path / side / name, 12, seed=seed)
        Image.fromarray(np.full((8, 8, 3), 80 * seed, np.uint8)).save(tmp_path / side / "b&b" / HOSTILE)
    html = report_page(tmp_path / "real", {HOSTILE: tmp_path / "fake"}, **HOW).to_html()
    assert "<img src=x" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "Distance by class" in html


@pytest.mark.slow
def test_several_generators_stand_side_by_side():
    """With what is beyond chance; the best one is named first."""
    several = {"near": random_images(60, seed=2), "far": random_images(60, seed=3) // 2}
    found = report_page(random_images(60, seed=1), several, metrics=("fid", "precision"), **HOW)
    html = found.to_html()
    assert "near lies closest to the real images" in html
    assert "better beyond chance than far" in html
    assert list(data(html)["generators"]) == ["near", "far"]
    assert titles(html) == ORDER


@pytest.mark.slow
def test_statistics_give_what_they_can(tmp_path):
    """No pictures of what is not there, and the page says so."""
    path = tmp_path / "real.npz"
    Reference.from_images(random_images(40, seed=1), **HOW).save(path)
    html = report_page(path, random_images(80, seed=2), **HOW).to_html()
    assert titles(html) == ORDER
    assert "statistics stand for" in html
    assert "Spectra" in html


@pytest.mark.slow
def test_few_images_are_a_page_too():
    """Where nothing can be corrected, that is said."""
    html = report_page(random_images(8, seed=1), random_images(8, seed=2), **HOW).to_html()
    assert titles(html) == ORDER
    assert "depends on how many images" in html


@pytest.mark.slow
def test_the_scale_where_it_is_asked():
    """Real images against disturbed ones of their kind."""
    images = random_images(40, seed=1, size=16)
    html = report_page(images, images // 2 + 60, sanity_scale=True, metrics=("fid",), **HOW).to_html()
    assert "On the scale of disturbances" in titles(html)
    assert "--sanity-scale" in html


@pytest.mark.slow
def test_without_intervals_there_are_only_plain_numbers():
    """And nothing else is computed."""
    html = report_page(
        random_images(80, seed=1), random_images(80, seed=2), interval=False, metrics=("fid",), **HOW
    ).to_html()
    assert "95 % band" not in html
    assert "--no-interval" in html


def test_wrong_arguments_are_refused():
    """Before an image is read."""
    with pytest.raises(InputError, match="there is none"):
        report_page(random_images(8), {}, **HOW)
    with pytest.raises(InputError, match="one generator"):
        several = {"a": random_images(8, seed=1), "b": random_images(8, seed=2)}
        report_page(random_images(8), several, fake_labels=["a"] * 8, **HOW)


@pytest.mark.slow
def test_equal_runs_give_equal_pages():
    """Every choice has its seed."""
    first, second = (
        report_page(random_images(40, seed=1), random_images(40, seed=2), **HOW).to_html() for _ in range(2)
    )
    assert first == second
