//! `kms-cost explain --code`: what each kind of problem means, what to do, and an example.
//!
//! The kinds of problems in files are those of [`Code`](crate::diagnostic::Code); beside them stand
//! the failures that have no place in a file.

use serde::Serialize;

use super::Failure;
use crate::diagnostic::{listed, quoted, similar};
use crate::report::table::{Dress, hanging};

/// What there is to know about a kind of problem.
#[derive(Debug, Serialize)]
pub(super) struct Meaning {
    code: &'static str,
    /// What was found, in general.
    means: &'static str,
    /// What to do about it.
    remedy: &'static str,
    /// Lines that have the problem.
    wrong: &'static str,
    /// The same lines without it.
    right: &'static str,
}

/// Every kind, in the order of the catalogue.
const MEANINGS: &[Meaning] = &[
    Meaning {
        code: "syntax",
        means: "the file is not TOML, or not TOML 1.0",
        remedy: "correct the line that the message names; a text needs both its quotes, a table its brackets",
        wrong: "name = \"disk",
        right: "name = \"disk\"",
    },
    Meaning {
        code: "unknown-field",
        means: "a field that this table does not have; it is refused, since a slip of the pen would leave it out of the bill",
        remedy: "take the name that the help offers, or leave the field out",
        wrong: "protecton = \"hsm\"",
        right: "protection = \"hsm\"",
    },
    Meaning {
        code: "missing-field",
        means: "a field that the result depends on and that is not stated: nothing that moves a figure is assumed in silence",
        remedy: "add the field where the message says",
        wrong: "[[key]]\nname = \"disk\"",
        right: "[[key]]\nname = \"disk\"\nspec = \"aes-256\"",
    },
    Meaning {
        code: "wrong-type",
        means: "a value of another kind than the field has: text for a number, a table for a list",
        remedy: "write the value as the label says; dates, numbers and `true` take no quotes, money does",
        wrong: "count = \"12\"",
        right: "count = 12",
    },
    Meaning {
        code: "out-of-range",
        means: "a value of the right kind that lies outside the bounds of its field",
        remedy: "take a value within the bounds that the label names",
        wrong: "months = 0",
        right: "months = 12",
    },
    Meaning {
        code: "unknown-name",
        means: "a name that the price book or the vocabulary does not have, such as a region, a key spec or an operation",
        remedy: "take the near name in the help, or one of those listed; `kms-cost books show` lists what a plan has",
        wrong: "region = \"ap-southeast-9\"",
        right: "region = \"ap-southeast-1\"",
    },
    Meaning {
        code: "not-decimal",
        means: "money or a quantity that is not an exact decimal: a bare 0.1 is a binary fraction in TOML, `1e5` and `1,000` are no decimals",
        remedy: "write plain digits with one point, in quotes",
        wrong: "price = 0.033",
        right: "price = \"0.033\"",
    },
    Meaning {
        code: "bad-date",
        means: "a date that is not on the calendar, not of the right form, or earlier than what it follows",
        remedy: "write days as 2026-02-28, months in quotes as \"2026-02\", times with their offset",
        wrong: "month = \"2026-13\"",
        right: "month = \"2026-12\"",
    },
    Meaning {
        code: "duplicate",
        means: "the same name or thing twice, where each needs one of its own",
        remedy: "rename one of them, or leave it out",
        wrong: "[[key]]\nname = \"disk\"\n[[key]]\nname = \"disk\"",
        right: "[[key]]\nname = \"disk\"\n[[key]]\nname = \"backup\"",
    },
    Meaning {
        code: "conflict",
        means: "two statements that cannot both hold",
        remedy: "keep the one that is meant",
        wrong: "region = \"ap-southeast-1\"\nplace = \"singapore\"",
        right: "place = \"singapore\"",
    },
    Meaning {
        code: "too-large",
        means: "more than the program takes on: files to 64 MiB and 1,000,000 values, texts to 64 KiB, quantities to 10^18, totals to 28 digits; a figure beyond is refused, never rounded",
        remedy: "state less, or split the file",
        wrong: "count = 1_000_000_000_000_000_000",
        right: "count = 1_000",
    },
    Meaning {
        code: "not-offered",
        means: "a thing that the plan does not have: a region, a kind of key, an operation, a date rule",
        remedy: "choose what the help lists, or another plan: `kms-cost compare` names every plan that can serve the need",
        wrong: "provider = \"acme\"\nspec = \"ed25519\"",
        right: "provider = \"acme\"\nspec = \"aes-256\"",
    },
    Meaning {
        code: "over-quota",
        means: "more than the plan sells to one account or instance",
        remedy: "state less, or several instances, as the help says",
        wrong: "[[instance]]\ntype = \"hardware\"\nkey_versions = 1_001",
        right: "[[instance]]\ntype = \"hardware\"\ncount = 2\nkey_versions = 500",
    },
    Meaning {
        code: "not-sold",
        means: "an order of a size that is not sold: what is bought comes in blocks and steps, and an order is never rounded",
        remedy: "order a size that the help names, or state the need instead of an order",
        wrong: "order = { peak_qps = 3_000 }",
        right: "order = { peak_qps = 4_000 }",
    },
    Meaning {
        code: "unpublished",
        means: "a plan whose book has no price at all; a single price that no page publishes is no error: the bill says so, is incomplete, and ends in exit 3",
        remedy: "choose another plan, or ask the provider and state what is agreed on as a `[[discount]]` with a price",
        wrong: "plan = \"renewal\"",
        right: "plan = \"kms\"",
    },
    Meaning {
        code: "no-book",
        means: "no price book for the provider, plan or edition",
        remedy: "`kms-cost books list` names every book; `--pricing DIR` brings others",
        wrong: "plan = \"pay-as-you-gone\"",
        right: "plan = \"pay-as-you-go\"",
    },
    Meaning {
        code: "empty-text",
        means: "a text of a price book that says nothing, so that a bill or an auditor has nothing to read",
        remedy: "write what the page says, or what was decided and why",
        wrong: "basis = \"\"",
        right: "basis = \"the page names no scope for the tier\"",
    },
    Meaning {
        code: "source-date",
        means: "a source whose date is missing, or the source of a price that was written after the edition had ended",
        remedy: "write the date that the page itself prints, or `undated`; name the page as it stood while its prices were in force",
        wrong: "dated = \"last spring\"",
        right: "dated = \"2026-03-20\"",
    },
    Meaning {
        code: "misnamed",
        means: "a price book whose file is called otherwise than its header says; books are found by their file names",
        remedy: "call it provider.plan.edition.toml",
        wrong: "# acme.kms.2025.toml\nedition = \"2026\"",
        right: "# acme.kms.2026.toml\nedition = \"2026\"",
    },
    Meaning {
        code: "class-overlap",
        means: "two classes of one axis that take the same thing, so that its price would depend on their order",
        remedy: "give one of them a condition that the other has not",
        wrong: "basic    = { spec = [\"aes-256\", \"sm2\"] }\nadvanced = { spec = [\"sm2\"] }",
        right: "basic    = { spec = [\"aes-256\"] }\nadvanced = { spec = [\"sm2\"] }",
    },
    Meaning {
        code: "priced-twice",
        means: "a thing that two meters of one item charge",
        remedy: "narrow the `where` of one of them",
        wrong: "[[meter]]\nid = \"calls.all\"\n[[meter]]\nid = \"calls.signing\"",
        right: "[[meter]]\nid = \"calls.ordinary\"\nwhere = { call = \"ordinary\" }\n[[meter]]\nid = \"calls.signing\"\nwhere = { call = \"signing\" }",
    },
    Meaning {
        code: "unpriced",
        means: "a call of a key that the book hosts, which no meter takes and [not_charged] does not name: nothing is passed over in silence",
        remedy: "give it a meter, at price \"0\" where it is free, or say in [not_charged] why it costs nothing",
        wrong: "# no meter counts calls",
        right: "[not_charged]\ncall = \"the page: API calls are free of charge\"",
    },
    Meaning {
        code: "unreached",
        means: "a part of a price book that nothing can ever land on: a meter whose classes no key has, an axis that no price asks for, an item without a meter",
        remedy: "correct its `where`, or leave it out",
        wrong: "where = { hosting = \"software\", geography = \"nowhere\" }",
        right: "where = { hosting = \"software\" }",
    },
    Meaning {
        code: "price-jump",
        means: "a price that is 100 times as much or as little as those beside it or as that of the edition before, or a tier that is 10 times away from the tier before it: often a decimal point or a slip of translation",
        remedy: "read the page once more and correct the price; if it is right, say why at its meter",
        wrong: "price = \"27.6\"",
        right: "price = \"0.24\"\n# or, where the page is right:\nconfirmed = \"the page prints it twice, and in its example\"",
    },
    Meaning {
        code: "price-order",
        means: "a tier that is dearer than the tier before it, or classes that one meter orders otherwise than the others do",
        remedy: "read the page once more and correct the price; if it is right, say why at its meter",
        wrong: "tiers = [{ up_to = 2000, price = \"0.033\" }, { price = \"0.083\" }]",
        right: "tiers = [{ up_to = 2000, price = \"0.083\" }, { price = \"0.033\" }]",
    },
    Meaning {
        code: "uneven-blocks",
        means: "what is sold above the included part, up to the most, is no whole number of blocks",
        remedy: "read `included`, `most` and `block` against the page",
        wrong: "included = 1000\nmost = 100_005\nblock = { size = 10, rounding = \"up\" }",
        right: "included = 1000\nmost = 100_000\nblock = { size = 10, rounding = \"up\" }",
    },
    Meaning {
        code: "mixed-nouns",
        means: "one allowance over meters that count different things, such as calls and key versions",
        remedy: "write one allowance for each kind of thing",
        wrong: "covers = [\"keys.all\", \"calls.all\"]",
        right: "covers = [\"calls.all\"]",
    },
    Meaning {
        code: "no-effect",
        means: "something that changes nothing: a reading whose other value is the chosen one, an allowance of nothing, a confirmation where nothing is doubted",
        remedy: "state what is meant, or leave it out",
        wrong: "covers = []",
        right: "covers = [\"calls.all\"]",
    },
    Meaning {
        code: "edition-gap",
        means: "days between two editions of a plan on which neither holds",
        remedy: "let the earlier edition end on the day before the later one begins",
        wrong: "effective = { from = 2024-01-01, until = 2025-11-30 }",
        right: "effective = { from = 2024-01-01, until = 2025-12-31 }",
    },
    Meaning {
        code: "edition-overlap",
        means: "days on which two editions of a plan hold, so that a bill could be either",
        remedy: "let the earlier edition end on the day before the later one begins",
        wrong: "effective = { from = 2024-01-01 }",
        right: "effective = { from = 2024-01-01, until = 2025-12-31 }",
    },
    Meaning {
        code: "example-differs",
        means: "a documented example that does not come out as its page prints it",
        remedy: "correct the price, or declare the page's own rounding; never change the printed figure",
        wrong: "lines = { keys = \"1\" }",
        right: "lines = { keys = \"1\" }\nrounded_to = { keys = 0 }",
    },
    Meaning {
        code: "call",
        means: "the call itself: an option, a plan or a combination that cannot be",
        remedy: "read the help of the command: `kms-cost help estimate`",
        wrong: "kms-cost estimate --plan nowhere/kms",
        right: "kms-cost estimate --plan alibaba/pay-as-you-go",
    },
    Meaning {
        code: "unreadable",
        means: "a file that is not there, may not be read, is no regular file, is larger than 64 MiB, or is not UTF-8",
        remedy: "name a file; `-` reads standard input",
        wrong: "kms-cost estimate /dev/zero",
        right: "kms-cost estimate scenario.toml",
    },
    Meaning {
        code: "unwritable",
        means: "a place that cannot be written: a full disk, a closed stream, a folder, a symbolic link",
        remedy: "name a regular file; one that stood there is unchanged",
        wrong: "kms-cost estimate --format json=/dev/null",
        right: "kms-cost estimate --format json=bill.json",
    },
    Meaning {
        code: "fault",
        means: "a fault of the program: a figure that it would have to guess was not printed",
        remedy: "report it with the scenario; no figure of that run is to be used",
        wrong: "",
        right: "",
    },
];

