"""One run: what it keeps for the next one, and who is told how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ganmetrics._files import as_path
from ganmetrics._types import Progress, silent
from ganmetrics.core.checks import function
from ganmetrics.extraction.options import Extraction, ExtractionOptions
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.keywords import GatheringOptions, RunKeywords


@dataclass(frozen=True)
class Run:
    """What belongs to a run and not to its numbers.

    Attributes:
        cache: statistics kept between runs; None for none.
        progress: shows how far a stage has come.
    """

    cache: ReferenceCache | None = None
    progress: Progress = silent

    @classmethod
    def of(cls, options: RunKeywords) -> "Run":
        """Return the run that keywords describe.

        Raises:
            InputError: a folder or a choice is not what is needed.

        >>> Run.of({}).cache is None
        True
        """
        folder = options.get("cache")
        store = None
        if folder is not None:
            store = ReferenceCache(as_path(folder), features=options.get("cache_features", False))
        progress = options.get("progress", silent)
        function("progress", progress)
        return cls(store, progress)


def split_run(options: Mapping[str, Any]) -> tuple[Run, dict[str, Any]]:
    """Return the run among keywords, and the other keywords.

    >>> split_run({"seed": 3, "cache": None})[1]
    {'seed': 3}
    """
    names = RunKeywords.__annotations__
    own = {name: value for name, value in options.items() if name in names}
    return Run.of(cast("RunKeywords", own)), {name: value for name, value in options.items() if name not in names}


def split_gathering(how: Extraction | None, options: GatheringOptions) -> tuple[Extraction, Run]:
    """Return the keywords of a function that gathers images as the two values that they are fields of.

    Raises:
        InputError: as `Extraction.of` and `Run.of` do.
    """
    run, rest = split_run(options)
    return Extraction.of(how, cast("ExtractionOptions", rest)), run
