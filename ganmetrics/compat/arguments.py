"""What the arguments of other libraries come to here."""

from ganmetrics import InputError


def check_none_given(library: str, given: dict[str, object], remedy: str) -> None:
    """Refuse arguments that would change the number in a way that this library does not offer.

    Args:
        library: whose function was called.
        given: arguments by name, None where the caller left them out.
        remedy: what to do instead.

    Raises:
        InputError: one of them was given.

    >>> check_none_given("clean-fid", {"custom_fn_resize": None}, "use a protocol")
    >>> check_none_given("clean-fid", {"custom_fn_resize": print}, "use a protocol")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: custom_fn_resize of clean-fid is not offered here: use a protocol
    """
    names = [name for name, value in given.items() if value is not None]
    if names:
        raise InputError(
            f"{', '.join(names)} of {library} {'is' if len(names) == 1 else 'are'} not offered here: {remedy}"
        )
