"""Every function of features, against every kind of array that is not what it takes, or looks as if it were not."""

import math
import warnings
from functools import cache

import jaxtyping
import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import GanMetricsError, InputError, NumericsError
from ganmetrics.metrics.classes.agreement import class_agreement
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.infinity import frechet_infinity
from ganmetrics.metrics.frechet.joint import frechet_estimate
from ganmetrics.metrics.inception.estimate import inception_score_estimate
from ganmetrics.metrics.inception.score import inception_score
from ganmetrics.metrics.kernel.difference import kernel_difference
from ganmetrics.metrics.kernel.distance import kernel_distance
from ganmetrics.metrics.kernel.estimate import kernel_distance_estimate
from ganmetrics.metrics.kernel.gaussian import maximum_mean_discrepancy
from ganmetrics.metrics.neighbours.duplicates import duplicates
from ganmetrics.metrics.neighbours.estimate import precision_recall_estimate
from ganmetrics.metrics.neighbours.memorisation import memorisation_distance, mifid
from ganmetrics.metrics.neighbours.precision_recall import precision_recall
from ganmetrics.metrics.vendi import vendi_score
from tests.metrics.calls import CALLS, FAKE, OF_WHOLE_NUMBERS, REAL, numbers


@pytest.fixture(autouse=True)
def as_users_have_it():
    """Switch off the checks of types that only tests have: what is asked is what the functions refuse themselves."""
    before = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", before)


