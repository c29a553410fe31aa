# Everything happens inside this folder: the environment in .venv, caches and scratch files in .cache.
SHELL := /bin/sh
.DELETE_ON_ERROR:

PYTHON ?= python3
ARGS ?=
SEED ?= 1
CASES ?= 24
CACHE := $(CURDIR)/.cache
BIN := $(CURDIR)/.venv/bin
export PIP_CACHE_DIR := $(CACHE)/pip
export UV_CACHE_DIR := $(CACHE)/uv
export RUFF_CACHE_DIR := $(CACHE)/ruff
export MYPY_CACHE_DIR := $(CACHE)/mypy
export PYTHONPYCACHEPREFIX := $(CACHE)/pycache
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export TMPDIR := $(CACHE)/tmp

UV := $(shell command -v uv 2>/dev/null)
ifeq ($(UV),)
MAKE_VENV = $(PYTHON) -m venv .venv
INSTALL = $(BIN)/python -m pip install --quiet
else
MAKE_VENV = $(UV) venv --quiet --python $(PYTHON) .venv
INSTALL = $(UV) pip install --quiet --python $(BIN)/python
endif

PURE_TESTS := tests/text tests/watch tests/parse tests/revise tests/extract tests/match tests/poll tests/publish tests/test_model.py
PURE := ingest/errors.py,ingest/model/*,ingest/text/*,ingest/watch/*,ingest/parse/*,ingest/revise/*,ingest/extract/*,ingest/match/*
PURE := $(PURE),ingest/poll/etiquette.py,ingest/poll/headers.py,ingest/poll/pace.py,ingest/poll/robots.py,ingest/poll/trust.py,ingest/poll/websub.py,ingest/publish/*

.PHONY: help run test test-browser torture screenshots check format cover soak clean

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1\t\2/p' Makefile

run: .venv/.run ## Set up and run the sample newsroom; ARGS=--no-serve ends instead of serving
	@$(BIN)/samewire demo $(ARGS)

test: .venv/.dev ## Set up and run the tests
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

test-browser: .venv/.browser ## Walk through the pages with Chromium, wide and narrow, light and dark; with axe-core
	@SAMEWIRE_BROWSER=1 $(BIN)/python -m pytest -m browser tests/browse/test_browser.py $(ARGS)

torture: .venv/.dev ## A minute of hostile servers, certificates, files and command lines; SEED=N for other cases
	@$(BIN)/python -m bench.siege --cut $(CASES) --seed $(SEED)
	@$(BIN)/python bench/torture.py --cut $(CASES) --seed $(SEED)

screenshots: .venv/.browser ## The same, and keep its pictures in docs/img
	@SAMEWIRE_BROWSER=1 SAMEWIRE_SCREENSHOTS=docs/img $(BIN)/python -m pytest -m browser tests/browse/test_browser.py

check: .venv/.dev ## Format, lint, types, import contracts
	@$(BIN)/ruff format --check ingest tests bench
	@$(BIN)/ruff check ingest tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: .venv/.dev ## Write the code in the project's format
	@$(BIN)/ruff format ingest tests bench
	@$(BIN)/ruff check --fix ingest tests bench

cover: .venv/.dev ## Branch coverage of the pure rooms, 95 % at least
	@$(BIN)/python -m pytest -n 2 --cov --cov-report= $(PURE_TESTS)
	@$(BIN)/python -m coverage report --fail-under 95 --include '$(PURE)'

soak: .venv/.dev ## The long runs: every property at length, kill -9 at random moments, 200 rounds, all hostile cases
	@$(BIN)/python -m pytest -n 2 --dist worksteal --hypothesis-profile thorough -k "not kill" $(ARGS)
	@$(BIN)/python bench/kill.py --rounds 200
	@$(BIN)/python -m bench.digest_kill --kills 200
	@$(BIN)/python -m bench.siege
	@$(BIN)/python bench/torture.py
	@$(BIN)/python bench/torture.py --daemon

clean: ## Remove the environment, caches and the demo's folder
	rm -rf .venv .cache build dist samewire-demo

$(CACHE)/tmp:
	@mkdir -p $@

.venv/bin/python: | $(CACHE)/tmp
	@echo "setting up .venv"
	@$(MAKE_VENV)

.venv/.run: pyproject.toml | .venv/bin/python
	@echo "installing samewire and what it needs"
	@$(INSTALL) -e .
	@touch $@

.venv/.dev: .venv/.run pyproject.toml
	@echo "installing what the tests need"
	@$(INSTALL) -e '.[dev]'
	@touch $@

.venv/.browser: .venv/.dev pyproject.toml
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
		{ echo "make test-browser needs Chromium: apt-get install chromium chromium-driver"; exit 1; }
	@echo "installing what the browser's tests need"
	@$(INSTALL) -e '.[dev,browser]'
	@$(INSTALL) --no-deps 'axe-playwright-python==0.1.8'
	@touch $@
