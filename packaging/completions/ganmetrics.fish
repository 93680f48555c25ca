# Completes ganmetrics in fish: the program itself knows its options.
_GANMETRICS_COMPLETE=fish_source ganmetrics | source
