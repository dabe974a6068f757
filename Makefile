# Everything a fresh machine needs is Python 3.11, pip, make and Go: the first target installs the rest.
# The environment goes to .venv; uv and the engine go to the cache, which every checkout shares.

STACK ?= staging
# What is deployed, for Sentry.
VERSION ?= $(shell git rev-parse HEAD)
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
.PHONY: up init plan check compose annotations sarif preview deploy migrate ready drift rules recovery release destroy test quick lab load loadtest drill drill-migration observe lint workflows house mutants bench clean help engine grammar
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
IN = $(if $(filter real,$(CLOUD)),,--simulated)
SAVED_PLAN = reports/$(if $(SYSTEM),$(SYSTEM)-)$(STACK).plan.json
preview: $(COMPILED) engine ## show and save what `deploy` would change, judged by the policy pack; CLOUD=real asks the cloud
	@$(BIN)/footing preview $(OF) $(IN) --save-plan $(SAVED_PLAN)

deploy: $(COMPILED) engine ## apply what `preview` saved, and nothing else; a service that was rolled back fails
	@$(BIN)/footing up $(OF) $(IN) --plan $(SAVED_PLAN)

drift: $(COMPILED) engine ## show what was changed by hand since the last deployment; changes nothing
	@$(BIN)/footing drift $(OF) $(IN)

rules: $(ENVIRONMENT) ## the same of the alert rules at Grafana, GRAFANA_URL
	@$(BIN)/footing drift $(OF) --grafana $(GRAFANA_URL)

migrate: $(COMPILED) engine ## migrate the database of STACK, as `preview` saved it, before its services roll
	@$(BIN)/footing migrate $(OF) $(IN) --yes $(if $(wildcard $(SAVED_PLAN)),--plan $(SAVED_PLAN))

ready: $(ENVIRONMENT) ## ask the live system of STACK whether it is ready
	@$(BIN)/footing ready $(OF) $(IN)

recovery: $(ENVIRONMENT) ## ask whether the last restore by AWS Backup succeeded, and how old the backups are
	@$(BIN)/footing ready $(OF) $(IN) --group database

release: $(ENVIRONMENT) ## tell Sentry which commit now runs in STACK
	@$(BIN)/footing release $(OF) --version $(VERSION)

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

compose: $(ENVIRONMENT) ## write compose.yaml and .env.example of STACK, for work on this machine
	@$(BIN)/footing compose $(OF)

lab: $(COMPILED) ## load the real PostgreSQL, PgBouncer and Redis on loopback; writes docs/lab.md
	@sh lab/install.sh
	@$(BIN)/python -m lab --write-docs

load: $(COMPILED) ## abuse and steady load against production's edge rules, pooler, PostgreSQL, Redis here; docs/load.md
	@sh lab/install.sh
	@$(BIN)/python -m lab load --write-docs

# FILE is the migration; SCHEMA your tables, with :rows for their size, and ROWS what production's largest table has.
drill-migration: STACK := production
drill-migration: $(COMPILED) ## try FILE=path.sql on a real PostgreSQL under production's limits and load; 1 where it blocks
	@sh lab/install.sh
	@$(BIN)/python -m lab migration $(FILE) --stack $(STACK) $(if $(SCHEMA),--schema $(SCHEMA)) $(if $(ROWS),--rows $(ROWS))

drill: $(COMPILED) ## drill two migrations and a restore; writes docs/migration-drill.md and docs/restore-drill.md
	@sh lab/install.sh
	@$(BIN)/python -m lab drill

# SCENARIO is one of `footing load STACK --list`; addresses and keys are the environment's: docs/load-tests.md.
loadtest: SCENARIO ?= smoke
loadtest: $(ENVIRONMENT) ## play SCENARIO (smoke) against STACK (staging); reports/load/ has the result
	@mkdir -p reports/load
	@$(BIN)/footing load $(OF) $(SCENARIO) --html reports/load/$(SCENARIO).html --json reports/load/$(SCENARIO).json

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
WORKFLOWS := .github/workflows docs/examples/application/.github/workflows
workflows: $(ENVIRONMENT) ## actionlint, zizmor and our own rules over the workflows
	@cd tests/workflows/actionlint && GOWORK=off CGO_ENABLED=0 GOFLAGS=-mod=readonly \
	  go tool actionlint -no-color -shellcheck= -pyflakes= $(foreach it,$(WORKFLOWS),$(CURDIR)/$(it)/*.yml)
	@echo "actionlint: nothing found"
	@$(BIN)/zizmor --offline --no-progress --quiet $(WORKFLOWS)
	@$(BIN)/footing check-workflows $(WORKFLOWS)

bench: $(COMPILED) ## time the plan against a plain Pulumi program
	@$(BIN)/python bench/run.py

clean: ## remove the environment, the try-outs and what tools cached here
	rm -rf .venv .footing reports .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list these targets
	@echo "make TARGET [STACK=production]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 19

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
