# One command to see it (make demo), one to prove it (make test), one to judge the code (make check).
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: help demo test check lowest schemas examples clean
.DEFAULT_GOAL := help

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("evalkit needs Python 3.11 or newer; found %d.%d. Run: make PYTHON=python3.12 ..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(STAMP)  ## check and evaluate a shipped example; the pack is written to demo/
	$(BIN)/evalkit demo demo

test: $(STAMP)  ## run the tests
	$(BIN)/python -m pytest -n auto

check: $(STAMP)  ## lint, strict types, import table
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_layers.py

lowest:  ## run the tests, but for the slow ones, on the lowest versions declared
	$(MAKE) VENV=.venv-lowest .venv-lowest/.lowest
	.venv-lowest/bin/python -m pytest -n auto -m 'not slow'

.venv-lowest/.lowest: pyproject.toml tests/lowest.txt
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint tests/lowest.txt
	@touch $@

schemas: $(STAMP)  ## regenerate schemas/ from the models
	$(BIN)/evalkit schema schemas

examples: $(STAMP)  ## regenerate the shipped templates and their expected results
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python examples/build.py

clean:  ## remove the environments and the demo's output
	rm -rf $(VENV) .venv-lowest demo .mypy_cache .ruff_cache .pytest_cache
