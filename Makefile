# What can be done with a checkout. A target first sets up what it needs, on a bare machine too: Python 3.11 or later,
# git and make are enough, a display is not needed (packaging/README.md says how).

PYTHON ?= python3
READY := .venv/ready
RUN := packaging/run

.PHONY: help demo demo-reset test check bench torture pictures package format setup
.PHONY: check-format check-style check-types check-rooms check-lock

help: # the first target, so that `make` alone lists them
	@echo "make …"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '  %-12s%s\n' "$$name" "$$what"; done

demo: $(READY) ## open FleetDesk on a demonstration of its own; without a display, let it show itself
	@$(RUN) fleetdesk demo

demo-reset: $(READY) ## forget the demonstration's data and begin anew
	@$(RUN) fleetdesk demo --reset

test: $(READY) ## run the tests; ARGS="-k inbox" for some of them
	@$(RUN) pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

check: check-format check-style check-types check-rooms check-lock ## read the code: format, style, types, rooms, lock

bench: $(READY) ## measure, each figure beside what the machine itself can do; ARGS= goes to the measurements
	@$(RUN) python -m bench $(ARGS)

torture: $(READY) ## play bad days against an oracle: SEED=1 OPS=20000 REPLICAS=5
	@$(RUN) python -m tests.torture $(if $(SEED),--seed $(SEED)) $(if $(OPS),--ops $(OPS)) $(if $(REPLICAS),--replicas $(REPLICAS))

pictures: $(READY) ## let FleetDesk show itself, and leave pictures of each screen in all its states in demo-pictures/
	@$(RUN) fleetdesk demo --tour demo-pictures
	@$(RUN) python -m tests.gui.views.pictures demo-pictures/screens $(ARGS)
	@$(RUN) python -m tests.gui.team.pictures demo-pictures/connections

package: $(READY) ## build a wheel and a source archive in dist/
	@$(RUN) uv build --quiet && ls dist

format: $(READY) ## bring the code into its form
	@$(RUN) ruff check --fix-only --quiet
	@$(RUN) ruff format

setup: $(READY) ## only set up what the others need
	@:

check-format: $(READY)
	@$(RUN) ruff format --check

check-style: $(READY)
	@$(RUN) ruff check

check-types: $(READY)
	@$(RUN) mypy

check-rooms: $(READY)
	@$(RUN) lint-imports --no-logo

check-lock: $(READY)
	@$(RUN) uv lock --check
	@$(RUN) pytest --quiet tests/unit/packaging/test_lock.py

$(READY): pyproject.toml uv.lock $(wildcard packaging/*.py)
	@$(PYTHON) packaging/bootstrap.py
