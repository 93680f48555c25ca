# `make demo` and `make test` do everything on a fresh machine: environment, installation, run.
# A second run reuses the environment; it is rebuilt when pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

PARITY := .venv-parity
PARITY_STAMP := $(PARITY)/.installed

.PHONY: help demo test quick fast check coverage static types lint format docs package oldest parity fuzz faults steady

help:
	@echo "make demo     score two folders of real images, offline, and save a picture of both"
	@echo "make test     format, lint, types, layers and tests: what CI runs"
	@echo "make quick    the same with the fast tests only, in two minutes on two cores"
	@echo "make coverage the tests of make test, and which lines they ran: three times as long"
	@echo "make format   rewrite the code in the house format"
	@echo "make docs     the website in build/site, warnings as errors; open build/site/index.html"
	@echo "make package  wheel and source distribution in dist/, checked"
	@echo "make oldest   the fast tests with the lowest versions that pyproject.toml declares"
	@echo "make fuzz     20,000 changed files, wrong arguments and command lines of each kind, seeds 0 and 1: hours"
	@echo "make faults   kill -9 at 30 random moments of each writing command, and the other faults: some minutes"
	@echo "make steady   the whole suite ten times: in the background, as a plain user, without a home and so on; hours"
	@echo "make parity   compare with installed peers, each given the state dict WEIGHTS=path (or random weights)"

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check torch torchvision
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/python docs/gallery/demo.py --output demo-output

# Tests run on two processes of one thread each; those of a file stay together, as the examples of a page must. Files
# keep the order that conftest.py gives them, the dearest first, so that no process waits for one at the end. Processes
# that tests start find the package compiled, wherever that is switched off.
PYTEST := PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile \
	--no-loadscope-reorder

test: $(STAMP) check

check:
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target static
	$(PYTEST)

# Lines are followed in the tests' own processes; that makes short calls several times as dear.
coverage: $(STAMP)
	$(PYTEST) --cov --cov-report=term

# The checks of array shapes at every call cost as much as the fast tests themselves; `make test` has them, in fast tests.
FAST := $(PYTEST) -o addopts= --strict-markers --strict-config --import-mode=importlib -m "not slow and not parity"

quick: $(STAMP)
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target static fast

fast:
	$(FAST) --quiet tests

static: types lint

types:
	$(BIN)/mypy

lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/bandit -q -ll -r ganmetrics reference_models

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --config-file website/mkdocs.yml
	@echo "build/site/index.html"

package: $(STAMP)
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl

# What pyproject.toml says it runs with is run. The tools that test are the current ones.
OLDEST := .venv-oldest
OLDEST_STAMP := $(OLDEST)/.installed
OLDEST_EXTRAS := efficientnet plots parquet hdf5 lmdb video

$(OLDEST_STAMP): pyproject.toml packaging/lowest.py
	test -x $(OLDEST)/bin/python || $(PYTHON) -m venv $(OLDEST)
	$(PYTHON) packaging/lowest.py $(OLDEST_EXTRAS) > $(OLDEST)/lowest.txt
	$(OLDEST)/bin/pip install --quiet --disable-pip-version-check --requirement $(OLDEST)/lowest.txt
	$(OLDEST)/bin/pip install --quiet --disable-pip-version-check beartype hypothesis jsonschema pytest sybil 'scipy<1.14'
	$(OLDEST)/bin/pip install --quiet --disable-pip-version-check --no-deps .
	touch $(OLDEST_STAMP)

# Without jaxtyping's plugin, whose lowest version wants to come before conftest.py, and without warnings as errors: old
# versions warn of each other.
oldest: $(OLDEST_STAMP)
	OMP_NUM_THREADS=1 $(OLDEST)/bin/python -m pytest -o addopts= --import-mode=importlib -W default \
		-m "not slow and not parity" tests

# An environment of its own: several peers still call an argument that SciPy 1.18 removed.
$(PARITY_STAMP): pyproject.toml
	test -x $(PARITY)/bin/python || $(PYTHON) -m venv $(PARITY)
	$(PARITY)/bin/pip install --quiet --disable-pip-version-check torch torchvision
	$(PARITY)/bin/pip install --quiet --disable-pip-version-check --editable '.[parity]'
	touch $(PARITY_STAMP)

parity: $(PARITY_STAMP)
	GANMETRICS_PARITY_WEIGHTS="$(WEIGHTS)" $(PARITY)/bin/python -m pytest -m parity tests/parity

FUZZ_CASES ?= 20000
FUZZ_SEEDS ?= 0 1
fuzz: $(STAMP)
	GANMETRICS_FUZZ_CASES=$(FUZZ_CASES) GANMETRICS_FUZZ_SEEDS="$(FUZZ_SEEDS)" $(BIN)/python -m pytest -o addopts= -p no:cacheprovider --import-mode=importlib tests/fuzz

faults: $(STAMP)
	GANMETRICS_FAULT_ROUNDS=30 $(BIN)/python -m pytest --no-cov tests/faults

RUNS ?= 1 2 3 4 5 6 7 8 9 10
steady: $(STAMP)
	PYTHON=$(BIN)/python tests/steady.sh $(RUNS)
