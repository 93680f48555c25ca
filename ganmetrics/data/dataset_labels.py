"""Where data sets keep the class of each item: torchvision's targets, a column, or the items themselves."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import Subset, TensorDataset

from ganmetrics.core.arrays import check_array
from ganmetrics.data.label_file import LABEL_COLUMNS

_ATTRIBUTES = ("targets", "labels")
FROM_ITEMS = "the items' labels"


def labels_of(dataset: Any) -> tuple[list[str], str] | None:  # noqa: ANN401 - users' data sets are what they like
    """Return the class of every item and what it was taken from, where that costs no reading of items; None elsewhere.

    >>> labels_of(TensorDataset(torch.zeros(2, 3, 1, 1), torch.tensor([4, 7])))
    (['4', '7'], 'the second tensor')
    """
    if isinstance(dataset, Subset):
        inner = labels_of(dataset.dataset)
        return None if inner is None else ([inner[0][index] for index in dataset.indices], inner[1])
    if isinstance(dataset, TensorDataset):
        return _checked(dataset.tensors[1] if len(dataset.tensors) > 1 else None, "the second tensor", len(dataset))
    # A transformed target is another class than the stored one; only the item has it.
    if getattr(dataset, "target_transform", None) is None:
        for name in _ATTRIBUTES:
            found = _checked(getattr(dataset, name, None), name, len(dataset))
            if found is not None:
                return found
    for name in LABEL_COLUMNS:
        if name in (getattr(dataset, "column_names", None) or ()):
            return _checked(list(dataset[name]), f"column {name}", len(dataset))
    return None


def label_of_item(item: Any) -> str | None:  # noqa: ANN401
    """Return the class in an item: a whole number after the image, or a number or text under a label's key.

    A text after the image is as likely a caption or a path, and is no class.

    >>> label_of_item((None, 3)), label_of_item((None, "a cat")), label_of_item({"image": None, "label": "cat"})
    ('3', None, 'cat')
    """
    if isinstance(item, dict):
        found = [item[key] for key in LABEL_COLUMNS if key in item]
        return _text(found[0], texts=True) if found else None
    if isinstance(item, tuple | list) and len(item) > 1:
        return _text(item[1], texts=False)
    return None


def _checked(labels: Any, name: str, count: int) -> tuple[list[str], str] | None:  # noqa: ANN401
    if isinstance(labels, torch.Tensor | np.ndarray):
        check_array(labels, name)
        labels = labels.tolist()
    if not isinstance(labels, Sequence) or isinstance(labels, str) or len(labels) != count:
        return None
    texts = [_text(label, texts=True) for label in labels]
    kept = [text for text in texts if text is not None]
    return (kept, name) if len(kept) == count else None


def _text(label: Any, *, texts: bool) -> str | None:  # noqa: ANN401
    if isinstance(label, torch.Tensor | np.ndarray) and label.ndim == 0:
        label = label.item()
    if isinstance(label, bool | np.bool_):
        return None
    if isinstance(label, int | np.integer):
        return str(int(label))
    return label if texts and isinstance(label, str) else None
