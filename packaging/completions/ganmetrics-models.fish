# Completes ganmetrics-models in fish: the program itself knows its options.
_GANMETRICS_MODELS_COMPLETE=fish_source ganmetrics-models | source
