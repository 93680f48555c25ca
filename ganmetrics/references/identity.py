"""How statistics were made: what must agree before they are compared."""

from dataclasses import dataclass

from ganmetrics.features.base import ExtractorSpec


@dataclass(frozen=True)
class Identity:
    """Extractor, weights, protocol and treatment of transparency.

    Attributes:
        spec: the extractor.
        protocol: name of the conventions.
        alpha: what transparent pixels became; None where no image had any, so that it does not matter.
    """

    spec: ExtractorSpec
    protocol: str
    alpha: str | None

    def difference(self, other: "Identity") -> tuple[str, str | None, str | None] | None:
        """Return what differs first, with both values; None where the two may be compared."""
        pairs = {
            "extractor": (self.spec.name, other.spec.name),
            "protocol": (self.protocol, other.protocol),
            "weights": (self.spec.weights_sha256, other.spec.weights_sha256),
            "layer": (self.spec.layer, other.spec.layer),
            "preprocessing": (self.spec.preprocessing, other.spec.preprocessing),
        }
        if self.alpha is not None and other.alpha is not None:
            pairs["alpha"] = (self.alpha, other.alpha)
        for what, (ours, theirs) in pairs.items():
            if ours != theirs:
                return what, ours, theirs
        return None
