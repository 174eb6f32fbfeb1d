//! Configuration as users meet it: which level wins, what no level but the right one can say, and
//! that every setting does what it says.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it stands")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const NEED: &str = "provider = \"alibaba\"\nplan = \"pay-as-you-go\"\nregion = \"ap-southeast-1\"\n\
    [[key]]\nname = \"disk\"\nspec = \"aes-256\"\nprotection = \"software\"\ncount = 10\n";

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A repository with a folder `work` in it, a home beside it, and nothing configured.
struct Room {
    root: PathBuf,
    variables: Vec<(&'static str, &'static str)>,
}

/// What a run printed, and its exit code.
struct Ran {
    out: String,
    err: String,
    code: Option<i32>,
}

impl Room {
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("config").join(name);
        let _ = fs::remove_dir_all(&root);
        for folder in ["repository/.git", "repository/work", "home/kms-cost"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let plain = Self { root, variables: Vec::new() };
        plain.with("repository/work/scenario.toml", NEED)
    }

    fn with(self, file: &str, text: &str) -> Self {
        let path = self.root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn project(self, text: &str) -> Self {
        self.with("repository/kms-cost.toml", text)
    }

    fn user(self, text: &str) -> Self {
        self.with("home/kms-cost/config.toml", text)
    }

    fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    fn run(&self, arguments: &str) -> Ran {
        let mut program = Command::new(env!("CARGO_BIN_EXE_kms-cost"));
        let program = program
            .args(arguments.split_whitespace())
            .current_dir(self.root.join("repository/work"))
            .env_clear()
            .env("XDG_CONFIG_HOME", self.root.join("home"))
            .envs(self.variables.iter().copied());
        let output = program.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
    }

    /// A setting's value and level, as `kms-cost config` has it.
    fn setting(&self, name: &str, arguments: &str) -> (String, String) {
        let ran = self.run(&format!("config --format json {arguments}"));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        let rows = document["settings"].as_array().unwrap();
        let row = rows.iter().find(|row| row["setting"] == name).unwrap();
        let text = |field: &str| row[field].as_str().unwrap_or("-").to_owned();
        (text("value"), text("level"))
    }

    #[track_caller]
    fn refused(&self, arguments: &str, said: &[&str]) {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
        assert_eq!(ran.out, "");
        for said in said {
            assert!(ran.err.contains(said), "{said}: {}", ran.err);
        }
    }
}

fn pair(value: &str, level: &str) -> (String, String) {
    (value.to_owned(), level.to_owned())
}

#[test]
fn flag_before_variable_before_project_before_user() {
    let room = Room::new("levels").user("color = \"always\"\nwidth = 100\nround = 1\n");
    assert_eq!(room.setting("color", ""), pair("always", "user"));
    assert_eq!(room.setting("width", ""), pair("100", "user"));
    assert!(room.run("estimate").out.contains('\u{1b}'));
    let room = room.project("color = \"never\"\nround = 2\n");
    assert_eq!(room.setting("color", ""), pair("never", "project"));
    assert!(!room.run("estimate").out.contains('\u{1b}'));
    let room = room.variable("KMS_COST_COLOR", "always").variable("KMS_COST_ROUND", "3");
    assert_eq!(room.setting("color", ""), pair("always", "variable"));
    assert_eq!(room.setting("round", ""), pair("3", "variable"));
    assert_eq!(room.setting("color", "--color never"), pair("never", "flag"));
    assert!(room.run("estimate").out.contains('\u{1b}'));
    assert!(!room.run("estimate --color never").out.contains('\u{1b}'));
    assert_eq!(room.setting("pricing", ""), pair("-", "default"));
}

#[test]
fn no_color_is_a_variable_too() {
    let room = Room::new("no-color").user("color = \"always\"\n").variable("NO_COLOR", "1");
    assert_eq!(room.setting("color", ""), pair("never", "variable"));
    assert_eq!(room.setting("color", "--color always"), pair("always", "flag"));
    let room = room.variable("KMS_COST_COLOR", "always");
    assert_eq!(room.setting("color", ""), pair("always", "variable"));
}

#[test]
fn looks_are_as_they_are_configured_and_move_no_figure() {
    let plain = Room::new("plain");
    let room = Room::new("looks").user("format = \"csv\"\nround = 1\nwidth = 60\n");
    assert!(room.run("estimate").out.starts_with("scenario,"), "{}", room.run("estimate").out);
    assert!(room.run("estimate --format markdown").out.starts_with("<!--"));
    // a command that does not write it writes its table
    assert_eq!(room.run("explain").out.lines().next(), plain.run("explain").out.lines().next());
    assert!(room.run("estimate --format table").out.lines().all(|line| line.chars().count() <= 60));
    // what scripts read is exact
    for exact in ["estimate --fields total", "estimate --format json", "estimate --format csv"] {
        assert_eq!(room.run(exact).out, plain.run(exact).out, "{exact}");
    }
    assert!(plain.run("estimate").out.contains("0.60"));
    let round = Room::new("round").user("round = 1\n");
    assert!(!round.run("estimate").out.contains("0.60"));
    assert!(round.run("estimate --round 2").out.contains("0.60"));
}

#[test]
fn what_moves_a_figure_is_no_users_own() {
    for (key, text) in [
        ("pricing", "pricing = \"books\""),
        ("as_of", "as_of = \"2026-01-31\""),
        ("strict", "strict = true"),
        ("discounts", "discounts = []"),
        ("discount", "[[discount]]\npercent = \"5\""),
        ("budgets", "budgets = []"),
        ("budget", "[budget]\nmonthly = \"5\""),
        ("rates", "[rates]\nCNY = \"0.14\""),
    ] {
        let room = Room::new("own").user(&format!("# mine\n{text}\n"));
        let place = "home/kms-cost/config.toml:2:";
        room.refused(
            "estimate",
            &[&format!("`{key}` moves a figure or a verdict"), place, "kms-cost.toml"],
        );
    }
    for name in ["KMS_COST_PRICING", "KMS_COST_AS_OF", "KMS_COST_BUDGET", "KMS_COST_RATES"] {
        let room = Room::new("variables").variable(name, "5");
        room.refused("estimate", &[name, "a variable never does", "unset the variable"]);
    }
}

#[test]
fn what_is_not_known_is_an_error_with_the_nearest_name() {
    let room = Room::new("unknown").project("as_off = \"2026-01-31\"\ncolour = \"never\"\n");
    room.refused(
        "estimate",
        &["../kms-cost.toml:1:1", "`as_of`", "../kms-cost.toml:2:1", "`color`"],
    );
    let room = Room::new("unknown").user("colour = \"never\"\n");
    room.refused("estimate", &["config.toml:1:1", "no setting `colour`", "`color`"]);
    let room = Room::new("unknown").variable("KMS_COST_COLOUR", "never");
    room.refused(
        "estimate",
        &["`KMS_COST_COLOUR` is no variable of this program", "`KMS_COST_COLOR`"],
    );
    // an empty one says nothing
    assert_eq!(Room::new("unknown").variable("KMS_COST_COLOUR", "").run("estimate").code, Some(0));
}

#[test]
fn what_makes_no_sense_is_an_error_with_its_place() {
    let text = "color = \"red\"\nformat = \"jsn\"\nround = 13\nwidth = 10\nas_of = \"2026-02-30\"\n\
        strict = 1\npricing = 2\nbudgets = 3\nrates = { CNY = \"0\" }\nbudget = { monthly = \"x\" }\n";
    let places: Vec<String> = (1..=10).map(|line| format!("../kms-cost.toml:{line}:")).collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    Room::new("senseless").project(text).refused("estimate", &places);
    for (name, value) in [
        ("KMS_COST_COLOR", "red"),
        ("KMS_COST_ROUND", "-1"),
        ("KMS_COST_WIDTH", "7"),
        ("KMS_COST_FORMAT", "jsn"),
    ] {
        Room::new("senseless")
            .variable(name, value)
            .refused("estimate", &[name, value, "expected"]);
    }
}

#[test]
fn a_hostile_file_is_an_error_and_no_more() {
    let room = Room::new("hostile");
    let path = room.root.join("repository/kms-cost.toml");
    for bytes in [
        b"\xff\xfe".to_vec(),
        b"color = \"\\u001b[31m\\u202e\"".to_vec(),
        b"\"\\u001b[31m\" = 1".to_vec(),
        b"a".repeat(1 << 20),
        b"[".repeat(100_000),
        format!("rates = {}", "[".repeat(5_000)).into_bytes(),
        b"[rates]\nUSD = \"1\"".to_vec(),
    ] {
        fs::write(&path, &bytes).unwrap();
        let ran = room.run("estimate");
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(!ran.err.contains(['\u{1b}', '\u{202e}']), "{}", ran.err);
        assert!(ran.err.contains("kms-cost.toml") && ran.err.len() < 4000, "{}", ran.err);
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    room.refused("estimate", &["cannot read `../kms-cost.toml`: found a directory"]);
}

#[test]
fn only_the_repositorys_own_file_is_read() {
    let budget = "[budget]\nmonthly = \"0\"\n";
    // above the root of the repository
    let room = Room::new("beyond").with("kms-cost.toml", budget);
    assert_eq!(room.run("estimate").code, Some(0));
    // in it
    assert_eq!(room.project(budget).run("estimate").code, Some(1));
    // the nearest, and no other
    let room = Room::new("nearest").project(budget).with("repository/work/kms-cost.toml", "");
    assert_eq!(room.run("estimate").code, Some(0));
    // the root itself may be a file, as in a linked work tree
    let room = Room::new("linked").project(budget).with("repository/work/.git", "gitdir: x\n");
    assert_eq!(room.run("estimate").code, Some(0));
}

#[test]
fn every_setting_of_a_project_is_enforced() {
    let total = |room: &Room| room.run("estimate --fields total").out;
    let list = total(&Room::new("list"));
    assert_eq!(list, "0.6\n");
    // budgets, beside a file of them by its path from the project's file; a flag replaces none
    let room = Room::new("budgets")
        .project("budgets = [\"rules/b.toml\"]\n[budget]\nname = \"inline\"\nmonthly = \"0.60\"\n");
    let room = room.with(
        "repository/rules/b.toml",
        "[[budget]]\nname = \"filed\"\nitem = \"key-hosting\"\nmonthly = \"0.59\"\n",
    );
    for call in ["estimate", "estimate --budget 100"] {
        let ran = room.run(call);
        assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
        assert!(
            ran.out.contains("inline: total, a month")
                && ran.out.contains("../rules/b.toml:4: filed"),
            "{}",
            ran.out
        );
    }
    // those of other scenarios and plans are shown, and judge nothing
    let room = Room::new("others").project("[[budget]]\nkey = \"nobody\"\nmonthly = \"0\"\n[[budget]]\nplan = \"aws\"\nmonthly = \"0\"\n[[budget]]\nterm = \"0\"\n");
    let ran = room.run("estimate");
    assert_eq!(
        (ran.code, ran.out.matches("not applied").count()),
        (Some(0), 3),
        "{}{}",
        ran.out,
        ran.err
    );
    // discounts, in each command that prices
    let agreed = "[[discount]]\ncovers = [\"alibaba/pay-as-you-go:key-hosting.*\"]\npercent = \"50\"\nsource = \"s\"\n";
    for project in [agreed.to_owned(), "discounts = [\"agreed.toml\"]\n".to_owned()] {
        let room = Room::new("discounts").project(&project).with("repository/agreed.toml", agreed);
        assert_eq!(total(&room), "0.3\n");
        let bill = room.run("estimate").out;
        assert!(bill.contains("note: from ../kms-cost.toml: discounts"), "{bill}");
        assert!(room.run("explain").out.contains("agreed    0.002 × (1 − 50 ÷ 100): s"));
        let compared = room.run("compare scenario.toml --providers alibaba").out;
        assert!(compared.contains("at list prices 0.60 USD"), "{compared}");
        let even = room.run("break-even --vary key.disk.count --providers alibaba/pay-as-you-go --to 10 --format csv");
        assert!(!even.out.contains("0.60"), "{}", even.out);
        let diff = room.run("diff scenario.toml --head-month 2026-02").out;
        assert!(diff.contains("0.30"), "{diff}");
        // a flag takes their place
        let none = room.with("repository/work/none.toml", &agreed.replace("50", "10"));
        assert_eq!(none.run("estimate --fields total --discounts none.toml").out, "0.54\n");
    }
    // the day
    let room = Room::new("day").project("as_of = \"2021-06-01\"\n");
    assert!(room.run("estimate").out.contains("edition 2021-03"), "{}", room.run("estimate").out);
    assert!(!room.run("estimate --as-of 2026-06-01").out.contains("edition 2021-03"));
    assert!(!Room::new("day").run("estimate").out.contains("edition 2021-03"));
    // strictness
    let life = fs::read_to_string(Path::new(ROOT).join("examples/life-of-a-key.toml")).unwrap();
    let strict = |text: &str, call: &str| {
        let room = Room::new("strict").project(text).with("repository/work/life.toml", &life);
        room.run(call).code
    };
    for call in ["estimate life.toml", "compare life.toml --providers alibaba/pay-as-you-go"] {
        assert_eq!(
            (strict("", call), strict("strict = true\n", call)),
            (Some(0), Some(3)),
            "{call}"
        );
    }
    // rates
    let room = Room::new("rates").project("[rates]\nCNY = \"0.14\"\n");
    let compared = room.run("compare scenario.toml --providers alibaba,alibaba-cn");
    assert!(compared.out.contains("1 CNY = 0.14 USD"), "{}", compared.out);
    let call = "compare scenario.toml --providers alibaba,alibaba-cn --rate CNY=0.2";
    assert!(room.run(call).out.contains("1 CNY = 0.2 USD"));
    // price books, by their path from the project's file
    let book = fs::read_to_string(
        Path::new(ROOT).join("examples/own-price-book/pricing/acme.pay-as-you-go.2026-01.toml"),
    )
    .unwrap();
    let room = Room::new("pricing")
        .project("pricing = \"books\"\n")
        .with("repository/books/acme.pay-as-you-go.2026-01.toml", &book);
    assert!(room.run("books list").out.contains("acme/pay-as-you-go@2026-01"));
    assert!(!Room::new("pricing").run("books list").out.contains("acme"));
}

#[test]
fn commands_that_need_no_configuration_are_not_stopped_by_one() {
    let room = Room::new("help").project("nonsense").user("nonsense");
    for call in ["--help", "--version", "completions bash", "man estimate"] {
        assert_eq!(room.run(call).code, Some(0), "{call}");
    }
    room.refused("config", &["../kms-cost.toml:1:"]);
}
