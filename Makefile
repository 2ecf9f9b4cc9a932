# The verbs of daily work. `make` lists them; PYTHON=python3.12 chooses another interpreter for `make setup`.
PYTHON = python3
BIN = .venv/bin
BOTH = -n 2 --dist worksteal
KEPT = build/golden.json
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
unexport PYTHONDONTWRITEBYTECODE  # each of many processes would compile all it imports

.DEFAULT_GOAL = help
.PHONY: help setup test fast lint docs numbers view page bench golden

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

setup: $(BIN)/pytest ## a virtual environment with everything, and hooks before each commit where pre-commit is there

$(BIN)/pytest:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[test]'
	@if command -v pre-commit >/dev/null; then pre-commit install; fi

test: $(BIN)/pytest lint ## everything that has to hold before a merge (about 15 minutes on two cores)
	$(BIN)/python -m pytest $(BOTH)

fast: $(BIN)/pytest ## lint, and the tests that are not marked slow, on two cores (about five minutes)
	$(BIN)/ruff check -q .
	$(BIN)/ruff format -q --check .
	$(BIN)/python -m pytest -q -x $(BOTH) -m "not slow"

lint: $(BIN)/pytest ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(BIN)/pytest ## tables of the documents written from the code; every example and link tried
	$(BIN)/python docs/tables.py
	$(BIN)/python -m pytest -q tests/test_docs.py tests/test_readme.py

numbers: $(BIN)/pytest ## after a change of the model: every number of the documents made anew (about an hour on two cores)
	$(BIN)/python docs/renew.py

view: $(BIN)/pytest ## two worlds in the browser
	$(BIN)/python run.py view scenarios/baseline.toml --against scenarios/cap_and_trade.toml

page: $(BIN)/pytest ## what takes long of the page's tests: under load, a hundred random actions, its report (needs chromium)
	$(BIN)/python -m pytest -q tests/page_at_length.py

bench: $(BIN)/pytest ## time of a step, arrays beside objects, and memory of a million actors
	$(BIN)/python benchmarks/step.py

golden: $(BIN)/pytest ## run before a change it keeps a hash of all results; run after, it says what differs to the bit
	@mkdir -p build
	@if [ -f $(KEPT) ]; then $(BIN)/python benchmarks/golden.py compare $(KEPT) --out build/golden; \
	else $(BIN)/python benchmarks/golden.py write $(KEPT) --out build/golden; echo "Kept in $(KEPT). Delete it to start anew."; fi
