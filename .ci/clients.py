"""What kms-cost writes, read by other people's programs: called by `.ci/clients`.

Every example and a few hundred generated scenarios are estimated in every format. The figures are added
up again by DuckDB on decimals; no figure passes through a float.
"""

import csv
import datetime
import json
import pathlib
import random
import subprocess
import sys
import tomllib
from fractions import Fraction

import duckdb
import jsonschema
import junitparser

PROGRAM, OUT = sys.argv[1], pathlib.Path(sys.argv[2])
MONTHS = ["2026-01", "2026-02", "2026-04"]
PLACES = ["singapore", "singapore", "frankfurt", "beijing", "virginia"]
SPECS = ["aes-256", "aes-256", "aes-256", "rsa-2048", "rsa-4096", "ec-p256", "sm4"]
OPERATIONS = ["encrypt", "decrypt", "sign", "verify", "generate-data-key", "any"]


def run(*arguments, stdin=None):
    done = subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, text=True)
    if done.returncode not in (0, 1, 2, 3):
        sys.exit(f"{arguments}: exit code {done.returncode}\n{done.stderr}")
    return done


def generated(chance):
    """A scenario by chance: keys and secrets with names that formats might trip over."""
    lines = ['name = "generated, \\"quoted\\""', f'place = "{chance.choice(PLACES)}"']
    lines += ["[budget]", f'monthly = "{chance.choice(["0", "1.00", "250.5", "1000000"])}"']
    for index in range(chance.randint(1, 3)):
        name = chance.choice(["disk", "=1+1", "a,b", 'q\\"', "<b>&", "né"]) + str(index)
        lines += ["[[key]]", f'name = "{name}"', f'spec = "{chance.choice(SPECS)}"']
        lines += [f'protection = "{chance.choice(["software", "hsm"])}"']
        lines += [f"count = {chance.choice([0, 1, 2, 12, 999, 2001])}"]
        lines += [f"versions = {chance.choice([1, 1, 2, 7])}"]
        if chance.random() < 0.3:
            lines += ["created = 2026-01-17T09:30:00+08:00"]
        calls = ", ".join(
            f"{operation} = {chance.choice([0, 1, 750, 20_001, 3_000_000])}"
            for operation in chance.sample(OPERATIONS, 2)
        )
        lines += [f"operations = {{ {calls} }}", 'tags = { team = "storage" }']
    if chance.random() < 0.3:
        lines += ["[[secret]]", 'name = "db"', "count = 5", "reads = 12345"]
    return "\n".join(lines) + "\n"


def cases():
    """Each a name, its arguments, and its standard input."""
    for path in sorted(pathlib.Path("examples").glob("*.toml")):
        yield path.stem, [path], None
    plans = sorted({f"{book['provider']}/{book['plan']}" for book in books()})
    chance = random.Random(20260210)
    for index in range(240):
        yield f"generated-{index}", ["-", "--plan", plans[index % len(plans)]], generated(chance)


def books():
    listed = json.loads(run("books", "list", "--format", "json").stdout)
    return listed["books"]


def exact(digits, fraction=None):
    return Fraction(fraction or digits)


def readd(path):
    """The file's sum and what rounding may have lost of it, by DuckDB, after each row was held."""
    rows = duckdb.sql(f"FROM read_csv('{path}', all_varchar=true, header=true)")
    decimal = "DECIMAL(38,18)"
    off = duckdb.sql(
        f"SELECT count(*) FROM rows WHERE ListUnitPrice::DECIMAL(19,9) * PricingQuantity::DECIMAL(19,9)"
        f" <> ListCost::{decimal} AND x_Rounding IS NULL"
    )
    assert off.fetchall()[0][0] == 0, f"{path}: a cost is not unit price times quantity"
    kinds = duckdb.sql("SELECT count(*) FROM rows WHERE ListCost <> BilledCost OR ListCost <> EffectiveCost")
    assert kinds.fetchall()[0][0] == 0, f"{path}: costs differ"
    figures = "DECIMAL(38,24)"
    total, lost = duckdb.sql(
        f"SELECT sum(ListCost::{figures})::VARCHAR,"
        f" sum(CASE WHEN x_Rounding IS NULL THEN 0 ELSE ListUnitPrice::{figures} END)::VARCHAR FROM rows"
    ).fetchall()[0]
    return Fraction(total or 0), Fraction(lost or 0) / (2 * 10**12)


def focus():
    """FOCUS 1.4 by focus-data-toolkit, both versions re-added by DuckDB; returns how many bills."""
    bills, everything = 0, {"1.2": [], "1.4": []}
    for at, (name, arguments, stdin) in enumerate(cases()):
        month = MONTHS[at % len(MONTHS)]
        for version in everything:
            path = OUT / f"{name}.focus-{version}.csv"
            wanted = [f"focus={path}", "json"]
            call = ["estimate", *arguments, "--month", month, "--focus-version", version]
            done = run(*call, "--format", wanted[0], "--format", wanted[1], stdin=stdin)
            if done.returncode in (2, 3):
                assert not path.exists(), f"{name}: a bill that is not whole has a file"
                continue
            bill = json.loads(done.stdout)["bills"][0]
            total, lost = readd(path)
            difference = abs(total - exact(bill["total"], bill.get("fraction")))
            assert difference <= lost, f"{name}: FOCUS adds up to {total}, not to {bill['total']}"
            with open(path, newline="", encoding="utf-8") as file:
                everything[version] += list(csv.DictReader(file))
            bills += 1
    # one file of all bills, so that no column is empty throughout
    for version, rows in everything.items():
        for kind in ("Usage", "Purchase"):
            chosen = [row for row in rows if row["ChargeCategory"] == kind]
            if version == "1.2":
                # its validator takes every letter beyond ASCII for a fault; the specification does not
                chosen = [row for row in chosen if row["ResourceId"].isascii()]
            path = OUT / f"{kind.lower()}.focus-{version}.csv"
            with open(path, "w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, fieldnames=list(chosen[0]))
                writer.writeheader()
                writer.writerows(chosen)
    for path in [*sorted(OUT.glob("[!g]*.focus-1.4.csv"))]:
        subprocess.run(
            ["focus-toolkit", "validate", "--dataset", "cost-and-usage", path],
            check=True, stdout=subprocess.DEVNULL,
        )
    print(f"focus-data-toolkit and DuckDB: {bills} bills, {len(everything['1.4'])} rows of FOCUS 1.4")


def findings():
    """JUnit by junitparser; SARIF is left for sarif-multitool; annotations are one command a line."""
    suites = 0
    for at, (name, arguments, stdin) in enumerate(cases()):
        if at % 4 and stdin:
            continue
        report, log = OUT / f"{name}.xml", OUT / f"{name}.sarif"
        call = ["estimate", *arguments, "--format", f"junit={report}", "--format", f"sarif={log}"]
        done = run(*call, "--format", "github", stdin=stdin)
        if done.returncode == 2:
            continue
        suite = list(junitparser.JUnitXml.fromfile(str(report)))[0]
        passed = all(case.is_passed for case in suite)
        assert passed == (done.returncode == 0), f"{name}: exit code {done.returncode}, JUnit {passed}"
        assert suite.tests == len(list(suite)), name
        run_of = json.loads(log.read_text(encoding="utf-8"))["runs"][0]
        errors = [result for result in run_of["results"] if result["level"] == "error"]
        assert bool(errors) == (done.returncode != 0), f"{name}: exit code {done.returncode}, {errors}"
        commands = done.stdout.splitlines()
        assert len(commands) == len(run_of["results"]), f"{name}: {done.stdout}"
        assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in commands), name
        suites += 1
    print(f"junitparser: {suites} suites, and as many logs and lists of annotations agree with them")


def schemas():
    """Inputs and outputs against the published schemas, by Python's jsonschema."""
    names = "scenario price-book estimate comparison calendar explanation verification books errors"
    validators = {}
    for name in names.split():
        schema = json.loads(run("schema", name).stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[name] = jsonschema.Draft202012Validator(schema)
    held = 0

    def hold(name, document, what):
        nonlocal held
        for error in validators[name].iter_errors(document):
            sys.exit(f"{what}: {list(error.absolute_path)}: {error.message[:300]}")
        held += 1

    def toml(path):
        return plain(tomllib.loads(path.read_text(encoding="utf-8")))

    def printed(name, *call, stdin=None):
        done = run(*call, "--format", "json", stdin=stdin)
        if done.returncode == 2:
            hold("errors", json.loads(done.stderr), call)
        else:
            hold(name, json.loads(done.stdout), call)

    scenarios = [path for path in pathlib.Path("examples").rglob("*.toml") if "pricing" not in path.parts]
    for path in [*scenarios, *pathlib.Path("tests/cmd/good").glob("*.toml")]:
        hold("scenario", toml(path), path)
        mine = ["--pricing", path.parent / "pricing"] if (path.parent / "pricing").is_dir() else []
        printed("estimate", "estimate", path, *mine)
        printed("estimate", "estimate", path, *mine, "--month", "2026-01", "--months", "3", "--budget", "1")
        printed("comparison", "compare", path, *mine)
        printed("calendar", "calendar", path, *mine)
        printed("explanation", "explain", path, *mine)
    for folder in ["pricing", "examples/own-price-book/pricing", "tests/language/pricing"]:
        for path in sorted(pathlib.Path(folder).glob("*.*.toml")):
            book = toml(path)
            hold("price-book", book, path)
            for example in book.get("example", []):
                hold("scenario", example["scenario"], f"{path}: {example['id']}")
    for path in sorted(pathlib.Path("tests/vectors").glob("*.toml")):
        for vector in tomllib.loads(path.read_text(encoding="utf-8"))["vector"]:
            if "problem" not in vector:
                hold("scenario", plain(tomllib.loads(vector["scenario"])), f"{path}: {vector['name']}")
    for _, arguments, stdin in cases():
        if stdin:
            hold("scenario", plain(tomllib.loads(stdin)), arguments)
            printed("estimate", "estimate", *arguments, stdin=stdin)
    printed("verification", "verify")
    printed("books", "books", "list")
    printed("comparison", "compare")
    # what a shape alone can tell; the others need a price book, a calendar or a count of names
    refused = {"counts", "dates", "names", "need-and-instances", "numbers", "place"}
    for path in sorted(pathlib.Path("tests/cmd/bad").glob("*.toml")):
        printed("errors", "estimate", path)
        try:
            valid = validators["scenario"].is_valid(toml(path))
        except (tomllib.TOMLDecodeError, ValueError):
            continue
        assert valid == (path.stem not in refused), f"{path}: the schema says {valid}"
    print(f"jsonschema: {held} documents, {len(refused)} refused")


def plain(value):
    """TOML as JSON has it: a date is a text."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value


focus()
findings()
schemas()
