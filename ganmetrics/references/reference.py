"""`Reference`: the statistics of an image set, with all that says how they were made."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from ganmetrics._files import as_path
from ganmetrics._text import clipped, shown
from ganmetrics._types import ArrayLike, Arrays
from ganmetrics.core.checks import of_type
from ganmetrics.core.gaussian.blocks import Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.data.audit import Audit
from ganmetrics.data.features import GIVEN, Features
from ganmetrics.errors import GanMetricsError, InputError, StaleStatistics
from ganmetrics.extraction.collect import Collected
from ganmetrics.extraction.layer import Layer, layer_bytes
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import Settings
from ganmetrics.extraction.survey import Survey
from ganmetrics.features.base import ExtractorSpec
from ganmetrics.features.names import TORCH
from ganmetrics.pages.grid import Grid
from ganmetrics.pages.render import render_grid
from ganmetrics.ranks import current
from ganmetrics.references.formats.foreign import Foreign
from ganmetrics.references.formats.registry import is_foreign, read_foreign
from ganmetrics.references.header import check_header
from ganmetrics.references.identity import Identity
from ganmetrics.references.key import library_versions
from ganmetrics.references.keywords import GatheringOptions
from ganmetrics.references.shard import Shard
from ganmetrics.references.store import check_reference_output, read_statistics, write_statistics

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
        file: where they were read from; None where they were not.

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
    file: str | None = None

    @classmethod
    def from_images(
        cls,
        source: object,
        how: Extraction | None = None,
        *,
        interval: bool = True,
        spatial: bool = False,
        floor: bool = False,
        shard: str | None = None,
        **options: Unpack[GatheringOptions],
    ) -> "Reference":
        """Return the statistics of the images of `source`, which may be anything that `ganmetrics.evaluate` takes.

        Called on all processes of torch.distributed's group, each extracts a share and all return the whole.

        Args:
            source: the images.
            how: how they become features; or its fields as keywords.
            interval: keep what intervals need.
            spatial: keep what sFID needs as well.
            floor: keep what a floor needs as well, eight parts' moments: 134 MB with ``inception-v3``.
            shard: only one part of the images, such as ``2/8``, for `ganmetrics.join_shards`.
            options: the fields of `ganmetrics.Extraction`, and ``cache``, ``cache_features`` and ``progress``, as
                `ganmetrics.evaluate` takes them.

        Raises:
            InputError: the source or an option is not what is needed, or images cannot be read.
            NumericsError: the extractor gave a non-finite feature.
            WeightsError: the extractor's weights cannot be found.
        """
        # The road returns references, so it stands on this module.
        from ganmetrics.references.building import build_reference  # noqa: PLC0415
        from ganmetrics.references.run import split_gathering  # noqa: PLC0415

        chosen, run = split_gathering(how, options)
        return build_reference(source, chosen, run, interval=interval, spatial=spatial, floor=floor, shard=shard)

    @classmethod
    def from_features(
        cls, features: Features | ArrayLike, *, name: str | None = None, interval: bool = True, floor: bool = False
    ) -> "Reference":
        """Return the statistics of features that the caller made, whatever they are of.

        Args:
            features: floating point, shape [n, d]; or `ganmetrics.Features`, which have their own name.
            name: of the encoder that made them.
            interval: keep what intervals need.
            floor: keep what a floor needs as well.

        Raises:
            InputError: they are not of that kind and shape, or are named twice.
            NumericsError: a feature is not finite; the row is named.

        >>> import torch
        >>> print(Reference.from_features(torch.eye(4), name="vggish").line())
        features: 4 rows, 4 features, vggish/given, weights none
        """
        # As above.
        from ganmetrics.references.given import given_reference  # noqa: PLC0415

        if not isinstance(features, Features):
            features = Features(features, name)
        elif name is not None:
            raise InputError(f"Features have a name of their own; got {shown(name)} beside them")
        return given_reference(features, interval=interval, floor=floor)

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
                **({} if settings.backend == TORCH else {"backend": settings.backend}),
                "batch_size": settings.batch_size,
                "processes": current().size,
                "alpha": settings.alpha,
                "seed": settings.chosen_by,
            },
        )

    @classmethod
    def of_stream(cls, layer: Layer, settings: Settings, *, source: str, spatial: Layer | None = None) -> "Reference":
        """Return the statistics of images that were seen once, of which no file tells what they were."""
        return cls(
            layer=layer,
            spatial=spatial,
            spec=settings.extractor.spec,
            protocol=settings.protocol.name,
            source=source,
            contents=(),
            audit=None,
            made_by={
                "versions": library_versions(),
                "device": settings.device.type,
                **({} if settings.backend == TORCH else {"backend": settings.backend}),
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
        """Moments of eight parts of the images by content, for a floor; None where these are not stored."""
        return self.layer.blocks

    @property
    def name(self) -> str:
        """What messages call them: the file that was given, or what they are of."""
        return self.source if self.file is None else self.file

    @property
    def things(self) -> str:
        """What messages call that which was counted: images, or rows where the features were given."""
        return "rows" if self.protocol == GIVEN else "images"

    @property
    def count(self) -> int | None:
        """Number of images; None where a foreign file does not say."""
        return self.moments.count

    def merge(self, other: "Reference") -> "Reference":
        """Return the statistics of both sets of images together.

        Raises:
            StaleStatistics: they were made differently, or hold the same images.
            InputError: the number of images of one is unknown, or the other is no `Reference`.
        """
        of_type("what is merged", other, Reference, "a Reference")
        self.check_whole()
        other.check_whole()
        self.check_comparable(other)
        doubled = set(self.contents) & set(other.contents)
        if doubled:
            raise StaleStatistics(f"merging needs different {self.things}; {self.name} and {other.name} share a part")
        for side in (self, other):
            if side.count is None:
                raise InputError(f"merging needs counts; that of {side.name} is unknown (reference convert --count)")
        known = self.identity is not None and other.identity is not None
        return replace(
            self,
            layer=self.layer.merge(other.layer),
            spatial=None if self.spatial is None or other.spatial is None else self.spatial.merge(other.spatial),
            # What one part does not say is not said of the whole.
            spec=self.spec if known else None,
            protocol=self.protocol if known else None,
            source=f"{self.source} + {other.source}",
            file=None,
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
            raise StaleStatistics(f"a whole set is needed; {self.name} is shard {self.shard} (reference merge)")

    def check_comparable(self, other: "Reference") -> None:
        """Check that both were made by the same extractor, weights, protocol and treatment of transparency.

        Raises:
            StaleStatistics: they were not, or have features of different widths.
        """
        if self.moments.dimension != other.moments.dimension:
            raise StaleStatistics(
                f"both sides need features of one width; {self.name} has {self.moments.dimension}, "
                f"{other.name} has {other.moments.dimension}"
            )
        if self.identity is None or other.identity is None:
            return
        difference = self.identity.difference(other.identity)
        if difference is not None:
            what, ours, theirs = difference
            raise StaleStatistics(f"both sides need the same {what}; {self.name} has {ours}, {other.name} has {theirs}")

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
        count = f"an unknown number of {self.things}" if self.count is None else f"{self.count:,} {self.things}"
        made = "origin unknown"
        if self.spec is not None:
            weights = "none" if self.spec.weights_sha256 is None else self.spec.weights_sha256[:12]
            made = f"{self.spec.name}/{self.protocol}, weights {weights}"
        return f"{self.source}: {count}, {self.moments.dimension:,} features, {made}"

    def _repr_html_(self) -> str:
        made = "origin unknown" if self.spec is None else f"{self.spec.name}/{self.protocol}"
        count = "unknown" if self.count is None else f"{self.count:,}"
        cells = (self.source, count, f"{self.moments.dimension:,}", made)
        columns, numeric = ("source", "images", "features", "made by"), (False, True, True, False)
        return render_grid(Grid("Statistics of images", columns, (cells,), numeric=numeric))

    def save(self, path: str | Path) -> None:
        """Write the statistics to `path` as one npz without pickle; pytorch-fid reads it too.

        Raises:
            InputError: the path does not end in .npz.
            StorageError: the file cannot be written; an older one of that name is kept.
        """
        path = as_path(path)
        check_reference_output(path, self._bytes())
        write_statistics(path, *self.pack())

    @classmethod
    def load(cls, path: str | Path) -> "Reference":
        """Read statistics written by `save` or by another library, such as pytorch-fid, ADM or EDM.

        Where a file does not say of how many images it is, the count stays unknown; `reference convert` can add it.

        Published statistics have names, such as ``ref:edm/cifar10``, and may be at an address; they are fetched once.

        Raises:
            InputError: there is no such file, it cannot be fetched, or it holds no statistics.
            StaleStatistics: the file is damaged, another version wrote it, or it is not the one that came before.
        """
        # What is elsewhere becomes references, so that module stands on this one.
        from ganmetrics.references.elsewhere import is_elsewhere, locate  # noqa: PLC0415

        if is_elsewhere(path):
            located = locate(str(path), offline=False)
            return located.said(cls.load(located.path))
        path = as_path(path)
        if is_foreign(path):
            return cls.from_foreign(read_foreign(path), source=str(path))
        return replace(cls.unpack(*read_statistics(path)), file=str(path))

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
            StaleStatistics: something is missing or is something else: another version wrote them.
            InputError: the arrays are not usable statistics.
        """
        try:
            check_header(header)
            return cls._unpack(header, arrays)
        except GanMetricsError:
            raise
        # A part that is missing, or of another type than every version writes.
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise StaleStatistics(
                f"a reference needs all that this version stores; this one has no {clipped(error)}: build it anew"
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
            layer_bytes(layer.moments.dimension, blocks=layer.blocks is not None, kept=layer.kept is not None)
            for layer in (self.layer, self.spatial)
            if layer is not None
        )
