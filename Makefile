# The two commands of this project are `make call` and `make test`; both set up everything they need.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CALL   := $(VENV)/.call-ready
READY  := $(VENV)/.ready
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: call test lint bench model clean

call: $(CALL)             ## phone the hotline from this keyboard
	@$(BIN)/ivr call --as wang-balance || test $$? -eq 3  # 3: the caller hung up, which is no failure of make

test: $(READY)            ## all tests
	$(BIN)/python -m pytest -q -n auto $(PYTEST)

lint: $(READY)            ## style, types, who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)           ## figures, as a table with ratios
	@$(BIN)/python -m benchmarks $(BENCH)

model: $(READY)           ## the speech model made anew: make model MODEL="--recordings DIR", or MODEL=--quick
	@$(PIP) --group training
	@$(BIN)/python -m models.training $(MODEL)

$(CALL): pyproject.toml   # a keypad needs a twentieth of what the tests need
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (once) …"
	@$(PIP) --upgrade "pip>=25.1"
	@$(PIP) --editable .
	@touch $@

$(READY): $(CALL)
	@echo "adding what tests, voice and speech need (once) …"
	@$(PIP) --editable . --group dev
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage dist build
