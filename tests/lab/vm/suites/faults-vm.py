#!/usr/bin/env python3
"""Faults that need a kernel, in the VM terminal: makes each of ../faults/*.toml, asks the console for its verdict, undoes
it, and counts. The machine is several times slower than a real one: right or wrong counts here, seconds do not.

What nothing undoes is undone by the kept state ("snapshot").

usage: faults-vm.py [NAME ...]     those whose name contains one of them
       faults-vm.py make|undo NAME"""
import json
import subprocess
import sys
import time
import tomllib
from fnmatch import fnmatch
from pathlib import Path

HERE = Path(__file__).resolve().parent
FAULTS = HERE.parent / "faults"
PATIENCE = 180


def shell(command, **more):
    return subprocess.run(["bash", "-c", f'. "{HERE.parent}/vm.sh"; {command}', *more.pop("args", [])], text=True, **more)


def inside(script):
    done = shell('inside "$1"', args=["lab", ". /usr/lib/lab/world.sh; " + script], capture_output=True)
    if done.returncode:
        print(f"       note: {script!r} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return done


def ask(what=""):
    began = time.monotonic()
    done = shell(f"pc --lang en check {what} --json", capture_output=True)
    took = time.monotonic() - began
    try:
        report = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"lab: check said {done.stdout[-300:]!r} {done.stderr[-300:]!r}")
    root = report["root_cause"] or ""
    named = next((f for f in report["findings"] if f["id"] == root), {})
    return root, named, took, report


def tell(report):
    for found in report["findings"]:
        if found["status"] not in ("ok", "absent", "not_tested"):
            print("       |", found["id"], found["status"], found["summary"], json.dumps(found["facts"])[:240])


def well_again():
    began = time.monotonic()
    while True:
        root, _, _, report = ask()
        if not root:
            return time.monotonic() - began
        if time.monotonic() - began > PATIENCE:
            tell(report)
            return None
        time.sleep(1)


def right(fault, root, named):
    code = not fault.get("code") or named.get("code", fault["code"]) == fault["code"]
    remedy = fault.get("remedy", "")
    helps = (named.get("remedy") or "") in (remedy if isinstance(remedy, list) else [remedy])
    told = set(fault.get("facts", [])) <= set(named.get("facts", {}))
    return any(fnmatch(root, wanted) for wanted in fault["root"]) and code and helps and told


def main():
    words = sys.argv[1:]
    catalogue = {path.stem: tomllib.loads(path.read_text()) for path in sorted(FAULTS.glob("*.toml"))}
    if words and words[0] in ("make", "undo"):
        if len(words) != 2 or words[1] not in catalogue:
            sys.exit("lab: no such fault; there are " + " ".join(catalogue))
        sys.exit(inside(catalogue[words[1]]["inject" if words[0] == "make" else "undo"]).returncode)
    chosen = {name: fault for name, fault in catalogue.items() if not words or any(word in name for word in words)}
    if not chosen:
        sys.exit("lab: no such fault; there are " + " ".join(catalogue))
    shell("must_run; restore", check=True)
    if well_again() is None:
        sys.exit("lab: the healthy terminal is not well")
    wrong, took, skipped = [], [], 0
    for name, fault in chosen.items():
        if "needs" in fault and shell('inside "test -e $1"', args=["lab", fault["needs"]]).returncode:
            print(f"skipped: {name} needs {fault['needs']}")
            skipped += 1
            continue
        inside(fault["inject"])
        root, named, seconds, report = ask(fault.get("ask", ""))
        # What a machine this slow has not noticed yet it may notice a moment later.
        until = time.monotonic() + 60
        while not right(fault, root, named) and time.monotonic() < until:
            time.sleep(2)
            root, named, seconds, report = ask(fault.get("ask", ""))
        good = right(fault, root, named)
        took.append(seconds)
        print(f"{seconds:6.1f} s  {'right' if good else 'WRONG'} {name}: {root or 'no fault'} {named.get('code', '')}", flush=True)
        if not good:
            print(f"       expected {fault['root']} {fault.get('code', '')} remedy {fault.get('remedy', '')!r}, "
                  f"got remedy {named.get('remedy')!r}, facts {sorted(named.get('facts', {}))}")
            tell(report)
            wrong.append(name)
        if fault["undo"] == "snapshot":
            shell("restore", check=True)
            continue
        inside(fault["undo"])
        if well_again() is None:
            print(f"WRONG {name}: not well again")
            wrong.append(name)
            shell("restore", check=True)
    tried = len(chosen) - skipped
    print(f"faults-vm: {tried} tried, {tried - len(set(wrong))} right; verdict in {sorted(took)[len(took) // 2] if took else 0:.1f} s "
          f"(median), {max(took, default=0):.1f} s at worst")
    sys.exit(bool(wrong))


main()