/// What is asked for: one kind by its name, or `all`.
pub(super) fn found(name: &str) -> Result<Vec<&'static Meaning>, Failure> {
    let found: Vec<&Meaning> =
        MEANINGS.iter().filter(|meaning| name == "all" || meaning.code == name).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let names = || MEANINGS.iter().map(|meaning| meaning.code);
    let help = match similar(name, names()) {
        Some(near) => format!("a code with a similar name exists: `{near}`"),
        None => format!("`--code all` explains every one: {}", listed(names())),
    };
    Err(Failure::said(format!("no code is called {}", quoted(name)), help))
}

/// Kinds of problems for people.
pub(super) fn text(meanings: &[&Meaning], dress: Dress) -> String {
    let texts: Vec<String> = meanings.iter().map(|meaning| one(meaning, dress)).collect();
    texts.join("\n")
}

fn one(meaning: &Meaning, dress: Dress) -> String {
    let mut text = format!("{}\n", dress.bold(meaning.code));
    text.push_str(&hanging("  means   ", meaning.means, dress.width));
    text.push_str(&hanging("  to do   ", meaning.remedy, dress.width));
    for (name, lines) in [("  wrong   ", meaning.wrong), ("  right   ", meaning.right)] {
        for (at, line) in lines.lines().enumerate() {
            text.push_str(if at == 0 { name } else { "          " });
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    codes: &'a [&'a Meaning],
}

/// Kinds of problems for programs.
pub(super) fn json(meanings: &[&Meaning]) -> Result<String, Failure> {
    super::to_json(&Document { schema: "kms-cost/codes/1", codes: meanings })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn every_kind_of_problem_is_explained_and_no_other() {
        let beside = ["call", "unreadable", "unwritable", "fault"];
        let codes = Code::ALL.iter().map(|(name, _)| *name).chain(beside);
        let explained = MEANINGS.iter().map(|meaning| meaning.code);
        assert_eq!(codes.collect::<Vec<_>>(), explained.collect::<Vec<_>>());
    }
}
