"""TensorBoard files, where the package is installed, with the tags of the studies that the models come from."""

from functools import cached_property, partial
from pathlib import Path
from typing import Any

from reference_models.errors import ConfigError

TAGS = {
    "loss/D": "Loss/discriminator",
    "loss/D_real": "Loss/real_discriminator",
    "loss/D_fake": "Loss/fake_discriminator",
    "loss/G": "Loss/generator",
}
"""Name in metrics.jsonl to tag; other names are tags as they are."""


class TensorBoard:
    """Writes scalars and images.

    Args:
        directory: of the run.

    Raises:
        ConfigError: the package is missing.
    """

    def __init__(self, directory: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - an optional package
        except ImportError:
            raise ConfigError(
                "tensorboard = true needs the package tensorboard: pip install 'ganmetrics[models]'"
            ) from None
        self._open = partial(SummaryWriter, str(directory / "tensorboard"))

    @cached_property
    def _writer(self) -> Any:  # noqa: ANN401 - of an optional package
        """The file, made when something is first written: a run that is refused leaves none."""
        return self._open()

    def scalars(self, values: dict[str, float], step: int) -> None:
        """Write numbers by name."""
        for name, value in values.items():
            self._writer.add_scalar(TAGS.get(name, name), value, step)

    def image(self, tag: str, pixels: Any, step: int) -> None:  # noqa: ANN401 - uint8 [h, w, 3] of any array library
        """Write a picture."""
        self._writer.add_image(tag, pixels, step, dataformats="HWC")

    def flush(self) -> None:
        """Force what was written to the disk."""
        self._writer.flush()

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()
