//! The formats of `estimate` as files: they add up to the total, and no name does harm in any of them.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::examples::SCENARIOS;
use crate::readback::{self, Exact, number};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Needs that name no provider, at plans that prorate a month and at some that do not.
const NEEDS: [&[&str]; 4] = [
    &["examples/small-team.toml", "--plan", "aws/kms", "--month", "2026-01"],
    &["examples/small-team.toml", "--plan", "google/kms", "--month", "2026-01"],
    &["examples/small-team.toml", "--plan", "huawei/kms", "--month", "2026-02"],
    &["examples/signing-service.toml", "--plan", "tencent", "--month", "2026-02"],
];

fn run(arguments: &[&str], input: &str) -> Output {
    let command: &[&str] = if arguments.contains(&"compare") { &[] } else { &["estimate"] };
    let mut program = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .args(command)
        .args(arguments)
        .current_dir(ROOT)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // a run that refuses its arguments reads nothing
    let _ = program.stdin.take().unwrap().write_all(input.as_bytes());
    program.wait_with_output().unwrap()
}

/// One run's results in four formats.
struct Results {
    json: serde_json::Value,
    csv: Vec<u8>,
    html: String,
    markdown: String,
}

fn results(room: &str, arguments: &[&str], input: &str) -> Option<Results> {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join(room);
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).unwrap();
    let file = |name: &str| -> PathBuf { room.join(name) };
    let formats: Vec<String> = ["json", "csv", "html", "markdown"]
        .iter()
        .map(|name| format!("--format={name}={}", file(name).display()))
        .collect();
    let formats: Vec<&str> = formats.iter().map(String::as_str).collect();
    let output = run(&[arguments, &formats].concat(), input);
    assert_ne!(output.status.code(), Some(4), "{arguments:?}");
    assert_ne!(output.status.code(), Some(101), "{arguments:?}");
    let json = serde_json::from_slice(&fs::read(file("json")).ok()?).unwrap();
    Some(Results {
        json,
        csv: fs::read(file("csv")).unwrap(),
        html: fs::read_to_string(file("html")).unwrap(),
        markdown: fs::read_to_string(file("markdown")).unwrap(),
    })
}

fn printed(figure: &serde_json::Value) -> Exact {
    number(figure.as_str().unwrap()).unwrap()
}

/// Of the month, and of what is shown: the same without `--months`.
fn totals(json: &serde_json::Value, by_month: bool) -> (Exact, Exact) {
    let bill = &json["bills"][0];
    let total = bill.get("fraction").unwrap_or(&bill["total"]);
    let shown = if by_month { &bill["term"]["total"] } else { total };
    (printed(total), printed(shown))
}

fn check(arguments: &[&str], results: &Results, by_month: bool) {
    let (month, shown) = totals(&results.json, by_month);
    let amounts = readback::csv_amounts(&results.csv);
    let sum: Exact = amounts.iter().sum();
    assert!(
        readback::adds_up(std::slice::from_ref(&sum), &shown),
        "{arguments:?}: CSV {sum}, not {shown}"
    );
    let html = readback::html(&results.html);
    assert_eq!(html.len(), 2, "{arguments:?}");
    let tables = readback::markdown(&results.markdown);
    assert_eq!(tables.len(), 2, "{arguments:?}");
    for (table, total) in tables
        .iter()
        .chain(html.iter().map(|(_, table)| table))
        .zip([&shown, &month, &shown, &month])
    {
        table.check(total).unwrap_or_else(|why| panic!("{arguments:?}: {why}"));
    }
}

#[test]
fn every_format_of_the_examples_adds_up() {
    let mut runs: Vec<Vec<String>> = NEEDS.iter().map(|need| owned(need)).collect();
    for (file, arguments, _) in SCENARIOS {
        if arguments[0] == "estimate" && !arguments.contains(&"--months") {
            let path = format!("examples/{file}");
            runs.push([owned(&arguments[1..]), vec![path]].concat());
        }
    }
    for plain in runs {
        for months in [None, Some("--months=14")] {
            let arguments: Vec<&str> = plain.iter().map(String::as_str).chain(months).collect();
            let results = results("adds-up", &arguments, "")
                .unwrap_or_else(|| panic!("{arguments:?} gives no estimate"));
            check_unless_printed(&arguments, &results, months.is_some());
        }
    }
}

/// A page's printed figures, or list prices, stand in the last column, so that only the CSV has the bill's own there.
/// A plan whose bill rests on better prices than the worst of its books.
#[test]
fn every_format_names_the_weakest_price_that_the_bill_rests_on() {
    let arguments = ["examples/signing-service.toml", "--plan", "aws/kms"];
    let json = run(&[&arguments[..], &["--format", "json"]].concat(), "");
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["bills"][0]["book"]["provenance"], "page");
    for format in ["table", "markdown", "html"] {
        let told = run(&[&arguments[..], &["--format", format]].concat(), "");
        let told = String::from_utf8(told.stdout).unwrap().replace("&#39;", "'");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("prices: provider's page"), "{format}: {told}");
    }
}

