"""Loads a journal (JSON lines) into a table with typed columns, one thread, on the medium; prints the seconds."""

import os
import sys
import time

import duckdb

JOURNAL, FOLDER = sys.argv[1:]
TEXTS = "time kind method currency stan rrn code state tid mid entry_mode card host original_stan issuer text".split()
TYPES = {name: "VARCHAR" for name in TEXTS} | {"amount": "BIGINT", "latency_ms": "INTEGER", "fallback": "BOOLEAN"}
COLUMNS = ", ".join(f"{name}: '{kind}'" for name, kind in TYPES.items())

database = duckdb.connect(os.path.join(FOLDER, "sales.duckdb"))
database.execute("SET threads = 1")
began = time.monotonic()
database.execute(
    f"CREATE TABLE sales AS SELECT * FROM read_json('{JOURNAL}', format = 'newline_delimited', columns = {{{COLUMNS}}})"
)
database.execute("CHECKPOINT")
print(time.monotonic() - began)
