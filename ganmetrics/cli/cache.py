"""``ganmetrics cache``: the statistics kept between runs."""

import json
import time

import click

from ganmetrics.cli.help import Group
from ganmetrics.cli.output import emit, say


@click.group(cls=Group)
def cache() -> None:
    """List, verify and clear what is kept between runs."""


@cache.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_entries(*, as_json: bool) -> None:
    """Print the entries, the most recently used first, and their sizes."""
    from ganmetrics.references.cache import ReferenceCache, reference_directory

    store = ReferenceCache(reference_directory())
    entries = store.entries()
    total = sum(entry.size for entry in entries)
    if as_json:
        listed = [{"path": str(entry.path), "bytes": entry.size, "used": entry.used} for entry in entries]
        emit(json.dumps({"directory": str(store.directory), "bytes": total, "entries": listed}, indent=2))
        return
    for entry in entries:
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.used))
        emit(f"{entry.path.stem[:16]}  {entry.size / 2**20:8.1f} MiB  used {used}  {store.describe(entry)}")
    emit(f"{counted(len(entries))}, {total / 2**20:.1f} of {store.limit / 2**20:.0f} MiB in {store.directory}")


@cache.command("verify", short_help="Read every entry and check its digest.")
def verify_entries() -> None:
    """Read every entry and check its digest; exit with status 1 if one is damaged."""
    from ganmetrics.errors import StaleStatistics
    from ganmetrics.references.cache import ReferenceCache, reference_directory

    store = ReferenceCache(reference_directory())
    damaged = store.damaged()
    for entry, reason in damaged:
        say(f"{entry.path}: {reason}")
    if damaged:
        raise StaleStatistics(f"every entry must be whole; {len(damaged)} are damaged (ganmetrics cache clear)")
    emit(f"{counted(len(store.entries()))}, all whole")


@cache.command()
def clear() -> None:
    """Remove every entry; the next run computes again."""
    from ganmetrics.references.cache import ReferenceCache, reference_directory

    emit(f"{counted(ReferenceCache(reference_directory()).clear())} removed")


def counted(number: int) -> str:
    """Return a number of entries in words."""
    return "1 entry" if number == 1 else f"{number} entries"
