"""The job that the pictures look at closely: a real program, whose newest version has a mistake in it."""

import io
import zipfile

_PROGRAM = '''"""Yesterday's sales of all stores, for the morning's mail."""

import sys
import time
from pathlib import Path

STORES = {stores}


def main() -> None:
    print("Reading the tills of", len(STORES), "stores", flush=True)
    total = 0.0
    for number, store in enumerate(STORES, start=1):
        total += report(store, number)
    Path("report.txt").write_text(f"{{total:.2f}}")
    print(f"\\033[32mReport written\\033[0m: {{total:,.2f}} EUR over all stores")


def report(store: str, number: int) -> float:
    total, lines = 0.0, list(read_lines(number))
    for line in lines:
        total += line["quantity"] * line["unit_price"]
    if number % 9 == 0:
        print(f"warning: {{store}}: {{number % 4 + 1}} lines without a customer", file=sys.stderr, flush=True)
    print(f"{{number:>3}}/{{len(STORES)}}  {{store:<24}} {{len(lines):>6,}} lines {{total:>14,.2f}} EUR", flush=True)
    return total


def read_lines(number: int):
    """From the tills' export."""
    time.sleep(0.03)
    price = "{abroad}" if number > 40 else "unit_price"
    for position in range(180 + 37 * number % 400):
        yield {{"quantity": position % 3 + 1, price: 4.95 + position % 17}}


main()
'''
_CITIES = (
    "Lyon Bellecour",
    "Paris Rivoli",
    "Lille Flandres",
    "Nantes Graslin",
    "Toulouse Capitole",
    "Nice Masséna",
    "Strasbourg Kléber",
    "Rennes République",
    "Bordeaux Quinconces",
    "Dijon Darcy",
)
_ABROAD = ("Bruxelles Midi", "Liège Guillemins", "Namur", "Luxembourg Gare")


def report_package(version: int) -> bytes:
    """A zip with a __main__.py, as it was at this version."""
    stores = [f"{city} {ring}" for ring in (1, 2, 3, 4) for city in _CITIES]
    if version > 1:
        stores += _ABROAD
    abroad = "net_price" if version == 4 else "unit_price"
    program = _PROGRAM.format(stores=stores, abroad=abroad)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {"__main__.py": program, "README.md": f"Version {version}\n", "stores.csv": "\n".join(stores)}
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, version, 9, 0, 0)), text)
    return packed.getvalue()
