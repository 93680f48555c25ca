"""Blocks that are kept for a while."""

import pickle

import pytest

from ganmetrics.data.recent import RecentBlocks


def square(number):
    """A block that a test can pickle."""
    return number * number


@pytest.mark.parametrize("keep", [1, 2, 5])
def test_images_in_order_cost_one_reading_of_their_block(keep):
    """However many blocks are kept."""
    loaded = []
    blocks = RecentBlocks(lambda number: loaded.append(number) or square(number), keep=keep)
    assert [blocks[index // 4] for index in range(16)] == [square(index // 4) for index in range(16)]
    assert loaded == [0, 1, 2, 3]


def test_the_block_that_was_used_longest_ago_goes():
    """Not the one that was read first."""
    loaded = []
    blocks = RecentBlocks(lambda number: loaded.append(number) or number, keep=2)
    assert [blocks[number] for number in (0, 1, 0, 2, 0, 1)] == [0, 1, 0, 2, 0, 1]
    assert loaded == [0, 1, 2, 1]


def test_another_process_begins_empty():
    """Blocks and lock stay behind."""
    blocks = RecentBlocks(square)
    assert blocks[3] == 9
    sent = pickle.dumps(blocks)
    assert len(sent) == len(pickle.dumps(RecentBlocks(square)))
    assert pickle.loads(sent)[4] == 16
