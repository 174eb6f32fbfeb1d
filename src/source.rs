//! The only reader of input files: a name, a text and places within it.
//!
//! Nothing here knows what a text means, and nothing else in the crate opens
//! a file to read one. A text is bounded, UTF-8 and free of a byte order mark.

use std::borrow::Cow;
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

/// A range of bytes in the text of a [`Source`].
pub type Span = Range<usize>;

/// The most that is read from one file: 64 MiB.
const LIMIT: u64 = 64 << 20;

/// A text and the name under which it is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: Cow<'static, str>,
}

impl Source {
    /// A text that is already at hand, such as a scenario in a test.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        Self { name: name.into(), text: Cow::Owned(text) }
    }

    /// A text of the program's own, which is not copied.
    pub fn embedded(name: impl Into<String>, text: &'static str) -> Self {
        Self { name: name.into(), text: Cow::Borrowed(text) }
    }

    /// Reads a regular file, or a link to one.
    pub fn read(path: &Path) -> Result<Self, Unreadable> {
        let name = path.display().to_string();
        let fail = |error: &io::Error| Unreadable::new(&name, why(error));
        // before opening: opening a pipe would wait for its writer
        fs::metadata(path).map_err(|e| fail(&e)).and_then(|m| regular(&name, &m))?;
        let file = File::open(path).map_err(|e| fail(&e))?;
        file.metadata().map_err(|e| fail(&e)).and_then(|m| regular(&name, &m))?;
        Self::read_from(name, file)
    }

    /// Reads the files of a folder that have an extension, by file name.
    pub fn read_folder(folder: &Path, extension: &str) -> Result<Vec<(String, Self)>, Unreadable> {
        let name = folder.display().to_string();
        let fail = |error: &io::Error| Unreadable::new(&name, why(error));
        let mut sources = Vec::new();
        for entry in fs::read_dir(folder).map_err(|e| fail(&e))? {
            let path = entry.map_err(|e| fail(&e))?.path();
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
            if let Some(file) = file
                && path.extension().is_some_and(|found| found == extension)
            {
                sources.push((file, Self::read(&path)?));
            }
        }
        sources.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(sources)
    }

    /// Reads standard input to its end.
    pub fn standard_input() -> Result<Self, Unreadable> {
        Self::read_from("standard input", io::stdin().lock())
    }

    /// Reads what is open already to its end, or to the limit.
    pub fn read_from(name: impl Into<String>, reader: impl Read) -> Result<Self, Unreadable> {
        let (name, mut bytes) = (name.into(), Vec::new());
        let read = reader.take(LIMIT.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| Unreadable::new(&name, why(&error)))?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length <= LIMIT) {
            return decoded(name, bytes);
        }
        Err(Unreadable::new(&name, "found more than 64 MiB"))
    }

    /// The name as given by the user.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and the column, in characters, of a byte; both count from 1.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        place(self.before(offset))
    }

    /// The line around a byte, without its line break.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> Span {
        let before = self.before(offset);
        let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        start..start.saturating_add(line.len())
    }

    /// The text up to a byte, or up to the character which that byte is part of.
    fn before(&self, offset: usize) -> &str {
        let mut upto = (0..=offset.min(self.text.len())).rev();
        upto.find_map(|at| self.text.get(..at)).unwrap_or_default()
    }
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The file, as given by the user.
    pub name: String,
    /// What was found.
    pub reason: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Unreadable {
    fn new(name: &str, reason: impl Into<String>) -> Self {
        Self { name: name.to_owned(), reason: reason.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Which file, and why, without the help.
    #[must_use]
    pub fn message(&self) -> String {
        format!("cannot read `{}`: {}", printable(&self.name), printable(&self.reason))
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())?;
        let Some(help) = &self.help else {
            return Ok(());
        };
        write!(f, "\nhelp: {}", printable(help))
    }
}

impl std::error::Error for Unreadable {}

/// The text with every character that could steer or deceive a terminal
/// written as `\u{..}`.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Control characters, bidirectional marks, line separators and characters
/// without a width.
pub(crate) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Refuses what is not a regular file.
fn regular(name: &str, found: &Metadata) -> Result<(), Unreadable> {
    if found.is_file() {
        return Ok(());
    }
    if found.is_dir() {
        return Err(Unreadable::new(name, "found a directory, expected a file"));
    }
    Err(Unreadable::new(name, "found a pipe or a device, expected a regular file")
        .help("`-` reads standard input"))
}

/// The text of the bytes, if they are UTF-8.
fn decoded(name: String, bytes: Vec<u8>) -> Result<Source, Unreadable> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => Err(not_utf8(&name, &error)),
    }
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Unreadable {
    let (bytes, valid) = (error.as_bytes(), error.utf8_error().valid_up_to());
    let reason = if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        "found UTF-16, expected UTF-8".to_owned()
    } else {
        let (good, bad) = bytes.split_at_checked(valid).unwrap_or_default();
        let (line, column) = place(str::from_utf8(good).unwrap_or_default());
        let byte = bad.first().copied().unwrap_or_default();
        format!("byte 0x{byte:02x} at {line}:{column} is not UTF-8")
    };
    Unreadable::new(name, reason).help("save the file as UTF-8")
}

