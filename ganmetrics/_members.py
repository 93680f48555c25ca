"""Whether an object has the members of a protocol, on every version of Python alike.

``isinstance`` looks for the members themselves since Python 3.12. A wrapper which passes on what it is asked for by
``__getattr__`` is then no longer what it wraps: a source would lose its classes, or be refused.
"""

from typing import TypeGuard, TypeVar

Answering = TypeVar("Answering")
_MADE_BY_PYTHON = {"__init__", "__subclasshook__"}


def has_members(value: object, protocol: type[Answering]) -> TypeGuard[Answering]:
    """Return whether an object answers to every member of a protocol; special methods are those of its class.

    >>> from typing import Protocol
    >>> class Sized(Protocol):
    ...     def __len__(self) -> int: ...
    >>> has_members([], Sized), has_members(1, Sized)
    (True, False)
    """
    members = (name for name, member in vars(protocol).items() if callable(member) or isinstance(member, property))
    needed = [name for name in members if name not in _MADE_BY_PYTHON]
    return all(hasattr(type(value) if name.startswith("__") else value, name) for name in needed)
