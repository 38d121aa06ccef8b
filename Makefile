# Every target sets up what it needs: a fresh clone needs Python 3.11 or newer, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A process more than there are cores: what a test waits for leaves its core to another.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

.PHONY: demo test explore check bench engine blobs pytorch clean

# Whose environment the demo builds: aws or azure (which needs Node).
CLOUD ?= aws

demo: $(VENV)/ready
	@$(BIN)/modelyard demo --cloud $(CLOUD)

# Tests start processes by the thousand, which each compile all that they import if no bytecode may be kept.
test: $(VENV)/ready
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(JOBS) --dist worksteal

# Tests of random examples, with others in each run: what it finds becomes a test of its own.
explore: $(VENV)/ready
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(JOBS) --dist worksteal --hypothesis-profile explore -m hypothesis

# The types of workloads/gpt are PyTorch's. With less memory than it gets here, the type checker drops what it
# knows half way, which takes it half as long again and made it see imports as unused that are used.
check: $(VENV)/pytorch
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	NODE_OPTIONS=--max-old-space-size=6144 $(BIN)/basedpyright
	$(BIN)/lint-imports

bench: $(VENV)/ready
	@for benchmark in benchmarks/*.py; do echo "== $$benchmark"; $(BIN)/python $$benchmark || exit 1; done

# The real Pulumi engine, for tests/engine: built from Go modules into a cache outside the checkout, unless
# `pulumi` is on PATH.
engine: $(VENV)/ready
	@$(BIN)/python tools/pulumi/build.py --yaml

# Azurite, for the blobs of Azure's accounts in the sandbox and in tests: by npm, into a cache outside the checkout.
blobs: $(VENV)/ready
	@$(BIN)/python -m modelyard_sandbox.azurite

# PyTorch, for workloads/gpt and its tests. It is 5 GB, so the rest does without it.
pytorch: $(VENV)/pytorch

$(VENV)/pytorch: $(VENV)/ready
	@echo "Installing PyTorch into $(VENV): a minute or two and 5 GB, once"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[pytorch]'
	@touch $@

$(VENV)/ready: pyproject.toml constraints.txt
	@echo "Setting up $(VENV): a minute or two, once"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "modelyard needs Python 3.11 or newer; name one with make PYTHON=python3.11" >&2; exit 3; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .modelyard .cache