/// The line and the column just after a text.
fn place(before: &str) -> (usize, usize) {
    let line = before.bytes().filter(|&byte| byte == b'\n').count();
    let last = before.rsplit('\n').next().unwrap_or_default();
    let last = last.strip_prefix('\u{feff}').unwrap_or(last);
    (line.saturating_add(1), last.chars().count().saturating_add(1))
}

fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(bytes: &[u8]) -> String {
        match Source::read_from("a.toml", bytes) {
            Ok(source) => source.text.into_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_mark_is_skipped_and_line_breaks_are_left() {
        assert_eq!(bytes("\u{feff}a = 1\r\n".as_bytes()), "a = 1\r\n");
    }

    #[test]
    fn what_is_not_utf8_has_a_place() {
        let cannot = "cannot read `a.toml`";
        let help = "help: save the file as UTF-8";
        assert_eq!(
            bytes(b"a = 1\nb = \"\xc3\xa9\xff\""),
            format!("{cannot}: byte 0xff at 2:7 is not UTF-8\n{help}")
        );
        assert_eq!(
            bytes(b"\xff\xfea\0"),
            format!("{cannot}: found UTF-16, expected UTF-8\n{help}")
        );
    }

    #[test]
    fn an_endless_reader_ends() {
        let error = Source::read_from("zero", io::repeat(b' ')).unwrap_err();
        assert_eq!(error.to_string(), "cannot read `zero`: found more than 64 MiB");
    }

    #[test]
    fn only_files_are_read() {
        let read = |path: &str| Source::read(Path::new(path)).unwrap_err().to_string();
        assert_eq!(read("/"), "cannot read `/`: found a directory, expected a file");
        assert_eq!(read("/no\u{1b}/x"), "cannot read `/no\\u{1b}/x`: no such file");
        #[cfg(unix)]
        assert_eq!(
            read("/dev/zero"),
            "cannot read `/dev/zero`: found a pipe or a device, expected a regular file\n\
             help: `-` reads standard input"
        );
    }

    #[test]
    fn places_count_characters_from_one() {
        let source = Source::new("a", "é = 1\r\nb");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(3), (1, 3));
        assert_eq!(source.line_column(8), (2, 1));
        assert_eq!(source.line_column(99), (2, 2));
        assert_eq!(source.line_of(3), 0..6);
        assert_eq!(source.line_of(99), 8..9);
    }

    #[test]
    fn nothing_steers_a_terminal() {
        let hostile = "a\u{1b}[2J\u{9b}1m\u{202e}b\u{200b}\r\n";
        let shown = r"a\u{1b}[2J\u{9b}1m\u{202e}b\u{200b}\u{d}\u{a}";
        assert_eq!(printable(hostile), shown);
        assert_eq!(printable(shown), shown);
        assert_eq!(printable("naïve 鍵"), "naïve 鍵");
    }
}
