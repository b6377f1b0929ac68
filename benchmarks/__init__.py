"""Each module measures one thing and prints a table: `python -m benchmarks.NAME --help`."""
