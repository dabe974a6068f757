# Everything a fresh machine needs is Python 3.11, pip, make and Go: the first target installs the rest.
# The environment goes to .venv; uv and the engine go to the cache, which every checkout shares.

STACK ?= staging
# The application of systems/ whose stack it is; without one, the stack file lies beside this one.
SYSTEM ?=
OF = $(STACK)$(if $(SYSTEM), --system $(SYSTEM))
# Not taken from the environment: whoever wants the real cloud types it.
CLOUD := simulated
PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV_VERSION := 0.13.9

CACHE := $(or $(FOOTING_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/footing)
UV_DIRECTORY := $(CACHE)/uv/$(UV_VERSION)
ifeq ($(shell uv --version 2>/dev/null),)
  UV := $(UV_DIRECTORY)/bin/uv
  INSTALLED_UV := $(UV)
  # The official language host calls uv by name as well.
  export PATH := $(UV_DIRECTORY)/bin:$(PATH)
else
  UV := uv
endif

# The machine's Python is used: uv would otherwise download one.
export UV_PYTHON_DOWNLOADS := never

# What a plan imports is compiled once and kept, whatever the machine's habit: else every start compiles it again.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
ENVIRONMENT := .venv/.synced
# The environment with the bytecode of all 9,300 files, which the engine's programs and the tests import, a plan not.
COMPILED := .venv/.compiled

.DEFAULT_GOAL := help
.PHONY: up init plan check annotations sarif preview destroy test quick lab observe lint workflows house mutants bench clean help engine grammar
MAKEFLAGS += --no-print-directory

up: $(COMPILED) engine ## apply STACK (staging) to the simulated cloud, twice, and show what it made
	@$(BIN)/footing up $(OF) --simulated

init: $(ENVIRONMENT) ## write the file of a new stack; it asks, or ARGS="--app shop --domain ..." answers
	@$(BIN)/footing init $(ARGS)

plan: $(ENVIRONMENT) ## show the resources of STACK, offline, in seconds
	@$(BIN)/footing plan $(OF)

check: $(ENVIRONMENT) ## judge STACK by the rules of policies/, offline; docs/rules.md
	@$(BIN)/footing check $(OF)

annotations: $(ENVIRONMENT) ## the same as annotations of a step of GitHub Actions
	@$(BIN)/footing check $(OF) --format github

sarif: $(ENVIRONMENT) ## the same as reports/STACK.sarif, for code scanning
	@mkdir -p reports
	@echo "writing reports/$(STACK).sarif" >&2
	@$(BIN)/footing check $(OF) --format sarif --output reports/$(STACK).sarif

# CLOUD=real asks the providers, with the credentials of the environment; anything else stays on this machine.
preview: $(COMPILED) engine ## show what `up` would change, judged by the policy pack; CLOUD=real asks the cloud
	@$(BIN)/footing preview $(OF) $(if $(filter real,$(CLOUD)),,--simulated)

destroy: $(COMPILED) engine ## delete STACK from the simulated cloud
	@$(BIN)/footing destroy $(OF) --simulated

# Without the lab's servers its tests fail and name the missing packages; all others still run.
# A file stays on one worker, so that its deployment is made once; tests/conftest.py has the longest begin.
test: $(COMPILED) engine grammar ## run every test, those with the real engine included
	@$(BIN)/pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

# No plan of a whole stack, no engine, no server, no compiler: those are what takes minutes.
QUICK := $(filter-out tests/footing/test_cli.py tests/test_docs.py tests/test_lint.py, $(wildcard tests/test_*.py)) \
  tests/policies/test_catalogue.py tests/policies/test_rules.py tests/stacks/test_budget.py tests/stacks/test_config.py
quick: $(COMPILED) ## ruff and the tests that take seconds: rules, limits, configuration, architecture, pages
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/pytest --numprocesses=auto --quiet $(QUICK)

lab: $(COMPILED) ## load the real PostgreSQL, PgBouncer and Redis on loopback; writes docs/lab.md
	@sh lab/install.sh
	@$(BIN)/python -m lab --write-docs

# The staging stack reads no metrics of its application, so none of its alerts can tell of a budget.
observe: STACK := production
observe: $(COMPILED) ## break the pooler under load and see who is told, in three minutes; STACK is production
	@sh lab/install.sh
	@$(BIN)/footing observe $(STACK)
	@$(BIN)/python -m lab observe reports/$(STACK)

lint: $(ENVIRONMENT) ## ruff and mypy
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

house: $(ENVIRONMENT) ## print the sizes, imports and words that the tree keeps, with their bounds
	@$(BIN)/python -m tests.house

# Its library is in no default group: nothing else needs it.
mutants: $(COMPILED) ## put 200 wrong settings of resources before the tests; SEED=n repeats a sample
	@$(UV) sync --quiet --locked --group mutants
	@$(BIN)/python -m tests.mutants $(if $(SEED),--seed $(SEED))

# Go's checksums pin the linter and all it is made of; `go tool` keeps what it built.
workflows: ## actionlint over .github/workflows/
	@cd tests/workflows/actionlint && GOWORK=off CGO_ENABLED=0 GOFLAGS=-mod=readonly \
	  go tool actionlint -no-color -shellcheck= -pyflakes= $(CURDIR)/.github/workflows/*.yml
	@echo "actionlint: nothing found"

bench: $(COMPILED) ## time the plan against a plain Pulumi program
	@$(BIN)/python bench/run.py

clean: ## remove the environment, the try-outs and what tools cached here
	rm -rf .venv .footing reports .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list these targets
	@echo "make TARGET [STACK=production]"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

# Quick when built: it only checks that the engine is there.
engine:
	@$(PYTHON) engine/build.py >/dev/null

# Built before the tests, for they would time its compiler; what is missing is named by the test that needs it.
grammar:
	@sh lab/install.sh || true
	@$(PYTHON) -m tests.edge_rules.grammar.build >/dev/null || true

$(ENVIRONMENT): uv.lock pyproject.toml policies/version.py | $(INSTALLED_UV)
	@echo "environment: uv sync --locked" >&2
	@$(UV) sync --locked --no-compile-bytecode
	@touch $@

$(COMPILED): $(ENVIRONMENT)
	@echo "environment: compiling the provider SDKs, once" >&2
	@$(UV) sync --locked --inexact --quiet --compile-bytecode
	@touch $@

# Into a directory of its own, so that systems whose Python refuses installs (PEP 668) or has no venv work too.
$(UV_DIRECTORY)/bin/uv:
	@echo "environment: installing uv $(UV_VERSION) with pip" >&2
	@rm -rf $(UV_DIRECTORY).partial
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --target $(UV_DIRECTORY).partial uv==$(UV_VERSION)
	@rm -rf $(UV_DIRECTORY)
	@mv $(UV_DIRECTORY).partial $(UV_DIRECTORY)
