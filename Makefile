# `make` lists what there is. Every target sets up what it needs.
.DEFAULT_GOAL := help
# Set on some machines; it would have every process that a test starts compile the project anew.
export PYTHONDONTWRITEBYTECODE :=
.PHONY: help setup run test test-fast soak check bench bench-drift chaos lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: ## Make .venv: locked dependencies and a browser (the others do this themselves)
	@.ci/setup

run: setup ## Clean up 300 reminders in a mock Lifecare, from plan to receipts
	@.venv/bin/flotta run reminder-cleanup --mock --yes

test: setup ## Run every test, two more at a time than there are cores: some of them wait
	@.venv/bin/python -m pytest -q -n $$(($$(getconf _NPROCESSORS_ONLN) + 2)) --dist worksteal

test-fast: setup ## The rules, the ledger and the house, with no browser and no PostgreSQL; under a minute
	@.venv/bin/python -m pytest -q -n $$(getconf _NPROCESSORS_ONLN) \
		-k "not postgresql" tests/unit tests/contract tests/test_architecture.py

soak: setup ## Sweep over seeds, versions and random kills for an hour (SOAK_SEED=7 repeats one)
	@SOAK_SEED=$${SOAK_SEED:-$$(date +%s)} .venv/bin/python -m pytest -q -n $$(($$(getconf _NPROCESSORS_ONLN) + 2)) \
		--dist worksteal --soak

check: setup ## Style, types and directions of import; under a minute
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo --no-cache

bench: setup .venv-bench/.made ## Measure speed and cost, Flotta's and its peers' (BENCH="--rows 30 --rounds 1")
	@.venv/bin/python -m tests.bench $(BENCH)

bench-drift: setup ## Measure what is found again on changed screens; npm brings them (BENCH="--seed 7")
	@.venv/bin/python -m tests.bench.drift $(BENCH)

.venv-bench/.made: .ci/requirements-bench.lock
	@echo "Making .venv-bench ..." >&2
	@.venv/bin/python -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check -qq install --require-hashes -r $<
	@touch $@

LOCK = .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--quiet --custom-compile-command "make lock"
chaos: setup ## Kill and freeze machines for a quarter of an hour (CHAOS="--seed 7", or "--sqlite")
	@.venv/bin/python -m tests.chaos $(CHAOS)

lock: setup ## Resolve pyproject.toml into the lock files in .ci anew
	@$(LOCK) --all-extras pyproject.toml -o .ci/requirements.lock
	@$(LOCK) --group bench -o .ci/requirements-bench.lock

clean: ## Remove the environments and what tools have left
	@rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results *.egg-info
