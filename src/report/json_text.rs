//! JSON as text: indented, and with every character that could steer or deceive a terminal written as
//! `\uXXXX`, which means the same to every reader.
//!
//! JSON itself asks for that of the first 32 characters only.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::source::steers;

/// Writes a document, with a line break behind it.
pub fn write(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    // the writer of JSON makes many small writes: buffer them here, where they are not dynamic
    let mut buffer = io::BufWriter::new(out);
    let formatter = Printable(PrettyFormatter::new());
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut buffer, formatter))?;
    buffer.write_all(b"\n")?;
    buffer.flush()
}

/// A document as text.
pub fn text(document: &impl Serialize) -> io::Result<String> {
    let mut text = Vec::new();
    write(&mut text, document)?;
    String::from_utf8(text).map_err(io::Error::other)
}

struct Printable<'a>(PrettyFormatter<'a>);

impl Formatter for Printable<'_> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // almost every text, and bytes are compared many at a time
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, found)) = rest.char_indices().find(|(_, c)| steers(*c)) {
            let (before, after) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            for unit in found.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after.strip_prefix(found).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_reads_as_it_was() {
        let text = "a\u{1b}[2J\u{9b}1m\u{202e}\u{e0041}鍵 \"\\";
        let document = serde_json::json!({ text: [text, 1, []] });
        let mut written = Vec::new();
        write(&mut written, &document).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(!written.contains(|c| steers(c) && c != '\n'), "{written}");
        assert!(written.contains(r"\u009b1m\u202e\udb40\udc41鍵"), "{written}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), document);
    }

    #[test]
    fn a_document_of_honest_texts_is_indented_as_ever() {
        let document = serde_json::json!({ "a": [1, { "b": "naïve" }], "c": {} });
        let mut written = Vec::new();
        write(&mut written, &document).unwrap();
        let plain = serde_json::to_string_pretty(&document).unwrap() + "\n";
        assert_eq!(String::from_utf8(written).unwrap(), plain);
    }
}
