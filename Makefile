# Two commands are enough: `make run` and `make test`. They need Python 3.11 or newer and nothing else; `make help` lists the rest.

PORT ?= 8000
DEMO ?= yes
PYTHON ?= python3
# Test processes at once. What measures seconds or keeps the whole machine busy is marked `alone` and runs at the end.
WORKERS ?= 2
# How much generated input `make fuzz` sends to each form; `make test` sends 50.
EXAMPLES ?= 2000
# The two commits of `make compare`.
OLD ?= HEAD~1
NEW ?= HEAD

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := $(PIP) install --quiet --require-hashes -r
TEMPLATES := clusterweek/templates

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup run test check tidy bench fuzz compare texts lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  \033[1mmake %-7s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT=8123 make run   takes another port       DEMO=no make run   starts without the demo edition"

setup: $(VENV)/.test $(VENV)/.project ## install all that development needs into .venv, and stop there

run: $(VENV)/.run $(VENV)/.project ## start web and worker on http://127.0.0.1:8000/; the first run loads the demo edition
	@exec $(BIN)/clusterweek serve --prepare $(if $(filter no,$(DEMO)),--no-demo,--demo) --with-worker --port $(PORT)

test: setup ## run every test: SQLite, PostgreSQL, and a real browser where there is one
	$(BIN)/python -m pytest -n $(WORKERS) -m "not browser and not slow and not alone"
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "browser or slow"
	$(BIN)/python -m pytest -n 0 -m alone

check: setup ## format, lint, types, templates and the length of their lines, catalogues, arrows between the rooms, links in the handbook
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint $(TEMPLATES) --check
	$(BIN)/djlint $(TEMPLATES) --lint
	$(BIN)/python -m pytest -q tests/house/test_arrows.py tests/house/test_texts.py tests/house/test_handbook.py tests/house/test_lines.py

tidy: setup ## put code and templates into the common format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint $(TEMPLATES) --reformat --quiet || true

bench: setup ## measure what people wait for against a plain yardstick
	$(BIN)/python -m tests.bench

fuzz: setup ## send every form and address far more bad input than `make test` does, other input each time
	FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n $(WORKERS) tests/fuzz

compare: setup ## say what the commits OLD and NEW answer differently: pages, letters, files and feeds of the demo
	$(BIN)/python -m tests.house.compare $(OLD) $(NEW)

texts: setup ## bring the catalogues up to date with the sentences in code and pages
	$(BIN)/python -m tests.house.texts

lock: ## write the lock files anew from pyproject.toml (needs uv); UPGRADE=--upgrade takes the newest versions
	uv pip compile $(UPGRADE) --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		pyproject.toml -o requirements.txt
	uv pip compile $(UPGRADE) --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--extra test -c requirements.txt pyproject.toml -o requirements-test.txt

clean: ## remove what was built and installed; instance/ with its data stays
	rm -rf $(VENV) clusterweek/static/vendor clusterweek/static/.vendor-* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find clusterweek tests -name __pycache__ -type d -prune -exec rm -rf {} +

# What follows installs each thing once, and again only when the file that names it has changed.

# A .venv that was moved, or whose Python is gone, does not work any more: forget it, so that it is made anew.
ifneq ($(shell $(BIN)/python -c "print(open('$(VENV)/.made').read().strip())" 2>/dev/null),$(CURDIR))
$(shell rm -f $(VENV)/.made $(VENV)/.run $(VENV)/.test $(VENV)/.project)
endif

# The same when somebody has emptied the folder that the build fills.
ifeq ($(wildcard clusterweek/static/vendor/STAMP),)
$(shell rm -f $(VENV)/.project)
endif

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, and \"$(PYTHON)\" is not one. To name another: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@echo "$(CURDIR)" > $@

$(VENV)/.run: requirements.txt | $(VENV)/.made
	@echo "Installing what the program runs on (once, about half a minute) ..."
	@$(LOCKED) requirements.txt
	@touch $@

$(VENV)/.test: requirements-test.txt requirements.txt | $(VENV)/.made
	@echo "Installing what the program runs on and what tests it (once, about a minute) ..."
	@$(LOCKED) requirements-test.txt
	@touch $@ $(VENV)/.run

$(VENV)/.project: pyproject.toml hatch_build.py package.json package-lock.json | $(VENV)/.made
	@echo "Building the style sheet, scripts and fonts (once, about a quarter of a minute) ..."
	@$(PIP) install --quiet --no-deps -e .
	@touch $@
