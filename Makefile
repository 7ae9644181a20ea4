# Every target works on a fresh machine: what is missing is installed first (as root on Debian or Ubuntu), or named.
#
#   make run [ARGS="ports 5000"]   the window; with no display, an overview in the terminal
#   make test [TESTS=tests/net]    the tests; those that need hosts of their own want root or a user namespace
#   make check                     format, lint, types, import contracts, tests: what CI runs
#   make demo                      the window on a small network of namespaces with services, a VPN and a busy port
#   make bench                     the budgets, measured
#   make screenshots               docs/images, drawn anew
#   make setup                     only install
#   make clean                     remove what was built and cached; .venv stays

SHELL := /bin/sh
BIN := .venv/bin
INSTALLED := .venv/.lanscout-installed
ARGS ?=
TESTS ?=
# Most of a lab test is waiting for other processes, so a few at once are no slower each.
JOBS ?= 3

.PHONY: run test check lint demo bench screenshots setup system-run system-test clean

run: system-run $(INSTALLED)
	@$(BIN)/python main.py $(ARGS)

test: setup
	@$(BIN)/pytest -n $(JOBS) --dist loadfile $(TESTS)

check: lint test

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

demo: setup
	@$(BIN)/python -m tests.lab.demo

bench: setup
	@$(BIN)/python -m bench $(ARGS)

screenshots: system-run $(INSTALLED)
	@$(BIN)/python -m tests.screenshots

setup: system-test $(INSTALLED)

system-run:
	@sh packaging/system-packages.sh run

system-test:
	@sh packaging/system-packages.sh test

$(INSTALLED): pyproject.toml
	@sh packaging/environment.sh

clean:
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
