"""``list``: the presets, and the shapes of their networks."""

import click

from reference_models.cli.help import Command
from reference_models.cli.output import emit
from reference_models.errors import ConfigError
from reference_models.settings import parse_assignments


@click.command(cls=Command, name="list")
@click.option("--shapes", metavar="PRESET", help="Print the layers, shapes and parameter counts of a preset instead.")
@click.option("--classes", default=10, show_default=True, help="Number of classes of a conditional preset.")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change a key of that preset.")
def list_presets(*, shapes: str | None, classes: int, assignments: tuple[str, ...]) -> None:
    """Print every preset with what it is."""
    from reference_models.presets import PRESETS, build_config

    if shapes is not None:
        from reference_models.networks.summary import summary

        emit(summary(build_config(shapes, parse_assignments(assignments)).with_classes(classes).net))
        return
    if assignments:
        raise ConfigError("--set goes with --shapes PRESET; got it alone")
    width = max(map(len, PRESETS))
    for name, preset in PRESETS.items():
        emit(f"{name:<{width}}  {preset.summary}")
