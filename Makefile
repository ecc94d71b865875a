# Three doors: `make lab`, `make report`, `make test`. Each sets up what it needs and nothing else.
# Without make: see "Without make" in the README.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
INPUTS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help lab report test full slow floors check browser course html outputs look pack bench clean

help:
	@echo "make lab      set up, then open JupyterLab on the first lesson"
	@echo "make report   set up, then render the weekly report of the bundled simulated market (offline)"
	@echo "make test     set up, then run all tests but the slow ones"
	@echo "make full     all tests with their coverage, the slow ones, the oldest versions, and the bench"
	@echo "make slow     the larger versions of quicker tests"
	@echo "make floors   set up the oldest versions that will do, and run a part of the tests on them"
	@echo "make check    formatting, lint and types"
	@echo "make course   make the student notebooks again from notebooks/oikit_lessons"
	@echo "make html     run every lesson and write it as a page, in build/lessons"
	@echo "make outputs  keep what the solved lessons say, for the tests, after a change that is meant"
	@echo "make look     take pictures of every lesson, page and report, in build/look"
	@echo "make pack     make data/samples again from its seeds"
	@echo "make bench    measure speed against the named rivals"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.report: $(INPUTS) | $(BIN)/python
	$(PIP) --editable '.[report]'
	@touch $@

$(VENV)/.lab: $(INPUTS) | $(BIN)/python
	$(PIP) --editable '.[lab]'
	@touch $@ $(VENV)/.report

$(VENV)/.dev: $(INPUTS) | $(BIN)/python
	$(PIP) --editable '.[dev,cluster]'
	@touch $@ $(VENV)/.lab $(VENV)/.report

lab: $(VENV)/.lab
	$(BIN)/jupyter lab notebooks/00_start_here.ipynb

report: $(VENV)/.report
	@$(BIN)/oikit report

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# A lesson's tests share its runs, so they stay on one worker (tests/conftest.py). Coverage would double
# the time, so it is asked for by `make full` only.
PYTEST := $(BIN)/pytest --numprocesses 2 --dist loadfile

test: $(VENV)/.dev browser
	$(PYTEST) --durations 15 -m 'not slow'

# Once before a larger change lands: what `make test` leaves out, and the handed-out notebooks by nbval.
full: $(VENV)/.dev browser
	$(PYTEST) --quiet --nbval-lax notebooks
	$(PYTEST) --durations 15 --cov --cov-report=term --cov-fail-under=95
	$(MAKE) floors
	$(MAKE) bench

# The larger versions of quicker tests: thousands of worlds, ten thousand broken files.
slow: $(VENV)/.dev
	$(PYTEST) --durations 15 -m slow

# On the oldest versions that pyproject.toml allows: what reads, computes, draws, writes and types. Lessons,
# browsers and whole notebooks run on constraints.txt alone.
OLDEST := .venv-floors
ON_OLDEST := frame clock indicators stats_published stats_resample stats_shift risk margin strategy \
  claims_weighing ledger lens_model charts charts_risk charts_week explore learn page samples store http \
  archive cli terminal faults report report_facts report_formats

floors: $(OLDEST)/.done
	$(OLDEST)/bin/pytest --numprocesses 2 --dist loadfile --quiet --hypothesis-seed=0 $(ON_OLDEST:%=tests/test_%.py) \
	  --deselect tests/test_charts.py::test_charts_wait_for_no_grammar  # it is about constraints.txt

$(OLDEST)/.done: pyproject.toml constraints-floors.txt
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-floors.txt \
	  --editable '.[test,cluster]'
	@touch $@

# Browser tests need a Chromium; where it cannot be installed they are skipped, and say so.
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
	  || echo "No Chromium here and no way to install it: the browser tests will be skipped."

course: $(VENV)/.lab
	$(BIN)/oikit course build

html: $(VENV)/.lab
	$(BIN)/oikit course html build/lessons

outputs: $(VENV)/.lab
	$(BIN)/oikit course outputs tests/solved

look: $(VENV)/.dev browser
	$(BIN)/python -m tests.look

pack: $(VENV)/.report
	$(BIN)/oikit pack data/samples

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) $(OLDEST) build reports .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
