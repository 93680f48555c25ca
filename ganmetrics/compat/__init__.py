"""The interfaces of other libraries over this one: change the import, keep the rest of the program.

Each has the peer's names, arguments and results, and the peer's protocol of resize and scaling, so that its numbers are
reproduced; what a peer gets wrong is right here, and ``docs/coming-from`` has a table of the differences. Nothing in
the package imports these modules.
"""
