# Two commands do everything: `make demo` and `make test`. Both set up what is missing first.
PYTHON := .venv/bin/python
export QT_QPA_PLATFORM ?= offscreen

.PHONY: soak demo test check bench pictures installers test-installers setup clean

demo: setup
	$(PYTHON) -m app demo build/demo

test: setup check
	$(PYTHON) -m pytest -n 2

check: setup
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m mypy --strict packaging/*/*.py
	$(PYTHON) .venv/bin/lint-imports --no-cache

soak: setup
	XIANGCAI_SOAK=1 $(PYTHON) -m pytest tests/safety tests/store/test_released.py tests/ui/test_monkey.py tests/ui/test_leaks.py -s --timeout 0

bench: setup
	$(PYTHON) -m tests.bench

pictures: setup
	xvfb-run -a -s "-screen 0 1920x1080x24" env QT_QPA_PLATFORM=xcb $(PYTHON) -m tests.pictures

# dist/: the .deb, the Windows installers, a list of parts for each, SHA-256 and SM3 of everything
installers: setup
	packaging/linux/build.sh
	packaging/windows/build.sh
	$(PYTHON) packaging/common/digests.py dist

# long, as root: bare roots of older Debian suites, and wine
test-installers: setup
	packaging/linux/test.sh
	packaging/windows/test.sh

setup:
	@./setup.sh

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache
