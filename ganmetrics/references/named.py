"""Published reference statistics by name: where they are, of how many images, and by which conventions.

None of their publishers gives a digest. The first file that comes is recorded, and every later use needs the same one.
"""

from dataclasses import dataclass

from ganmetrics._text import shown
from ganmetrics.errors import InputError

PREFIX = "ref:"
"""What the name of published statistics begins with where a source is expected, as in ``ref:edm/cifar10``."""

ADM = "https://openaipublic.blob.core.windows.net/diffusion/jul-2021/ref_batches"
EDM = "https://nvlabs-fi-cdn.nvidia.com/edm/fid-refs"
CLEAN_FID = "https://www.cs.cmu.edu/~clean-fid/stats"


@dataclass(frozen=True)
class NamedReference:
    """A file of published statistics.

    Attributes:
        url: where it is.
        count: of how many images its statistics are.
        protocol: the conventions that they were made by, with the Inception network.
        sha256: of the file, in hexadecimal; None where the publisher gives none and it is recorded at first use.
    """

    url: str
    count: int
    protocol: str
    sha256: str | None = None


_IMAGENET = 1_281_167
"""Images of ImageNet's training set."""

NAMED = {
    # Dhariwal and Nichol 2021 (arXiv 2105.05233): statistics of the whole set, and 10,000 images for the rest.
    "adm/imagenet64": NamedReference(f"{ADM}/imagenet/64/VIRTUAL_imagenet64_labeled.npz", _IMAGENET, "adm"),
    "adm/imagenet128": NamedReference(f"{ADM}/imagenet/128/VIRTUAL_imagenet128_labeled.npz", _IMAGENET, "adm"),
    "adm/imagenet256": NamedReference(f"{ADM}/imagenet/256/VIRTUAL_imagenet256_labeled.npz", _IMAGENET, "adm"),
    "adm/imagenet512": NamedReference(f"{ADM}/imagenet/512/VIRTUAL_imagenet512.npz", _IMAGENET, "adm"),
    "adm/lsun-bedroom": NamedReference(f"{ADM}/lsun/bedroom/VIRTUAL_lsun_bedroom256.npz", 3_033_042, "adm"),
    "adm/lsun-cat": NamedReference(f"{ADM}/lsun/cat/VIRTUAL_lsun_cat256.npz", 1_657_266, "adm"),
    "adm/lsun-horse": NamedReference(f"{ADM}/lsun/horse/VIRTUAL_lsun_horse256.npz", 2_000_340, "adm"),
    # Karras et al. 2022 (arXiv 2206.00364): the original graph, the covariance divided by n - 1.
    "edm/cifar10": NamedReference(f"{EDM}/cifar10-32x32.npz", 50_000, "ttur"),
    "edm/ffhq64": NamedReference(f"{EDM}/ffhq-64x64.npz", 70_000, "ttur"),
    "edm/afhqv2-64": NamedReference(f"{EDM}/afhqv2-64x64.npz", 15_803, "ttur"),
    "edm/imagenet64": NamedReference(f"{EDM}/imagenet-64x64.npz", _IMAGENET, "ttur"),
    # Parmar et al. 2022 (arXiv 2104.11222), whose mode "clean" is the protocol of that name.
    "clean-fid/cifar10-train": NamedReference(f"{CLEAN_FID}/cifar10_clean_train_32.npz", 50_000, "clean-fid"),
    "clean-fid/cifar10-test": NamedReference(f"{CLEAN_FID}/cifar10_clean_test_32.npz", 10_000, "clean-fid"),
    "clean-fid/ffhq256-70k": NamedReference(f"{CLEAN_FID}/ffhq_clean_trainval70k_256.npz", 70_000, "clean-fid"),
    "clean-fid/ffhq1024-70k": NamedReference(f"{CLEAN_FID}/ffhq_clean_trainval70k_1024.npz", 70_000, "clean-fid"),
}
"""By the name that follows `PREFIX`."""


def named_reference(name: str) -> NamedReference:
    """Return what is known of the statistics of a name, with or without its prefix.

    Raises:
        InputError: there are none of that name; the message has those that there are.

    >>> named_reference("ref:edm/cifar10").count
    50000
    """
    found = NAMED.get(name.removeprefix(PREFIX))
    if found is None:
        raise InputError(f"published statistics are {', '.join(PREFIX + one for one in NAMED)}; got {shown(name)}")
    return found
