# Two commands do everything: `make demo` and `make test`. Both set up what is missing first.
PYTHON := .venv/bin/python
export QT_QPA_PLATFORM ?= offscreen

.PHONY: demo test check bench setup clean

demo: setup
	$(PYTHON) -m app demo build/demo

test: setup check
	$(PYTHON) -m pytest -n 2

check: setup
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) .venv/bin/lint-imports --no-cache

bench: setup
	$(PYTHON) -m tests.bench

setup:
	@./setup.sh

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache
