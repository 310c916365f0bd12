"""`capsulier doctor`: look at database, files, disk, clock and leadership; repair what can be when asked."""

import argparse
import json

from capsulier.operations.setup import check_settings, set_up_django


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier doctor", description=__doc__)
    parser.add_argument("--repair", action="store_true", help="put right what can be put right, and say what was done")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args(argv)
    check_settings()
    from capsulier.config import prepare_data_dir

    prepare_data_dir()
    set_up_django()  # and no more: tables that are old, or of another installation, are what it is here to find
    from capsulier.services.check_up.check_up import check_up

    told, is_well = [], True
    for name, findings in check_up(repair=arguments.repair):
        is_well = is_well and all(each.repair for each in findings)
        told += [{"check": name, "problem": each.problem, "repair": each.repair or None} for each in findings]
        if not arguments.json:
            print(f"{name:<10} {'ok' if not findings else ''}".rstrip())
            for each in findings:
                print(f"  {each.problem}" + (f" {each.repair}" if each.repair else ""))
    if arguments.json:
        print(json.dumps({"well": is_well, "findings": told}, ensure_ascii=False, indent=2))
    return 0 if is_well else 1
