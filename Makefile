# `make demo` and `make test` set up what they need themselves. PYTHON chooses the interpreter, e.g. make PYTHON=python3.12 setup
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --no-deps --require-hashes --no-build-isolation --use-pep517
UV ?= uv

.PHONY: setup setup-dev setup-cuda demo test lint bench lock clean

setup: $(VENV)/.core
setup-dev: $(VENV)/.dev
setup-cuda: $(VENV)/.cuda

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Cuelight needs Python 3.11 or newer, and '$(PYTHON)' is: $$($(PYTHON) --version 2>&1 || true). Name another: make PYTHON=python3.11 setup" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "'$(PYTHON) -m venv' failed. On Debian and Ubuntu it needs the package python3-venv." >&2; rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.core: $(VENV)/.python requirements/build.lock requirements/core.lock pyproject.toml
	@echo "Installing what Cuelight runs on (about 1.9 GB on disk, once) ..."
	@$(PIP) -r requirements/build.lock
	@$(PIP) -r requirements/core.lock
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@echo "Compiling the pixel kernels (once) ..."
	@$(BIN)/python -c 'import stream.render.warm'
	@touch $@
	@echo "Ready: $(BIN)/cuelight --help"

$(VENV)/.dev: $(VENV)/.core requirements/dev.lock
	@echo "Installing what tests and checks need ..."
	@$(PIP) -r requirements/dev.lock
	@touch $@

$(VENV)/.cuda: $(VENV)/.core requirements/cuda.lock
	@echo "Installing the CUDA and cuDNN libraries (several GB) ..."
	@$(PIP) -r requirements/cuda.lock
	@touch $@

demo: setup
	@$(BIN)/python -m stream.bench.demo

test: setup-dev
	@$(BIN)/python -m pytest --cov --cov-report=term $(TESTS)

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: setup-dev
	@$(BIN)/cuelight bench latency

# Locks carry hashes and no address of any index: set-up uses whatever index pip is configured with.
COMPILE := $(UV) pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-annotate \
  --no-emit-index-url --no-emit-find-links --override requirements/overrides.txt --custom-compile-command "make lock"
# a lock names the machines that it was resolved for at every package: only what differs between systems is kept
MACHINE := s/\(?(\(?platform_machine == '[A-Za-z0-9_]+'( or platform_machine == '[A-Za-z0-9_]+'\))? and )platform_python_implementation == 'CPython' and (sys_platform == '[a-z0-9]+')\)?/\3/g
TWICE := s/(sys_platform == 'linux') or \1/\1/g
ALL := \(?sys_platform == 'darwin' or sys_platform == 'linux' or sys_platform == 'win32'\)?
EVERYWHERE := $(MACHINE); $(TWICE); s/ ; $(ALL)//; s/ and $(ALL)//
NAMES := sed -nE 's/^([a-z0-9._-]+)==.*/\1/p'

lock:
	@$(COMPILE) requirements/build.in -o requirements/build.lock $(UPGRADE)
	@$(COMPILE) pyproject.toml -o requirements/core.lock $(UPGRADE)
	@$(COMPILE) pyproject.toml --extra dev -c requirements/core.lock -o requirements/dev.lock $(UPGRADE) $$($(NAMES) requirements/core.lock | sed 's/^/--no-emit-package /')
	@$(COMPILE) pyproject.toml --extra cuda -c requirements/core.lock -o requirements/cuda.lock $(UPGRADE) $$($(NAMES) requirements/core.lock | sed 's/^/--no-emit-package /')
	@sed -i -E "$(EVERYWHERE)" requirements/*.lock

clean:
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find stream models tests -name __pycache__ -type d -prune -exec rm -rf {} +
