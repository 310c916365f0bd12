"""Runs a file of SQL with DuckDB, statement by statement, and prints what each answers.

    duckdb [DATABASE] FILE.sql [NAME=VALUE]...

Without a DATABASE the tables are in memory. A NAME=VALUE is a variable: getvariable('NAME').
"""

import sys
import time
from pathlib import Path

import duckdb

MOST_ROWS = 1000
"""Printed of one answer: a log is to be read."""
WIDEST = 200


def main(arguments: list[str]) -> int:
    files = [each for each in arguments if "=" not in each]
    if not 1 <= len(files) <= 2:
        print((__doc__ or "").split("\n\n", 1)[1].rstrip(), file=sys.stderr)
        return 2
    *database, script = files
    text = Path(script).read_text(encoding="utf-8")
    connection = duckdb.connect(*database)
    for name, value in (each.split("=", 1) for each in arguments if "=" in each):
        connection.execute(f'SET VARIABLE "{name.replace(chr(34), chr(34) * 2)}" = ?', [value])
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        return refuse(script, error)
    for number, statement in enumerate(statements, start=1):
        began = time.monotonic()
        try:
            show(connection.execute(statement), statement)
        except duckdb.Error as error:
            return refuse(f"{script}, statement {number} of {len(statements)}", error, statement.query)
        print(f"-- statement {number} of {len(statements)}: {time.monotonic() - began:.2f} s", flush=True)
    connection.close()
    return 0


def refuse(where: str, error: Exception, statement: str = "") -> int:
    sys.stdout.flush()
    print(f"{where}: {error}", *([statement.strip()] if statement.strip() else []), sep="\n", file=sys.stderr)
    return 1


def show(answer: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> None:
    """As a table, where it is one."""
    if duckdb.ExpectedResultType.QUERY_RESULT not in statement.expected_result_type or not answer.description:
        return
    names = [str(column[0]) for column in answer.description]
    rows = [[cell(value) for value in row] for row in answer.fetchmany(MOST_ROWS)]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    for line in (names, ["-" * width for width in widths], *rows):
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    if len(rows) == MOST_ROWS and answer.fetchone() is not None:
        print(f"… and more: only the first {MOST_ROWS:,} rows are printed")


def cell(value: object) -> str:
    text = "NULL" if value is None else " ".join(str(value).split())
    return text if len(text) <= WIDEST else f"{text[:WIDEST]}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
