"""The metrics by name: what each needs and which way is better. Light: the command line reads it before torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """What is known of a metric before it is computed.

    Attributes:
        name: as `--metrics` spells it, and as a score is called with the canonical extractor.
        title: what messages call it.
        needs: ``moments`` of both sides, or ``logits`` of the fake side.
        least: images a side that it is defined from.
        lower_is_better: its direction.
        other_name: what a score is called with another extractor, before the extractor's name.
    """

    name: str
    title: str
    needs: str
    least: int
    lower_is_better: bool
    other_name: str

    def score_name(self, extractor: str, *, canonical: bool) -> str:
        """Return the name of a score: the field's own only with the canonical network and weights.

        >>> METRICS["fid"].score_name("inception-v3", canonical=True)
        'fid'
        >>> METRICS["fid"].score_name("efficientnet-lite0", canonical=False)
        'fd_efficientnet-lite0'
        """
        return self.name if canonical else f"{self.other_name}_{extractor}"


METRICS = {
    metric.name: metric
    for metric in (
        Metric("fid", "a Fréchet distance", needs="moments", least=2, lower_is_better=True, other_name="fd"),
        # One image for each of the ten splits of every protocol.
        Metric("is", "an Inception Score", needs="logits", least=10, lower_is_better=False, other_name="is"),
    )
}
