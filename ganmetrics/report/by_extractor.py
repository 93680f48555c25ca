"""`ByExtractor`: what several networks say of the same images."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ganmetrics.report.ranking import Ranking
from ganmetrics.report.report import Report

_Found = TypeVar("_Found", Report, Ranking)


@dataclass(frozen=True)
class ByExtractor(Mapping[str, _Found], Generic[_Found]):
    """Reports, or rankings of several generators, by the extractor that they were made with.

    Attributes:
        found: by the extractor's name, in the order that was given; each is what `ganmetrics.evaluate` gives with that
            extractor alone, to the last bit.

    >>> from ganmetrics.report import Score
    >>> names = {"inception-v3": "fid", "efficientnet-lite0": "fd_efficientnet-lite0"}
    >>> both = ByExtractor({
    ...     extractor: Report({name: Score(name, 1.5, real_count=4, fake_count=4, extractor=extractor)})
    ...     for extractor, name in names.items()})
    >>> list(both), float(both["inception-v3"]["fid"])
    (['inception-v3', 'efficientnet-lite0'], 1.5)
    """

    found: Mapping[str, _Found]

    def __getitem__(self, extractor: str) -> _Found:
        return self.found[extractor]

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def to_text(self) -> str:
        """Return the lines of each extractor's scores; tables and rankings with an empty line between them."""
        blocks = [one.to_text() for one in self.found.values()]
        return ("\n\n" if any("\n\n" in block for block in blocks) else "\n").join(blocks)

    def to_json(self) -> str:
        """Return one JSON object, ``extractors``: by name, what the JSON of each one's report or ranking holds."""
        content = {name: json.loads(one.to_json()) for name, one in self.found.items()}
        return json.dumps({"extractors": content}, indent=2, allow_nan=False)

    def to_csv(self) -> str:
        """Return the lines of each extractor's CSV under one line of names; a column says the extractor."""
        csvs: list[str] = [one.to_csv() for one in self.found.values()]
        heads, lines = zip(*(text.split("\n", 1) for text in csvs), strict=True)
        return "\n".join([heads[0], "".join(lines)])
