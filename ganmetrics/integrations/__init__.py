"""Scores inside the training loops and logs that people use; nothing in the package imports these modules.

`ganmetrics.integrations.loop` needs torch only; every other module needs the package that it is named after.
"""
