"""Several options that reach a command as one value."""

import functools
from collections.abc import Callable
from typing import Any

CommandFunction = Callable[..., None]


def gather_into(
    name: str,
    build: Callable[[dict[str, Any]], object],
    command: CommandFunction,
    added: tuple[Callable[[CommandFunction], CommandFunction], ...],
) -> CommandFunction:
    """Add options to a command, which receives what is built of their values under one name."""

    def with_options(*arguments: object, **values: Any) -> None:  # noqa: ANN401 - whatever click parsed
        mine = {option: values.pop(option) for option in names}
        command(*arguments, **{name: build(mine)}, **values)

    before = len(getattr(command, "__click_params__", ()))
    extended: CommandFunction = functools.wraps(command)(with_options)
    for option in reversed(added):
        extended = option(extended)
    names = [parameter.name for parameter in extended.__click_params__[before:]]  # type: ignore[attr-defined]
    return extended
