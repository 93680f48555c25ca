"""A linear classifier: one-against-rest support vector machines with the squared hinge loss."""

import torch
from torch import Tensor

ITERATIONS = 200


class LinearSVM:
    """min over w of |w|²/2 + C Σ max(0, 1 - y (w x + b))², a problem for each class (L2-SVM; Tang 2013, eq. 6).

    The loss is convex and smooth, so L-BFGS finds its one minimum. The bias is not penalised.

    Args:
        cost: C, the weight of the errors.

    >>> points = torch.tensor([[-1.0], [-2.0], [1.0], [2.0]])
    >>> machine = LinearSVM(1.0).fit(points, torch.tensor([0, 0, 1, 1]), classes=2)
    >>> machine.predict(torch.tensor([[-3.0], [0.5]])).tolist()
    [0, 1]
    """

    def __init__(self, cost: float) -> None:
        self._cost = cost
        self.weights = torch.empty(0)
        self.bias = torch.empty(0)

    def fit(self, features: Tensor, labels: Tensor, *, classes: int) -> "LinearSVM":
        """Find the weights for features [n, d] and labels [n], and return the machine."""
        sides = torch.full((len(features), classes), -1.0, dtype=features.dtype)
        sides[torch.arange(len(features)), labels] = 1.0
        weights = torch.zeros(features.shape[1], classes, dtype=features.dtype, requires_grad=True)
        bias = torch.zeros(classes, dtype=features.dtype, requires_grad=True)
        solver = torch.optim.LBFGS([weights, bias], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            solver.zero_grad()
            short = (1 - sides * (features @ weights + bias)).clamp(min=0)
            value = weights.square().sum() / 2 + self._cost * short.square().sum()
            torch.autograd.backward(value)
            return value

        solver.step(loss)  # type: ignore[no-untyped-call]
        self.weights, self.bias = weights.detach(), bias.detach()
        return self

    def predict(self, features: Tensor) -> Tensor:
        """Return the class of each of features [n, d]."""
        return (features @ self.weights + self.bias).argmax(dim=1)

    def accuracy(self, features: Tensor, labels: Tensor) -> float:
        """Return the share of features [n, d] that it finds to be of their class."""
        return float((self.predict(features) == labels).double().mean())
