# `make help` lists what there is. Every target sets up what it needs.
.DEFAULT_GOAL := help
PY := .venv/bin/python
.PHONY: help demo test check bench docs lock clean real

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: ## the main job on look-alike networks, into demo/
	@sh .ci/setup run
	@.venv/bin/broadcast demo demo

test: ## all tests
	@sh .ci/setup test
	@$(PY) -m pytest -q -n 2 --dist loadfile

real: ## the network tests on real servers: WordPress, Bluesky, postfix, PostgreSQL (installs them; best in a container)
	@sh .ci/real
	@$(PY) -m pytest -q -rs -p no:randomly tests/real

check: ## what CI checks beside the tests: format, lint, types, imports, generated docs
	@sh .ci/setup test
	@.venv/bin/ruff format --check -q .
	@.venv/bin/ruff check -q .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@$(PY) -m broadcast.cli.reference --check

docs: ## write the generated parts of docs/
	@sh .ci/setup test
	@$(PY) -m broadcast.cli.reference

bench: ## benchmarks, with ratios
	@sh .ci/setup test
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(PY) $$file || exit 1; done
	@$(PY) benchmarks/_write.py

lock: ## renew uv.lock
	@UV_PYTHON_DOWNLOADS=never .venv/bin/uv lock

clean: ## remove what was built, not what you wrote
	rm -rf .venv .real node_modules .pytest_cache .ruff_cache .mypy_cache .import_linter_cache demo dist
