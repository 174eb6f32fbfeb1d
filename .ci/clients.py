"""What kms-cost writes, read by other people's programs: called by `.ci/clients`.

Every example and a few hundred generated scenarios are estimated in every format, some of them at
contracted prices, and held against each other. Figures are added up again by DuckDB on decimals and by
Python on fractions; no figure passes through a float.
"""

import csv
import datetime
import html.parser
import json
import pathlib
import random
import subprocess
import sys
import tomllib
from fractions import Fraction

import cmarkgfm
import duckdb
import jq
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
    """Each a name, its arguments, and its standard input; every fourth at contracted prices."""
    for path in sorted(pathlib.Path("examples").glob("*.toml")):
        yield path.stem, [path], None
    plans = sorted({f"{book['provider']}/{book['plan']}" for book in books()})
    chance = random.Random(20260210)
    for index in range(480):
        plan = plans[index % len(plans)]
        agreed = []
        if index % 4 == 0:
            path = OUT / f"agreed-{index}.toml"
            path.write_text(f'[[discount]]\ncovers = ["{plan}:*"]\npercent = "12.5"\nsource = "=a, contract"\n')
            agreed = ["--discounts", path]
        yield f"generated-{index}", ["-", "--plan", plan, *agreed], generated(chance)


def books():
    listed = json.loads(run("books", "list", "--format", "json").stdout)
    return listed["books"]


def exact(digits, fraction=None):
    return Fraction(fraction or digits)


def readd(path):
    """A file's sums, contracted and at list prices, and what rounding may have lost of each, by DuckDB."""
    rows = duckdb.sql(f"FROM read_csv('{path}', all_varchar=true, header=true)")
    wide, figures, sums = "DECIMAL(19,9)", "DECIMAL(38,24)", []
    for kind in ("List", "Contracted"):
        off = duckdb.sql(
            f"SELECT count(*) FROM rows WHERE {kind}UnitPrice::{wide} * PricingQuantity::{wide}"
            f" <> {kind}Cost::DECIMAL(38,18) AND x_Rounding IS NULL"
        )
        assert off.fetchall()[0][0] == 0, f"{path}: a cost is not unit price times quantity"
        total, lost = duckdb.sql(
            f"SELECT sum({kind}Cost::{figures})::VARCHAR,"
            f" sum(CASE WHEN x_Rounding IS NULL THEN 0 ELSE {kind}UnitPrice::{figures} END)::VARCHAR FROM rows"
        ).fetchall()[0]
        sums.append((Fraction(total or 0), Fraction(lost or 0) / (2 * 10**12)))
    off = "ContractedCost <> BilledCost OR ContractedCost <> EffectiveCost OR ListCost::DOUBLE < ContractedCost::DOUBLE"
    assert duckdb.sql(f"SELECT count(*) FROM rows WHERE {off}").fetchall()[0][0] == 0, f"{path}: costs differ"
    return sums


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
            for (total, lost), figure in zip(readd(path), (bill.get("at_list", bill), bill)):
                difference = abs(total - exact(figure["total"], figure.get("fraction")))
                assert difference <= lost, f"{name}: FOCUS adds up to {total}, not to {figure['total']}"
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
    for path in sorted(pathlib.Path("examples").glob("*.toml")):
        for command in (["compare", path], ["diff", path, "--head-month", "2026-01", "--fail-on", "change"]):
            report, log = OUT / f"{path.stem}.{command[0]}.xml", OUT / f"{path.stem}.{command[0]}.sarif"
            done = run(*command, "--format", f"junit={report}", "--format", f"sarif={log}")
            if done.returncode != 2:
                cases_of = [case for suite in junitparser.JUnitXml.fromfile(str(report)) for case in suite]
                fails = any(not case.is_passed and not case.is_skipped for case in cases_of)
                assert fails == (done.returncode != 0), f"{command}: exit code {done.returncode}"
                suites += 1
    print(f"junitparser: {suites} suites, and as many logs and lists of annotations agree with them")


