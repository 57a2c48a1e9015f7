# The two commands of a newcomer are `make try` and `make test`; the rest is for those who carry on.
PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help try test run check lint types tour bench-broadcast lock clean

help: ## say what can be made here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

try: $(VENV)/ready ## set everything up and start the bot with the simulator (no token; PORT=8081 for another port)
	$(BIN)/first-mile try --port $(PORT)

test: $(VENV)/ready-dev ## set everything up and run the tests
	$(BIN)/python -m pytest -n auto

run: $(VENV)/ready ## start it for real, with the settings in .env
	$(BIN)/first-mile run

check: $(VENV)/ready ## check settings and every file in messages/
	$(BIN)/first-mile check

tour: $(VENV)/ready ## play the whole story in the terminal
	$(BIN)/first-mile try --tour

lint: $(VENV)/ready-dev ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready-dev ## types
	$(BIN)/mypy --strict bot

bench-broadcast: $(VENV)/ready-dev ## measure a broadcast to 3,000 people
	$(BIN)/python -m bench broadcast --recipients 3000 --blocked 0.03 --latency-ms 80

# --no-deps: the locks name everything, so there is nothing to work out. Where pip does work it out, it stumbles over an
# extra that somebody asks for (coverage[toml]) as soon as there is a newer release than the pinned one.
# --no-build-isolation: the build backend is pinned in the lock like everything else.
$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "First Mile needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Fetching what First Mile is made of: about half a minute, and only once."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	touch $@

lock: ## pin every dependency again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  pyproject.toml --extra postgres --group build -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove what was set up here (not data/)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
