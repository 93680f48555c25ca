"""Statistics of a set from shards that Dask builds: `python docs/scale_dask.py REAL OUTPUT SHARDS [SCHEDULER]`."""

import sys

import ganmetrics


def build(source: str, shard: str, extractor: object) -> ganmetrics.Reference:
    """Return the statistics of one shard; runs on a worker."""
    return ganmetrics.Reference.from_images(source, shard=shard, extractor=extractor, workers=0)


def build_all(client: object, source: str, shards: int, extractor: object = "inception-v3") -> ganmetrics.Reference:
    """Return the statistics of all images of `source`, a path that every worker sees."""
    names = [f"{number}/{shards}" for number in range(1, shards + 1)]
    futures = [client.submit(build, source, name, extractor) for name in names]
    return ganmetrics.join_shards(dict(zip(names, client.gather(futures), strict=True)))


if __name__ == "__main__":
    from distributed import Client

    real, output, number, *scheduler = sys.argv[1:]
    with Client(*scheduler) as connected:
        build_all(connected, real, int(number)).save(output)
