"""What may lie where a file is expected, and would hold a program for ever or take all of its memory."""

import os

HUGE = 20 * 10**9

ODD_FILES = {
    "pipe": (os.mkfifo, "it is no regular file"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "it is no regular file"),
    "folder": (lambda path: path.mkdir(), "it is no regular file"),
    "sparse": (lambda path: (path.touch(), os.truncate(path, HUGE)), "it has more than [0-9,]+ bytes"),
}
"""By name: how one is made, and what is said of it."""
