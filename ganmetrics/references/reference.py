"""`Reference`: the statistics of an image set, with all that says how they were made."""

import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ganmetrics._types import Arrays, Progress, silent
from ganmetrics.core.gaussian.blocks import Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.data.looking import Audit
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.extraction.collect import Collected, Keep, collect
from ganmetrics.extraction.layer import Layer, layer_bytes
from ganmetrics.extraction.settings import Settings, resolve_settings
from ganmetrics.extraction.survey import Survey, choose, survey
from ganmetrics.features.base import Extractor, ExtractorSpec
from ganmetrics.ranks import all_ranks, current
from ganmetrics.references.formats.foreign import Foreign
from ganmetrics.references.formats.registry import is_foreign, read_foreign
from ganmetrics.references.identity import Identity
from ganmetrics.references.key import library_versions
from ganmetrics.references.shard import Shard, shard_of
from ganmetrics.references.store import check_output, read_statistics, write_statistics

logger = logging.getLogger(__name__)

SPATIAL_SUFFIX = "_s"
"""What the names of the spatial features' arrays end in: ADM's files call them ``mu_s`` and ``sigma_s``."""


@dataclass(frozen=True, eq=False)
class Reference:
    """Statistics of one image set under one extractor and protocol.

    Attributes:
        layer: statistics of the features: their moments, with the factor that the distance needs, and blocks of them.
        spec: identity of the extractor; None where a foreign file does not say.
        protocol: name of the conventions; None where a foreign file does not say.
        source: where the images came from, for messages.
        contents: a digest of the images' bytes for each part that was merged; empty where unknown.
        audit: what the images were: formats, sizes, oddities; None where unknown.
        made_by: library versions, device, batch size and the other choices, for provenance.
        spatial: statistics of the spatial features; None where sFID was not asked for.
        shard: which part of a set they are of; None for a whole one.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> parts = [Reference.from_images(random_images(6, seed=seed), extractor=ChannelMeans(), workers=0)
    ...          for seed in (1, 2)]
    >>> parts[0].merge(parts[1]).count
    12
    >>> print(parts[0].line())
    tensor: 6 images, 3 features, channel-means/native, weights none
    """

    layer: Layer
    spec: ExtractorSpec | None
    protocol: str | None
    source: str
    contents: tuple[str, ...]
    audit: Audit | None
    made_by: dict[str, Any]
    spatial: Layer | None = None
    shard: Shard | None = None

    @classmethod
    def from_images(
        cls,
        source: object,
        *,
        extractor: str | Extractor = "inception-v3",
        protocol: str | None = None,
        weights: str | Path | None = None,
        count: int | None = None,
        seed: int = 0,
        alpha: str = "white",
        skip_bad: bool = False,
        batch_size: int | None = None,
        workers: int | None = None,
        compile: bool = False,
        device: str | torch.device | None = None,
        offline: bool = False,
        interval: bool = True,
        spatial: bool = False,
        shard: str | None = None,
        progress: Progress = silent,
    ) -> "Reference":
        """Return the statistics of the images of `source`: a folder, zip, npz, uint8 tensor or data set.

        The options are those of `ganmetrics.evaluate`; `spatial` keeps what sFID needs as well. Called on all processes
        of torch.distributed's group, each extracts a share and all return the whole.

        Raises:
            InputError: the source or an option is not what is needed, or images cannot be read.
            NumericsError: the extractor gave a non-finite feature.
            WeightsError: the extractor's weights cannot be found.
        """
        with all_ranks("Reference.from_images") as ranks:
            settings = ranks.in_order(
                lambda: resolve_settings(
                    extractor,
                    protocol=protocol,
                    weights=weights,
                    offline=offline,
                    count=count,
                    seed=seed,
                    alpha=alpha,
                    skip_bad=skip_bad,
                    batch_size=batch_size,
                    workers=workers,
                    compile=compile,
                    device=device,
                    progress=progress,
                )
            )
            images, part = ranks.each(lambda: choose(open_source(source), settings)), None
            if shard is not None:
                images, part = shard_of(
                    images, shard, f"seed {settings.chosen_by} batch {settings.batch_size} {skip_bad}"
                )
            surveyed = survey(images, settings, progress)
            if ranks.first:
                logger.info("%s", surveyed.audit.line())
            keep = Keep(blocks=interval, spatial=spatial)
            collected = collect(images, settings, skip=surveyed.audit.skipped, keep=keep, progress=progress)
            return replace(cls.assemble(collected, surveyed, settings), shard=part)

    @classmethod
    def assemble(cls, collected: Collected, surveyed: Survey, settings: Settings) -> "Reference":
        """Return the statistics of surveyed images that a pass has collected, with their provenance."""
        return cls(
            layer=collected.layer,
            spatial=collected.spatial,
            spec=settings.extractor.spec,
            protocol=settings.protocol.name,
            source=surveyed.source.name,
            contents=(surveyed.contents,),
            audit=surveyed.audit,
            made_by={
                "versions": library_versions(),
                "device": settings.device.type,
                "batch_size": settings.batch_size,
                "processes": current().size,
                "alpha": settings.alpha,
                "seed": settings.chosen_by,
                "compiled": settings.compiles(surveyed.audit.count),
            },
        )

    @classmethod
    def from_foreign(cls, foreign: Foreign, *, source: str) -> "Reference":
        """Return the statistics in another library's file, whose origin it does not say."""
        return cls(
            layer=Layer(foreign.moments),
            spatial=None if foreign.spatial is None else Layer(foreign.spatial),
            spec=None,
            protocol=None,
            source=source,
            contents=(),
            audit=None,
            made_by={"file_format": foreign.format},
        )

    @property
    def moments(self) -> Moments:
        """Count, mean and covariance of the features."""
        return self.layer.moments

    @property
    def blocks(self) -> Blocks | None:
        """Moments of eight parts of the images by content, for intervals; None where these are not stored."""
        return self.layer.blocks

    @property
    def count(self) -> int | None:
        """Number of images; None where a foreign file does not say."""
        return self.moments.count

    def merge(self, other: "Reference") -> "Reference":
        """Return the statistics of both sets of images together.

        Raises:
            StaleStatistics: they were made differently, or hold the same images.
            InputError: the number of images of one is unknown.
        """
        self.check_whole()
        other.check_whole()
        self.check_comparable(other)
        doubled = set(self.contents) & set(other.contents)
        if doubled:
            raise StaleStatistics(f"merging needs different images; {self.source} and {other.source} share a part")
        for side in (self, other):
            if side.count is None:
                raise InputError(f"merging needs counts; that of {side.source} is unknown (reference convert --count)")
        known = self.identity is not None and other.identity is not None
        return replace(
            self,
            layer=self.layer.merge(other.layer),
            spatial=None if self.spatial is None or other.spatial is None else self.spatial.merge(other.spatial),
            # What one part does not say is not said of the whole.
            spec=self.spec if known else None,
            protocol=self.protocol if known else None,
            source=f"{self.source} + {other.source}",
            contents=self.contents + other.contents,
            audit=None if self.audit is None or other.audit is None else self.audit.merge(other.audit),
            # What the parts do not share is said of neither: it would be untrue of the whole.
            made_by={name: value for name, value in self.made_by.items() if other.made_by.get(name) == value},
        )

    @property
    def identity(self) -> Identity | None:
        """How the statistics were made; None where a foreign file does not say."""
        if self.spec is None or self.protocol is None:
            return None
        transparent = self.audit is not None and any("alpha" in oddity for oddity in self.audit.oddities)
        return Identity(self.spec, self.protocol, self.made_by.get("alpha") if transparent else None)

    def check_whole(self) -> None:
        """Raise StaleStatistics where these are of a shard, which stands for no set."""
        if self.shard is not None:
            raise StaleStatistics(f"a whole set is needed; {self.source} is shard {self.shard} (reference merge)")

    def check_comparable(self, other: "Reference") -> None:
        """Check that both were made by the same extractor, weights, protocol and treatment of transparency.

        Raises:
            StaleStatistics: they were not, or have features of different widths.
        """
        if self.moments.dimension != other.moments.dimension:
            raise StaleStatistics(
                f"both sides need features of one width; {self.source} has {self.moments.dimension}, "
                f"{other.source} has {other.moments.dimension}"
            )
        if self.identity is None or other.identity is None:
            return
        difference = self.identity.difference(other.identity)
        if difference is not None:
            what, ours, theirs = difference
            raise StaleStatistics(
                f"both sides need the same {what}; {self.source} has {ours}, {other.source} has {theirs}"
            )

    def provenance(self) -> dict[str, Any]:
        """Return where the statistics come from and how they were made, as plain JSON values."""
        return {
            "source": self.source,
            "count": self.count,
            "contents": list(self.contents),
            "audit": None if self.audit is None else self.audit.to_json(),
            "made_by": self.made_by,
        }

    def line(self) -> str:
        """Return what the statistics are of, in one line.

        Such as ``real/: 2,000 images, 1,280 features, efficientnet-lite0/native, weights 0123456789ab``.
        """
        count = "an unknown number of images" if self.count is None else f"{self.count:,} images"
        made = "origin unknown"
        if self.spec is not None:
            weights = "none" if self.spec.weights_sha256 is None else self.spec.weights_sha256[:12]
            made = f"{self.spec.name}/{self.protocol}, weights {weights}"
        return f"{self.source}: {count}, {self.moments.dimension:,} features, {made}"

    def save(self, path: str | Path) -> None:
        """Write the statistics to `path` as one npz without pickle; pytorch-fid reads it too.

        Raises:
            InputError: the path does not end in .npz.
            StorageError: the file cannot be written; an older one of that name is kept.
        """
        path = Path(path)
        check_output(path, self._bytes())
        write_statistics(path, *self.pack())

    @classmethod
    def load(cls, path: str | Path) -> "Reference":
        """Read statistics written by `save` or by another library, such as pytorch-fid, ADM or EDM.

        Where a file does not say of how many images it is, the count stays unknown; `reference convert` can add it.

        Raises:
            InputError: there is no such file, or it holds no statistics.
            StaleStatistics: the file is damaged, or another version wrote it.
        """
        path = Path(path)
        if is_foreign(path):
            return cls.from_foreign(read_foreign(path), source=str(path))
        return cls.unpack(*read_statistics(path))

    def pack(self) -> tuple[dict[str, Any], Arrays]:
        """Return header and arrays of a file that `unpack` makes the same statistics from, to the last bit."""
        packed = {"feature": self.layer.pack()}
        if self.spatial is not None:
            packed["spatial"] = self.spatial.pack(SPATIAL_SUFFIX)
        header = {
            "spec": None if self.spec is None else asdict(self.spec),
            "protocol": self.protocol,
            "source": self.source,
            "contents": list(self.contents),
            "audit": None if self.audit is None else self.audit.to_json(),
            "made_by": self.made_by,
            **({} if self.shard is None else {"shard": asdict(self.shard)}),
            **{f"{name}_layer": header for name, (header, _) in packed.items()},
        }
        return header, {name: array for _, arrays in packed.values() for name, array in arrays.items()}

    @classmethod
    def unpack(cls, header: dict[str, Any], arrays: Arrays) -> "Reference":
        """Return the statistics that `pack` gave header and arrays of.

        Raises:
            StaleStatistics: something is missing: another version wrote them.
        """
        try:
            return cls._unpack(header, arrays)
        except (KeyError, TypeError) as error:
            raise StaleStatistics(
                f"a reference needs all that this version stores; this one has no {error}: build it anew"
            ) from None

    @classmethod
    def _unpack(cls, header: dict[str, Any], arrays: Arrays) -> "Reference":
        spatial = header.get("spatial_layer")
        return cls(
            layer=Layer.unpack(header["feature_layer"], arrays),
            spatial=None if spatial is None else Layer.unpack(spatial, arrays, SPATIAL_SUFFIX),
            spec=None if header["spec"] is None else ExtractorSpec(**header["spec"]),
            protocol=header["protocol"],
            source=header["source"],
            contents=tuple(header["contents"]),
            audit=None if header["audit"] is None else Audit.from_json(header["audit"]),
            made_by=header["made_by"],
            shard=None if "shard" not in header else Shard(**header["shard"]),
        )

    def _bytes(self) -> int:
        return sum(
            layer_bytes(layer.moments.dimension, blocks=layer.blocks is not None)
            for layer in (self.layer, self.spatial)
            if layer is not None
        )