def nested(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch says that nested tensors may change
        return torch.nested.nested_tensor(list(x.reshape(len(x), -1)))


def compressed(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # and so may compressed ones
        return x.reshape(len(x), -1).to_sparse_csr()


def quantized(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch will have no quantized tensors one day
        return torch.quantize_per_tensor(x, 0.1, 0, torch.qint8)


def unaligned(x):
    """Return the same numbers at an odd address."""
    array = x.numpy()
    raw = np.empty(array.nbytes + 1, dtype=np.uint8)
    raw[1:] = np.frombuffer(array.tobytes(), dtype=np.uint8)
    return raw[1:].view(array.dtype).reshape(array.shape)


def negated(x):
    """Return a view whose numbers torch negates when they are read."""
    negative = torch.complex(torch.zeros_like(x), -x).conj().imag
    assert negative.is_neg()
    return negative


def read_only(x):
    array = x.numpy().copy()
    array.flags.writeable = False
    return array


REFUSED = {
    "none": lambda _: None,
    "text": lambda _: "features.npy",
    "number": lambda _: 3.0,
    "list": lambda x: x.tolist(),
    "dictionary": lambda x: {"features": x},
    "scalar tensor": lambda x: x.sum(),
    "three axes": lambda x: x[None, None],
    "no row": lambda x: x[:0],
    "complex": lambda x: x.to(torch.complex64),
    "complex array": lambda x: x.numpy().astype(complex),
    "objects": lambda x: x.numpy().astype(object),
    "strings": lambda x: x.numpy().astype(str),
    "dates": lambda x: (100 * x.numpy()).astype("datetime64[s]"),
    "records": lambda x: np.zeros(x.shape, dtype=[("value", "f4")]),
    "masked": lambda x: np.ma.masked_array(x.numpy(), mask=x.numpy() > x.numpy().mean()),
    "unmasked": lambda x: np.ma.masked_array(x.numpy()),
    "sparse": lambda x: x.to_sparse(),
    "compressed": compressed,
    "meta": lambda x: x.to("meta"),
    "nested": nested,
    "quantized": quantized,
    "float8": lambda x: x.to(torch.float8_e4m3fn),
    "not finite": lambda x: x.index_fill(0, torch.tensor([0]), torch.nan),
}
TAKEN = {
    "NumPy": lambda x: x.numpy(),
    "gradient": lambda x: x.clone().requires_grad_(),
    "negated": negated,
    "expanded": lambda x: x.t().contiguous().t(),
    "backwards": lambda x: x.numpy()[::-1].copy()[::-1],
    "backwards in both axes": lambda x: np.flip(np.flip(x.numpy()).copy()),
    "columns first": lambda x: np.asfortranarray(x.numpy()),
    "every second": lambda x: np.repeat(x.numpy(), 2, axis=0)[::2],
    "big endian": lambda x: x.numpy().astype(">f4"),
    "unaligned": unaligned,
    "read only": read_only,
}
WIDER = {
    "double": lambda x: x.double(),
    "longdouble": lambda x: x.numpy().astype(np.longdouble),
}
NARROWER = {
    "half": lambda x: x.half(),
    "half array": lambda x: x.numpy().astype(np.float16),
    "bfloat16": lambda x: x.bfloat16(),
}


@cache
def expected(name):
    """Return what a function gives for its own arrays."""
    return numbers(CALLS[name](*CALLS[name].arrays))


@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_array_of_features_is_refused_in_one_line(name):
    """In each place, by an error of this library that says what is needed."""
    call = CALLS[name]
    for kind, change in REFUSED.items():
        for place in range(len(call.arrays)):
            if (name, kind, place) == ("positions", "none", 2):
                continue  # without positions the bins are labels
            arrays = list(call.arrays)
            arrays[place] = change(arrays[place])
            with pytest.raises(GanMetricsError) as caught:
                call(*arrays)
            assert "\n" not in str(caught.value), kind
            assert len(str(caught.value)) < 200, kind


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_the_same_numbers_however_they_lie_in_memory(name):
    """To the last digits; the array itself is not changed."""
    call = CALLS[name]
    for kind, change in TAKEN.items():
        changed = [change(array.clone()) for array in call.arrays]
        assert numbers(call(*changed)) == pytest.approx(expected(name), rel=1e-9, abs=1e-11), kind
        for array, before in zip(changed, call.arrays, strict=True):
            after = array.detach().resolve_neg().numpy() if isinstance(array, torch.Tensor) else array
            assert np.array_equal(after, before), kind


@pytest.mark.parametrize("name", CALLS)
def test_wider_features_give_the_same(name):
    """Single precision is exact in double; sums of kernels are then formed in it."""
    call = CALLS[name]
    for kind, change in WIDER.items():
        found = numbers(call(*(change(array) for array in call.arrays)))
        assert found == pytest.approx(expected(name), rel=1e-6, abs=1e-6), kind


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_narrow_features_are_the_numbers_that_they_are(name):
    """Half precision is widened, not computed in."""
    call = CALLS[name]
    for kind, change in NARROWER.items():
        narrow = [change(array) for array in call.arrays]
        wide = [torch.as_tensor(array).float() for array in narrow]
        assert numbers(call(*narrow)) == pytest.approx(numbers(call(*wide)), rel=1e-9, abs=1e-12), kind


@pytest.mark.parametrize("name", OF_WHOLE_NUMBERS)
def test_counts_may_be_whole_numbers(name):
    """Of any width; where features are needed they are refused."""
    call = CALLS[name]
    counts = [(10 * array).abs().int() + 1 for array in call.arrays]
    as_doubles = numbers(call(*(array.double() for array in counts)))
    for kind in (torch.uint8, torch.int64):
        assert numbers(call(*(array.to(kind) for array in counts))) == as_doubles
    assert numbers(call(*(array.numpy() for array in counts))) == as_doubles


@pytest.mark.parametrize("name", sorted(set(CALLS) - set(OF_WHOLE_NUMBERS)))
def test_features_may_not_be_whole_numbers(name):
    """They would be images."""
    call = CALLS[name]
    with pytest.raises(InputError, match="must be floating point"):
        call(*(array.int() for array in call.arrays))


@pytest.mark.parametrize("name", [name for name in CALLS if [array.ndim for array in CALLS[name].arrays[:2]] == [2, 2]])
def test_a_row_that_is_not_finite_is_named_as_the_caller_numbers_it(name):
    """Also where rows are shuffled, joined or parted by class."""
    call = CALLS[name]
    for side in range(len(call.arrays)):
        arrays = [array.clone() for array in call.arrays]
        arrays[side][17, 2] = torch.inf
        with pytest.raises(NumericsError, match="features must be finite, but row 17 is not"):
            call(*arrays)


WHOLE, COUNT, FRACTION, NUMBER, WORD, SEED = "whole", "count", "fraction", "number", "word", "seed"
ODD = {
    WHOLE: (0, -1, 2.5, math.nan, "3", [3], True, REAL),
    COUNT: (-1, 2.5, math.nan, "3", [3], True, None, REAL),
    FRACTION: (0.0, 1.0, -0.5, 95, math.nan, math.inf, "0.95", [0.95], None, REAL),
    NUMBER: (-1.0, math.nan, "1", [1.0], None, REAL),
    WORD: ("unknown", "", 3, ["fid"], {"a": 1}, None, "x" * 10_000),
    SEED: (-1, 2**32, 0.5, "0", [0], None),
}
OPTIONS = [
    (lambda **options: frechet_estimate(REAL, FAKE, **options), {"confidence": FRACTION}),
    (lambda **options: frechet_infinity(REAL, FAKE, **options), {"points": WHOLE, "seed": SEED}),
    (
        lambda **options: kernel_distance(REAL, FAKE, **options),
        {"subsets": WHOLE, "subset_size": WHOLE, "degree": WHOLE, "gamma": NUMBER, "coef0": NUMBER, "memory": NUMBER}
        | {"convention": WORD},
    ),
    (lambda **options: kernel_distance_estimate(REAL, FAKE, **options), {"confidence": FRACTION, "degree": WHOLE}),
    (lambda **options: maximum_mean_discrepancy(REAL, FAKE, **options), {"bandwidth": NUMBER, "scale": NUMBER}),
    (lambda **options: kernel_difference(REAL, FAKE, FAKE + 1, **options), {"permutations": WHOLE, "seed": SEED}),
    (lambda **options: precision_recall(REAL, FAKE, **options), {"k": WHOLE, "convention": WORD, "memory": NUMBER}),
    (lambda **options: precision_recall_estimate(REAL, FAKE, **options), {"confidence": FRACTION, "convention": WORD}),
    (lambda **options: memorisation_distance(REAL, FAKE, **options), {"averaged_over": WORD, "memory": NUMBER}),
    (lambda **options: mifid(**({"fid": 1.0, "distance": 0.5} | options)), {"fid": NUMBER, "distance": NUMBER}),
    (lambda **options: duplicates(REAL, **options), {"share": NUMBER, "limit": COUNT}),
    (lambda **options: inception_score(REAL, **options), {"splits": WHOLE, "convention": WORD}),
    (lambda **options: inception_score_estimate(REAL, **({"splits": 2} | options)), {"confidence": FRACTION}),
    (lambda **options: vendi_score(REAL, **options), {"order": NUMBER}),
    (lambda **options: Moments.gaussian(REAL[0], torch.eye(4), **options), {"count": WHOLE}),
]
DEFAULT_IS_NONE = {"gamma", "k", "subsets", "subset_size", "splits"}


@pytest.mark.parametrize(
    ("call", "name", "kind"), [(call, name, kind) for call, options in OPTIONS for name, kind in options.items()]
)
def test_options_of_other_kinds_are_refused_in_one_line(call, name, kind):
    """Numbers out of range, that are none, of other types, and words that are long."""
    for odd in ODD[kind]:
        if odd is None and name in DEFAULT_IS_NONE:
            continue
        with pytest.raises(GanMetricsError) as caught:
            call(**{name: odd})
        assert "\n" not in str(caught.value), odd
        assert len(str(caught.value)) < 500, odd


def test_random_generators_are_generators():
    """Where a convention shuffles by one."""
    for odd in (3, "0", np.random.default_rng(0)):
        with pytest.raises(InputError, match=r"rng must be a torch\.Generator; got \w+$"):
            inception_score(REAL, convention="torchmetrics", rng=odd)


@pytest.mark.parametrize("odd", [None, 3, [1, 2] * 20, [None] * 40, {"a": 1}, REAL])
def test_classes_are_names(odd):
    """One for each image."""
    with pytest.raises(InputError, match="real_classes must be a sequence of names; got"):
        class_agreement(REAL, FAKE, real_classes=odd, fake_classes=["a", "b"] * 20)


@pytest.mark.parametrize("odd", [None, "reference.npz", REAL, 3.0, [1.0]])
def test_moments_are_needed_where_moments_are_taken(odd):
    """What is no Moments is named, and how one is made."""
    moments = Moments.of(REAL)
    for call in (
        lambda: frechet_distance(odd, moments),
        lambda: frechet_distance(moments, odd),
        lambda: moments.merge(odd),
    ):
        with pytest.raises(InputError, match=r"must be Moments, such as Moments.of\(features\); got \w+$"):
            call()


def test_sides_may_be_moments_where_images_are_not_drawn():
    """An extrapolation draws fakes, and needs their features."""
    moments = Moments.of(REAL)
    assert np.isfinite(numbers(frechet_infinity(moments, REAL + 1)))
    assert np.isfinite(numbers(frechet_estimate(moments, Moments.of(REAL + 1)).value))
    with pytest.raises(InputError, match="fake features must be a torch tensor or a NumPy array; got Moments"):
        frechet_infinity(REAL, moments)