fn check_unless_printed(arguments: &[&str], results: &Results, by_month: bool) {
    if [">Printed</th>", ">At list</th>"].iter().any(|column| results.html.contains(column)) {
        let (_, shown) = totals(&results.json, by_month);
        let sum: Exact = readback::csv_amounts(&results.csv).into_iter().sum();
        assert!(readback::adds_up(&[sum], &shown), "{arguments:?}");
    } else {
        check(arguments, results, by_month);
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn every_plan_of_a_comparison_adds_up() {
    for months in [None, Some("--months=3")] {
        let arguments = ["compare", "examples/small-team.toml", "--month=2026-01"];
        let arguments: Vec<&str> = arguments.into_iter().chain(months).collect();
        let results = results("compare", &arguments, "").unwrap();
        let rows = readback::csv(&results.csv);
        let plans = results.json["workloads"][0]["plans"].as_array().unwrap();
        let served = plans.iter().filter(|plan| plan["status"] == "complete");
        for plan in served.clone() {
            let word = |name: &str| plan[name].as_str().unwrap();
            let (name, edition) =
                (format!("{}/{}", word("provider"), word("plan")), word("edition"));
            let book = format!("{name}@{edition}");
            let amounts = rows.iter().filter(|row| row["book"] == book).filter_map(|row| {
                number(if row["fraction"].is_empty() { &row["amount"] } else { &row["fraction"] })
            });
            let sum: Exact = amounts.sum();
            let total = printed(plan.get("fraction").unwrap_or(&plan["total"]));
            assert_eq!(sum, total, "{book}");
            assert!(results.html.contains(&name) && results.markdown.contains(&name), "{book}");
        }
        assert!(served.count() > 5);
        assert!(results.html.contains("<h2 id=\"s1\">Not comparable</h2>"));
        assert!(results.markdown.contains("<summary>Not comparable</summary>"));
    }
}

// ------------------------------------------------------------------ names that would do harm

const HOSTILE: [&str; 22] = [
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "a|b",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "line\nbreak\r\n\r\n# heading",
    "\u{202e}evil\u{200b}",
    "\u{1b}[31mred",
    "\"quoted\", 'and', comma; semicolon",
    "</summary></details> --> ]]>",
    "`code` ``` ~~~",
    "**bold** _it_ ![x](http://evil.example/x.png)",
    "@octocat fixes #1 GH-1",
    "https://evil.example www.evil.example a|b me@evil.example",
    "\\| \\` \\<script>",
    "&lt;script&gt; &#60;b&#62;",
    "$x$ :smile: {{x}} {% raw %}",
    " leading and trailing ",
];

/// A scenario in which everything bears these names.
fn scenario(names: &[String]) -> String {
    let mut text = String::new();
    writeln!(text, "name = {}", quoted(&names.concat())).unwrap();
    text.push_str(
        "provider = \"alibaba\"\nplan = \"pay-as-you-go\"\nregion = \"ap-southeast-1\"\n",
    );
    for name in names {
        let name = quoted(name);
        writeln!(text, "[[key]]\nname = {name}\nspec = \"aes-256\"\nprotection = \"software\"")
            .unwrap();
        text.push_str("operations = { encrypt = 3 }\n");
    }
    text
}

/// As TOML writes any text.
fn quoted(text: &str) -> String {
    let signs = text.chars().map(|c| match c {
        c if c.is_alphanumeric() || c == ' ' => c.to_string(),
        c => format!("\\U{:08X}", u32::from(c)),
    });
    format!("\"{}\"", signs.collect::<String>())
}

fn hostile() -> (Vec<String>, Results) {
    let mut names: Vec<String> = HOSTILE.iter().map(|name| (*name).to_owned()).collect();
    names.push("long ".repeat(13_000));
    let results = results(
        &format!("hostile-{:?}", std::thread::current().id()),
        &["-", "--budget=1"],
        &scenario(&names),
    );
    (names, results.unwrap())
}

/// What steers a terminal or turns text around.
fn steers(text: &str) -> bool {
    text.contains(|c: char| {
        (c.is_control() && c != '\n' && c != '\r')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

#[test]
fn no_name_is_a_formula_in_csv() {
    let (names, results) = hostile();
    let text = String::from_utf8(results.csv.clone()).unwrap();
    assert!(!steers(&text));
    let rows = readback::csv(&results.csv);
    assert_eq!(rows.len(), 2 * names.len());
    for row in &rows {
        for (column, cell) in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{column}: {cell}");
            assert!(!cell.contains(['\n', '\r']), "{column}: {cell}");
        }
    }
    let keys: Vec<&String> = rows.iter().map(|row| &row["key"]).collect();
    assert!(keys.iter().any(|key| *key == "'=1+1"), "{keys:?}");
    assert!(keys.iter().any(|key| key.len() == 65_000));
    check(&["hostile"], &results, false);
}

#[test]
fn no_name_is_markup_in_html() {
    let (_, results) = hostile();
    assert!(!steers(&results.html));
    assert!(results.html.len() < 200_000, "{}", results.html.len());
    let body = results.html.split_once("</style>").unwrap().1;
    let known = [
        "a", "b", "body", "caption", "dd", "desc", "div", "dl", "dt", "footer", "h1", "h2", "head",
        "header", "html", "li", "main", "p", "path", "rect", "section", "span", "svg", "table",
        "tbody", "td", "text", "tfoot", "th", "thead", "title", "tr", "ul",
    ];
    for tag in body.split('<').skip(1) {
        let (inside, text) = tag.split_once('>').unwrap();
        let name = inside.trim_start_matches('/').split(' ').next().unwrap();
        assert!(known.contains(&name), "<{inside}>");
        // none of ours has a sign of its own in it
        assert!(!inside.contains(['&', '\'', '`']) && !inside.contains(" on"), "<{inside}>");
        assert!(!text.contains(['>', '"']), "{text}");
    }
    assert!(body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn no_name_is_markup_in_markdown() {
    let (_, results) = hostile();
    let text = &results.markdown;
    assert!(!steers(text) && !text.contains('\r'));
    assert!(text.len() < 65_536, "{}", text.len());
    let mut bars = None;
    for line in text.lines() {
        let count = line.matches('|').count();
        if line.starts_with("| ") {
            assert_eq!(count, *bars.get_or_insert(count), "{line}");
        } else {
            assert_eq!(count, 0, "{line}");
            bars = None;
        }
        // what stands in a code span is text
        let outside: String = line.split('`').step_by(2).collect();
        assert_eq!(line.matches('`').count() % 2, 0, "{line}");
        for tag in outside.split('<').skip(1) {
            let known = ["!-- kms-cost -->", "details>", "/details>", "summary>", "/summary>"];
            let known = known.iter().chain(&["code>", "/code>", "span>", "/span>"]);
            assert!(known.into_iter().any(|known| tag.starts_with(known)), "{line}");
        }
        for sign in ["://", "www.", "![", "](", "$", "~~", " #1"] {
            assert!(!outside.contains(sign), "{sign}: {line}");
        }
    }
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

/// What formats for other people's tools write of the scenario with every hostile name.
fn for_tools(format: &str) -> String {
    let mut names: Vec<String> = HOSTILE.iter().map(|name| (*name).to_owned()).collect();
    names.push("long ".repeat(13_000));
    let call = ["-", "--budget=0.01", "--month=2026-02", "--format", format];
    let output = run(&call, &scenario(&names));
    assert_eq!(output.status.code(), Some(1), "{format}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!steers(&text), "{format}");
    text
}

#[test]
fn no_name_does_harm_in_the_formats_of_other_tools() {
    let github = for_tools("github");
    assert!(
        github.lines().all(|line| line.starts_with("::error ") || line.starts_with("::notice "))
    );
    let sarif: serde_json::Value = serde_json::from_str(&for_tools("sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let junit = for_tools("junit");
    for tag in junit.split('<').skip(1) {
        let name = tag.trim_start_matches(['/', '?']).split([' ', '>', '/']).next().unwrap();
        let known = ["xml", "testsuites", "testsuite", "testcase", "failure"];
        assert!(known.contains(&name), "<{name}");
    }
    assert!(junit.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let focus = for_tools("focus");
    let rows = readback::csv(focus.as_bytes());
    assert_eq!(rows.len(), 2 * (HOSTILE.len() + 1));
    for cell in rows.iter().flat_map(std::collections::HashMap::values) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        assert!(!cell.contains(['\n', '\r']), "{cell}");
    }
}

#[test]
fn no_name_is_markup_in_a_diff() {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-diff");
    fs::create_dir_all(&room).unwrap();
    let mut names: Vec<String> = HOSTILE.iter().map(|name| (*name).to_owned()).collect();
    names.push("long ".repeat(13_000));
    let head = room.join("head.toml");
    fs::write(&head, scenario(&names)).unwrap();
    let base = format!("{ROOT}/examples/disk-encryption.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
        .args(["diff", &base, head.to_str().unwrap(), "--format=markdown"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!steers(&text) && text.len() < 65_536, "{}", text.len());
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for line in text.lines() {
        let outside: String = line.split('`').step_by(2).collect();
        for tag in outside.split('<').skip(1) {
            let known =
                ["!-- kms-cost -->", "details>", "/details>", "summary>", "/summary>", "br>"];
            let known = known.iter().chain(&["code>", "/code>", "span>", "/span>"]);
            assert!(known.into_iter().any(|known| tag.starts_with(known)), "{line}");
        }
        for sign in ["://", "www.", "![", "](", "$", "~~", " #1"] {
            assert!(!outside.contains(sign), "{sign}: {line}");
        }
        assert!(!line.starts_with("| ") || line.matches('|').count() == 7, "{line}");
    }
    for format in ["csv", "html"] {
        let output = Command::new(env!("CARGO_BIN_EXE_kms-cost"))
            .args(["diff", &base, head.to_str().unwrap(), "--format", format])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!steers(&text), "{format}");
        let harmless = if format == "html" { "&lt;script&gt;" } else { "'=1+1" };
        assert!(text.contains(harmless), "{format}");
        assert!(format == "csv" || !text.contains("<script"), "{format}");
    }
}

#[test]
fn a_comment_holds_what_it_can_and_counts_the_rest() {
    let names: Vec<String> = (0..2_000).map(|number| format!("key number {number}")).collect();
    let results = results("many", &["-"], &scenario(&names)).unwrap();
    assert!(results.markdown.len() < 65_536, "{}", results.markdown.len());
    let rows = results.markdown.lines().filter(|line| line.starts_with("| &emsp;&emsp;")).count();
    let note = results.markdown.lines().find(|line| line.contains("are left out")).unwrap();
    let left: usize = note.trim_matches('*').split(' ').next().unwrap().parse().unwrap();
    // two lines a key, and below each item its meter
    let above = results.markdown.lines().filter(|line| line.starts_with("| &emsp;")).count() - rows;
    let heads = 4;
    assert!(rows + left + above >= 4_000 && rows + left + above <= 4_000 + heads, "{rows} {left}");
    let table = &readback::html(&results.html)[1].1;
    assert_eq!(table.lines.len(), 4_000);
}

// ------------------------------------------------------------------ bare values

fn fields(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = run(arguments, "");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_bare_value_is_that_of_json() {
    for (file, arguments, code) in SCENARIOS {
        if arguments[0] != "estimate" {
            continue;
        }
        let path = format!("examples/{file}");
        let run_with = |more: &[&str]| fields(&[&arguments[1..], &[path.as_str()], more].concat());
        let (json_code, json, _) = run_with(&["--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let bill = &json["bills"][0];
        let (fields_code, values, _) = run_with(&["--fields", "book,currency"]);
        assert_eq!((json_code, fields_code), (Some(code), Some(code)), "{file}");
        let expected = [bill["book"]["id"].as_str().unwrap(), bill["currency"].as_str().unwrap()];
        assert_eq!(values, format!("{}\n", expected.join("\t")), "{file}");
        let (_, values, _) = run_with(&["--fields=line.id"]);
        let lines = bill["lines"].as_array().unwrap().len();
        let months = bill["term"]["months"].as_u64().filter(|_| arguments.contains(&"--months"));
        assert!(values.lines().count() >= lines, "{file}");
        let (_, values, _) = run_with(&["--fields=total"]);
        assert_eq!(values.lines().count(), usize::try_from(months.unwrap_or(1)).unwrap(), "{file}");
        let total = if code == 3 { "" } else { bill["total"].as_str().unwrap() };
        assert_eq!(values.lines().next(), Some(total), "{file}");
    }
}

#[test]
fn a_value_never_breaks_its_row() {
    let names: Vec<String> = HOSTILE.iter().map(|name| (*name).to_owned()).collect();
    let output = run(&["-", "--fields=scenario,line.key,line.amount"], &scenario(&names));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 2 * names.len());
    for row in text.lines() {
        assert_eq!(row.matches('\t').count(), 2, "{row}");
        assert!(!steers(&row.replace('\t', "")), "{row}");
    }
}

#[test]
fn a_wrong_field_is_refused_with_all_that_there_are() {
    let (code, out, said) = fields(&["examples/disk-encryption.toml", "--fields", "totla"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(said.contains("a field with a similar name exists: `total`"), "{said}");
    assert!(said.contains("subtotal.key-hosting") && said.contains("line.source"), "{said}");
    for wrong in ["--fields=", "--fields=total,", "--fields=subtotal.keys"] {
        assert_eq!(fields(&["examples/disk-encryption.toml", wrong]).0, Some(2), "{wrong}");
    }
    let both = ["examples/disk-encryption.toml", "--fields=total", "--format=csv"];
    assert_eq!(fields(&both).0, Some(2));
}
