# Every target prepares what it needs in .venv from the pinned requirements/*.txt; nothing else is installed.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
DIR ?= demo
WORKERS ?= 2

.PHONY: help demo test check slow mutation bench new lint types imports house reference pictures lock clean

help:  ## list the targets
	@echo "Cauce: targets of make"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(BIN)/.run  ## run a fictitious country's hub in ./demo (DIR=folder for another place) and show its pages
	@if [ -e "$(DIR)/hub.toml" ]; then \
	  echo "$(DIR) is there already: running it again spends nothing. Remove it to begin anew." >&2; \
	  $(BIN)/cauce run "$(DIR)"; if [ -t 0 ] && [ -t 1 ]; then $(BIN)/cauce serve "$(DIR)"; fi; \
	else $(BIN)/cauce demo "$(DIR)"; fi

test: $(BIN)/.test  ## the fast tests: unit, contracts, golden, journeys and every docstring's example
	@$(BIN)/python -m pytest -n $(WORKERS) tests/unit tests/contracts tests/golden tests/journeys src

check: lint types imports test house  ## all that continuous integration asks: exactly what .ci/run runs

lint: $(BIN)/.test  ## ruff: style, complexity, banned calls
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(BIN)/.test  ## mypy, strict
	@$(BIN)/mypy

imports: $(BIN)/.test  ## the contracts between the rooms
	@$(BIN)/lint-imports

house: $(BIN)/.test  ## the rules of the house, the docs' code blocks, the generated reference
	@$(BIN)/python -m pytest -n $(WORKERS) tests/house

slow: $(BIN)/.bench  ## the long suites: coverage over many seeds, attacks, other engines
	@$(BIN)/python -m pytest -n $(WORKERS) -m slow tests

mutation: $(BIN)/.test  ## plant faults in the gate and the ledger, one at a time: do the tests notice?
	@$(BIN)/python house/mutation.py

bench: $(BIN)/.bench  ## measure every figure quoted in docs/performance.md
	@for file in bench/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file; done

new: $(BIN)/.test  ## begin a source, codelist, estimator, room file or command: KIND= NAME= (fails until filled)
	@$(BIN)/python house/new.py --kind "$(KIND)" --name "$(NAME)"

reference: $(BIN)/.test  ## write docs/reference again from the code
	@$(BIN)/python docs/generate_reference.py

pictures: $(BIN)/.run  ## write the demo's words and picture in README.md again
	@$(BIN)/python docs/photograph_demo.py

lock: $(BIN)/.bench  ## write requirements/*.txt again from the versions installed here
	@$(BIN)/python house/lock.py requirements/run.in > requirements/run.txt
	@$(BIN)/python house/lock.py requirements/{run,postgres,test}.in > requirements/test.txt
	@$(BIN)/python house/lock.py requirements/{run,postgres,test,spark,bench}.in > requirements/bench.txt

clean:  ## remove the virtual environment and all caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build src/*.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Cauce needs Python 3.11 or newer. On Debian: apt install python3 python3-venv" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "This Python cannot make virtual environments. On Debian: apt install python3-venv" >&2; exit 2; }
	@echo "Making $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV)

$(BIN)/.run $(BIN)/.test $(BIN)/.bench: $(BIN)/.%: requirements/%.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "Installing requirements/$*.txt" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/build.txt -r requirements/$*.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
