# Everything happens inside this folder: the environment in .venv, caches and scratch files in .cache.
SHELL := /bin/sh
.DELETE_ON_ERROR:

PYTHON ?= python3
ARGS ?=
SECONDS ?= 120
SEED ?= 1
CASES ?= 24
CACHE := $(CURDIR)/.cache
BIN := $(CURDIR)/.venv/bin
export PIP_CACHE_DIR := $(CACHE)/pip
export UV_CACHE_DIR := $(CACHE)/uv
export RUFF_CACHE_DIR := $(CACHE)/ruff
export MYPY_CACHE_DIR := $(CACHE)/mypy
# A machine may forbid to write bytecode; here it goes to the cache, and each command of the tests starts in a third of the time.
unexport PYTHONDONTWRITEBYTECODE
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

.PHONY: help run test test-dist test-browser test-spark torture screenshots check format cover soak fuzz drill dist lock audit docs docs-reference clean

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1\t\2/p' Makefile

run: .venv/.run ## Set up and run the sample newsroom; ARGS=--no-serve ends instead of serving
	@$(BIN)/samewire demo $(ARGS)

test: .venv/.dev ## Set up and run the tests
	@$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

test-dist: ## Build sdist and wheel, and run the tests on the installed wheel, away from the source tree
	@.ci/test-dist $(ARGS)

test-browser: .venv/.browser ## Walk through the pages with Chromium, wide and narrow, light and dark; with axe-core
	@SAMEWIRE_BROWSER=1 $(BIN)/python -m pytest -m browser tests/browse/test_browser.py $(ARGS)

test-spark: .venv/.spark ## The same stories from Apache Spark on 5,000 articles, with workers killed on the way; needs Java 17
	@SAMEWIRE_SPARK=1 $(BIN)/python -m pytest -m spark tests/scale $(ARGS)

torture: .venv/.dev ## Some of the hostile servers, files and command lines, of the crashes and of the kills; SEED=N for others
	@$(BIN)/python -m bench.siege --cut $(CASES) --seed $(SEED)
	@$(BIN)/python bench/torture.py --cut $(CASES) --seed $(SEED)
	@$(BIN)/python -m bench.crash --cut 5
	@$(BIN)/python bench/kill.py --rounds 2 --seed 11 --houses 3

screenshots: .venv/.browser ## The same, and keep its pictures in docs/img
	@SAMEWIRE_BROWSER=1 SAMEWIRE_SCREENSHOTS=docs/img $(BIN)/python -m pytest -m browser tests/browse/test_browser.py

check: .venv/.dev ## Format, lint, types, import contracts
	@$(BIN)/ruff format --check ingest tests bench docs/conf.py docs/tools
	@$(BIN)/ruff check ingest tests bench docs/conf.py docs/tools
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: .venv/.dev ## Write the code in the project's format
	@$(BIN)/ruff format ingest tests bench docs/conf.py docs/tools
	@$(BIN)/ruff check --fix ingest tests bench docs/conf.py docs/tools

cover: .venv/.dev ## Branch coverage of the pure rooms, 95 % at least
	@$(BIN)/python -m pytest -n 2 --cov --cov-report= $(PURE_TESTS)
	@$(BIN)/python -m coverage report --fail-under 95 --include '$(PURE)'

docs: .venv/.docs ## Build the documentation in build/site; a warning or a dead link fails
	@$(BIN)/python -m sphinx -q -W --keep-going -b html -d $(CACHE)/doctrees docs build/site
	@$(BIN)/python -m docs.tools.site build/site

docs-reference: .venv/.run ## Write the pages and pictures of docs/ that are made from the code
	@$(BIN)/python -m docs.tools.reference
	@$(BIN)/python -m docs.tools.pictures

soak: .venv/.dev ## The long runs: every property at length, every hostile case, a mutant of each manner, a crash at every point, kill -9, SIGTERM, full disks
	@$(BIN)/python -m pytest -n 2 --dist worksteal --hypothesis-profile thorough -k "not kill" $(ARGS)
	@$(BIN)/python bench/mutants.py
	@$(BIN)/python -m bench.crash
	@$(BIN)/python bench/kill.py --rounds 200
	@$(BIN)/python -m bench.digest_kill --kills 200
	@$(BIN)/python -m bench.faults --terms 50 --full 50
	@$(BIN)/python -m bench.siege
	@$(BIN)/python bench/torture.py
	@$(BIN)/python bench/torture.py --daemon

fuzz: .venv/.dev ## Put anything at all to the readers of feeds, pages, addresses, queries, configurations; SECONDS=120
	@$(BIN)/python -m bench.fuzz --seconds $(SECONDS) $(ARGS)

drill: .venv/.dev ## Back up a database under full write load, restore each copy, compare; upgrade one under kill -9
	@$(BIN)/python -m bench.backup $(ARGS)
	@$(BIN)/python -m bench.upgrade --gigabytes 0.02 --kills 3

dist: $(CACHE)/tools/bin/uv ## Build the sdist and, out of it, the wheel, in dist/
	@rm -rf dist
	@$(CACHE)/tools/bin/python -m build --outdir dist . >$(CACHE)/tmp/build.log 2>&1 || { cat $(CACHE)/tmp/build.log; exit 1; }
	@ls -1 dist

lock: $(CACHE)/tools/bin/uv ## Renew deploy/requirements.lock: what a deployment installs, pinned with hashes
	@$(CACHE)/tools/bin/uv pip compile pyproject.toml --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
		--custom-compile-command "make lock" --output-file deploy/requirements.lock

audit: $(CACHE)/tools/bin/uv ## Ask for known vulnerabilities in what the lock pins; fails where nobody answers
	@$(CACHE)/tools/bin/pip-audit --strict --disable-pip --no-deps --requirement deploy/requirements.lock

clean: ## Remove the environment, caches and the demo's folder
	rm -rf .venv .cache build dist samewire-demo

$(CACHE)/tmp:
	@mkdir -p $@

# What builds, locks and audits, apart from what the project runs with.
$(CACHE)/tools/bin/uv: | $(CACHE)/tmp
	@echo "installing what builds, locks and audits"
	@$(PYTHON) -m venv $(CACHE)/tools
	@$(CACHE)/tools/bin/python -m pip install --quiet build pip-audit uv

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

.venv/.docs: .venv/.run pyproject.toml
	@echo "installing what the documentation is built with"
	@$(INSTALL) -e '.[docs]'
	@touch $@

.venv/.spark: .venv/.dev pyproject.toml
	@command -v java >/dev/null || [ -n "$$JAVA_HOME" ] || \
		{ echo "make test-spark needs Java 17: apt-get install openjdk-17-jre-headless"; exit 1; }
	@echo "installing Apache Spark"
	@$(INSTALL) -e '.[dev,spark]'
	@touch $@

.venv/.browser: .venv/.dev pyproject.toml
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
		{ echo "make test-browser needs Chromium: apt-get install chromium chromium-driver"; exit 1; }
	@echo "installing what the browser's tests need"
	@$(INSTALL) -e '.[dev,browser]'
	@$(INSTALL) --no-deps 'axe-playwright-python==0.1.8'
	@touch $@
