# Completes ganmetrics in bash: the program itself knows its options.
eval "$(_GANMETRICS_COMPLETE=bash_source ganmetrics)"
