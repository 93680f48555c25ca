"""`Monitor`: notices the ways in which training goes wrong, and says what usually helps."""

from typing import Any

CERTAIN = 5
"""Records in a row after which a certain discriminator is reported."""
RECOVERED = 100
"""Records in a row without it after which a measurement's warning is given again: one that hovers about its bound would
fill the screen."""
DIVERGED = 2.0
COLLAPSED = 0.05


class Monitor:
    """Turns measurements into warnings; each is given once, until it has been well for a while.

    >>> monitor = Monitor()
    >>> monitor.look({"grad/G": 1000.0})
    ['the generator has gradients of norm 1e+03: lower opt_g.lr, or opt_d.lr']
    >>> monitor.look({"grad/G": 1000.0})
    []
    """

    def __init__(self) -> None:
        self._active: dict[str, int] = {}  # what is wrong: looks in a row at which it was not
        self._certain = 0
        self.best: float | None = None
        self.best_epoch = 0
        self.without_better = 0

    def look(self, values: dict[str, float]) -> list[str]:
        """Return what is newly wrong with measurements of one step (see `measure`)."""
        won = values.get("D(real)", 0) > 0.99 and values.get("D(fake)", 1) < 0.01  # noqa: PLR2004
        self._certain = self._certain + 1 if won else 0
        slope, gradient = values.get("gradient_norm", 1.0), values.get("grad/G")
        wrong = {
            "certain": (
                self._certain >= CERTAIN,
                "the discriminator is certain of every image, so the generator learns little: lower opt_d.lr, or widen "
                "the generator",
            ),
            "vanished": (
                gradient is not None and gradient < 1e-7,  # noqa: PLR2004
                "the generator has no gradient left: objective.adversarial = nonsaturating has one, or lower opt_d.lr",
            ),
            "exploded": (
                gradient is not None and gradient > 100,  # noqa: PLR2004
                f"the generator has gradients of norm {gradient or 0:.3g}: lower opt_g.lr, or opt_d.lr",
            ),
            "saturated": (
                values.get("saturation", 0) > 0.99,  # noqa: PLR2004
                "nearly every pixel is at the end of its range, where tanh has no slope: lower opt_g.lr",
            ),
            "bound": (
                values.get("at_bound", 0) > 0.95,  # noqa: PLR2004
                "nearly every weight of the critic is at its bound: objective.clip is too small, or opt_d.lr too large",
            ),
            "slope": (
                not 0.5 <= slope <= 2,  # noqa: PLR2004
                f"the critic's slope is {slope:.3g} instead of 1: raise objective.penalty or n_critic",
            ),
        }
        return self._new(wrong, recovered=RECOVERED)

    def look_at_spectra(self, values: list[float]) -> list[str]:
        """Return what is newly wrong with the largest singular values of normalised weights."""
        off = [value for value in values if not 0.9 <= value <= 1.1]  # noqa: PLR2004
        text = (
            f"spectral normalisation is off: largest singular values of {min(off or [1]):.3g} to {max(off or [1]):.3g}"
        )
        return self._new({"spectrum": (bool(off), text)})

    def look_at_spread(self, real: float, fake: float) -> list[str]:
        """Return what is newly wrong with how different the images of one batch are (see `recording.grids.spread`)."""
        text = f"the samples are nearly all alike (their spread is {fake / max(real, 1e-12):.1%} of the real images')"
        return self._new(
            {"collapsed": (fake < COLLAPSED * real, text + ": mode collapse; an earlier checkpoint is better")}
        )

    def look_at_score(self, value: float, *, epoch: int) -> list[str]:
        """Take an evaluation's distance, and return what is newly wrong with it."""
        if self.best is None or value < self.best:
            self.best, self.best_epoch, self.without_better = value, epoch, 0
        else:
            self.without_better += 1
        best = f"{self.best:.4g} at epoch {self.best_epoch}"
        text = f"the distance is {value:.4g} at epoch {epoch}, more than twice the best, {best}"
        return self._new({"diverged": (value > DIVERGED * self.best, text + "; best.pt keeps that one")})

    def state(self) -> dict[str, Any]:
        """Return all that the next warnings depend on, as plain values."""
        return {**vars(self), "_active": dict(self._active)}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state` gave."""
        vars(self).update({**state, "_active": dict(state["_active"])})

    def _new(self, wrong: dict[str, tuple[bool, str]], *, recovered: int = 1) -> list[str]:
        texts = []
        for name, (is_wrong, text) in wrong.items():
            if is_wrong:
                if name not in self._active:
                    texts.append(text)
                self._active[name] = 0
            elif name in self._active:
                self._active[name] += 1
                if self._active[name] >= recovered:
                    del self._active[name]
        return texts