class Cells(html.parser.HTMLParser):
    """The rows of all tables of a page."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.tags, self.within = [], set(), False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.within = True

    def handle_endtag(self, tag):
        self.within = self.within and tag not in ("td", "th")

    def handle_data(self, data):
        if self.within:
            self.rows[-1][-1] += data


def texts():
    """CSV by DuckDB, JSON by jq, Markdown by GitHub's renderer; HTML is left for the Nu Html Checker."""
    bills, plans = 0, 0
    for at, (name, arguments, stdin) in enumerate(cases()):
        months = ["--months", "3"] if at % 3 == 0 else []
        wanted = {form: OUT / f"{name}.bill.{form}" for form in ("csv", "markdown", "html", "json")}
        formats = [part for form, path in wanted.items() for part in ("--format", f"{form}={path}")]
        done = run("estimate", *arguments, *months, *formats, stdin=stdin)
        if done.returncode == 2:
            continue
        text = wanted["json"].read_text(encoding="utf-8")
        figure = ".bills[0].term" if months else ".bills[0]"
        total = exact(*jq.first(f"{figure} | [.total, .fraction]", text=text))
        assert sum_of(wanted["csv"]) == {json.loads(text)["bills"][0]["book"]["id"]: total} or total == 0, name
        page = Cells(cmarkgfm.github_flavored_markdown_to_html(wanted["markdown"].read_text(encoding="utf-8")))
        assert not page.tags & {"script", "img", "a", "b", "iframe"}, f"{name}: {page.tags}"
        last = next(row for row in page.rows if row[0].startswith(("Total", "Priced subtotal")))
        shown = dict(zip(page.rows[0], last)).get("Amount", last[-2 if page.rows[0][-1] == "At list" else -1])
        assert abs(Fraction(shown.replace(",", "")) - total) <= Fraction(1, 10**12), f"{name}: {last}"
        bills += 1
    for path in sorted(pathlib.Path("examples").glob("*.toml")):
        wanted = {form: OUT / f"{path.stem}.compared.{form}" for form in ("csv", "html")}
        call = ["compare", path, "--format", "json"]
        done = run(*call, *[part for form, to in wanted.items() for part in ("--format", f"{form}={to}")])
        if done.returncode == 2:
            continue
        sums = sum_of(wanted["csv"])
        for plan in json.loads(done.stdout)["workloads"][0]["plans"]:
            book = f"{plan['provider']}/{plan['plan']}@{plan['edition']}"
            if plan["total"] and book in sums:
                assert sums[book] == exact(plan["total"], plan.get("fraction")), f"{path}: {book}"
                plans += 1
    print(f"DuckDB, jq, cmark-gfm: {bills} bills and {plans} compared plans re-added from CSV")


def sum_of(path):
    """What each book's rows come to: by DuckDB what is finite, by Python what is not."""
    read = f"FROM read_csv('{path}', all_varchar=true, header=true)"
    finite = f"SELECT book, sum(amount::DECIMAL(38,20))::VARCHAR {read} WHERE fraction IS NULL GROUP BY book"
    sums = {book: Fraction(total or 0) for book, total in duckdb.sql(finite).fetchall()}
    for book, fraction in duckdb.sql(f"SELECT book, fraction {read} WHERE fraction IS NOT NULL").fetchall():
        sums[book] = sums.get(book, Fraction(0)) + Fraction(fraction)
    return sums


def schemas():
    """Inputs and outputs against the published schemas, by Python's jsonschema."""
    names = "scenario budgets discounts price-book estimate comparison break-even diff calendar explanation"
    names += " verification books errors"
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
        document = toml(path)
        if list(document) in (["budget"], ["discount"]):
            hold(list(document)[0] + "s", document, path)
            continue
        hold("scenario", document, path)
        mine = ["--pricing", path.parent / "pricing"] if (path.parent / "pricing").is_dir() else []
        printed("estimate", "estimate", path, *mine)
        printed("estimate", "estimate", path, *mine, "--month", "2026-01", "--months", "3", "--budget", "1")
        printed("comparison", "compare", path, *mine)
        printed("calendar", "calendar", path, *mine)
        printed("explanation", "explain", path, *mine)
        printed("diff", "diff", path, *mine, "--head-month", "2026-01")
        printed("break-even", "break-even", path, *mine, "--vary", "all", "--to", "100")
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
    refused = {"counts", "discounts", "dates", "names", "need-and-instances", "numbers", "place"}
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
texts()
findings()
schemas()
