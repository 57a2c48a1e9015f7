"""Load, crash and idle runs against the real program over HTTP: `python -m bench --help`."""
