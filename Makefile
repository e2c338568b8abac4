# Everything a developer does. Needs Python 3.11 or newer and make; `make lock` also needs uv.
.POSIX:
.PHONY: setup run test check bench lock
PY = .venv/bin/python
# The first Python of the machine that is recent enough and can make virtual environments.
FIND_PYTHON = for p in "$$ENCAISSE_PYTHON" python3.11 python3.12 python3.13 python3.14 python3; do \
	  [ -n "$$p" ] && "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	  >/dev/null 2>&1 && break; p=; done; \
	if [ -z "$$p" ]; then echo "Il faut Python 3.11 ou plus récent, avec le module venv (Debian : paquet python3-venv)." >&2; exit 1; fi

# Make .venv from the lock file, or bring it up to date.
setup:
	@$(FIND_PYTHON); "$$p" tools/setup.py

# Start the product with a demonstration company, on http://localhost:8000.
run: setup
	@exec .venv/bin/encaisse serve --demo

# Run every test on SQLite, then on PostgreSQL.
test: setup
	@$(PY) tools/browser.py ensure
	@$(PY) tools/debian.py ensure
	@$(PY) tools/suite.py

# Check style, types, layers, templates, migrations and translations; writes nothing.
check: setup
	@$(PY) tools/check.py

# Measure speed against the budgets of bench/.
bench: setup
	@$(PY) -m bench

# Pin the newest allowed versions, with hashes.
lock:
	uv pip compile pyproject.toml $(LOCK_OPTIONS) --output-file requirements/runtime.txt
	uv pip compile pyproject.toml $(LOCK_OPTIONS) --group dev --output-file requirements/dev.txt
LOCK_OPTIONS = --upgrade --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --quiet
