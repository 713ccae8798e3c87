# One machine with Python 3.11 or newer, git and make is enough. The second call is instant.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run install simulate test legacy check lint docs clean

run: $(VENV)/run.stamp  ## a simulated session of the next trading day
	$(BIN)/tradebot run --config config/config.paper.yaml --rehearse

install: $(VENV)/run.stamp  ## what pyproject.toml registers becomes known

test: $(VENV)/dev.stamp  ## the whole test suite
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

legacy: .legacy/stamp  ## ib_insync by itself: it may not stand beside ib_async

simulate: $(VENV)/dev.stamp  ## 5600 days full of faults, and the seeds that once failed
	$(BIN)/tradebot simulate --days 5600 --jobs 2 --each 100 --seeds-from tests/simulation/seeds.txt

check: $(VENV)/dev.stamp  ## lint, types, imports and the tests
	$(BIN)/python tools/dev.py check

lint: $(VENV)/dev.stamp
	$(BIN)/python tools/dev.py lint

docs: $(VENV)/dev.stamp
	$(BIN)/python tools/dev.py docs

clean:
	rm -rf $(VENV) .legacy build dist

$(VENV)/run.stamp: requirements.lock requirements-build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else \
	"tradebot needs Python 3.11 or newer: make PYTHON=/path/to/python3 ...")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements-build.lock -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

.legacy/stamp: requirements-legacy.lock $(VENV)/dev.stamp
	$(INSTALL) --require-hashes --no-deps --upgrade --target .legacy -r requirements-legacy.lock
	rm -rf .legacy/tests  # eventkit ships its own, which would hide ours
	@touch $@
