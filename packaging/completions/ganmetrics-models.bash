# Completes ganmetrics-models in bash: the program itself knows its options.
eval "$(_GANMETRICS_MODELS_COMPLETE=bash_source ganmetrics-models)"
