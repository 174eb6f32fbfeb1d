//! Embeds the folder `pricing/`: of every `*.toml` in it, its text and what the text says.
//!
//! The books are read here by the very modules that read a user's at run time, and written down as
//! what they were read as, so that a run need not parse them again. A problem in one ends the build.

#![expect(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the modules are the library's, and not all of them is used here"
)]

mod decimal;
mod diagnostic;
mod fields;
mod month;
mod pricebook;
mod source;
mod vocabulary;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use diagnostic::{Problems, render};
use pricebook::Book;
use serde::Serialize;
use source::Source;
use vocabulary::Vocabulary;

const VOCABULARY: &str = "vocabulary.toml";

fn main() {
    println!("cargo::rerun-if-changed=pricing");
    if let Err(why) = embed() {
        why.to_string().lines().for_each(|line| println!("cargo::error={line}"));
    }
}

/// Writes the code of the library's `catalog::EMBEDDED`.
fn embed() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("pricing");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let words = Arc::new(Source::read(&folder.join(VOCABULARY))?);
    let words = Vocabulary::parse(&words).map_err(|problems| told(&problems))?;
    let mut code = String::from("Folder {\n");
    writeln!(code, "vocabulary: {},", embedded(&folder, &out, VOCABULARY, &words)?)?;
    code.push_str("books: &[\n");
    for (name, file) in Source::read_folder(&folder, "toml")? {
        if name == VOCABULARY {
            continue;
        }
        let book = Book::parse(&Arc::new(file), &words).map_err(|problems| told(&problems))?;
        let (provider, plan, edition) = (&book.id.provider, &book.id.plan, &book.id.edition);
        if name != format!("{provider}.{plan}.{edition}.toml") {
            return Err(format!("the file's name says `{name}`, its text `{}`", book.id).into());
        }
        let id = format!("BookId::new({provider:?}, {plan:?}, {edition:?})");
        writeln!(code, "({id}, {}),", embedded(&folder, &out, &name, &book)?)?;
    }
    code.push_str("] }\n");
    Ok(fs::write(out.join("pricing.rs"), code)?)
}

/// The code that embeds a file's text, and what it was read as.
fn embedded(
    folder: &Path,
    out: &Path,
    name: &str,
    read: &impl Serialize,
) -> Result<String, Box<dyn Error>> {
    let written = out.join(name).with_extension("read");
    fs::write(&written, postcard::to_allocvec(read)?)?;
    let (text, read) = (folder.join(name).display().to_string(), written.display().to_string());
    Ok(format!(
        "Embedded {{ name: {name:?}, text: include_str!({text:?}), read: include_bytes!({read:?}) }}"
    ))
}

fn told(problems: &Problems) -> String {
    render(problems, false, "the embedded books are wrong")
}
