# Every target sets up what it needs in .venv (see scripts/dev.py); on Windows call scripts/dev.py itself.
PYTHON ?= python3

.PHONY: demo quick test pytest lint types docs notebooks bench setup clean

demo quick test pytest lint types docs notebooks bench setup:
	@$(PYTHON) scripts/dev.py $@

clean:
	rm -rf .venv .venv-* website/site build dist *.egg-info .mypy_cache .ruff_cache .hypothesis
