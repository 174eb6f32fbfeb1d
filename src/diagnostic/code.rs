//! The kinds of problems, and what each is called.
//!
//! A name is a contract: scripts match on it, and `kms-cost explain --code` tells more of it. Nothing
//! is found or shown here.

/// What kind of problem it is, for programs and for `error[..]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The file is not TOML.
    Syntax,
    /// A field that nobody asks for.
    UnknownField,
    /// A field that is needed.
    MissingField,
    /// Text for a number, a list for a table, and so on.
    WrongType,
    /// A value of the right type outside its bounds.
    OutOfRange,
    /// A name that is not on the list.
    UnknownName,
    /// Money or a quantity that is not an exact decimal.
    NotDecimal,
    /// A date that is not on the calendar or not of the right form.
    BadDate,
    /// The same thing twice.
    Duplicate,
    /// Two things that cannot both hold.
    Conflict,
    /// More than the program takes on.
    TooLarge,
    /// A thing that the provider does not offer here.
    NotOffered,
    /// More than the provider allows.
    OverQuota,
    /// A thing that is no longer sold, or not yet.
    NotSold,
    /// A plan that publishes no price.
    Unpublished,
    /// No price book for what is asked.
    NoBook,
    /// A text of a price book that says nothing.
    EmptyText,
    /// A source whose date is missing, or lies after the edition that it stands for.
    SourceDate,
    /// A price book whose file is called otherwise than its header says.
    Misnamed,
    /// Two classes of an axis that take the same thing.
    ClassOverlap,
    /// A thing that is charged by two meters of one item.
    PricedTwice,
    /// A thing that a price book hosts and neither charges nor leaves free by name.
    Unpriced,
    /// A part of a price book that nothing can ever land on.
    Unreached,
    /// A price that is far from those beside it or before it.
    PriceJump,
    /// A price that rises where those beside it fall.
    PriceOrder,
    /// What is sold in blocks, up to a limit that is no whole number of them.
    UnevenBlocks,
    /// A free quota of several kinds of things at once.
    MixedNouns,
    /// A reading, an allowance or a confirmation that changes nothing.
    NoEffect,
    /// Days between two editions of a plan on which neither holds.
    EditionGap,
    /// Days on which two editions of a plan hold.
    EditionOverlap,
    /// A documented example that does not come out as its page prints it.
    ExampleDiffers,
}

impl Code {
    /// Every kind, as it is named.
    pub const ALL: &[(&str, Self)] = &[
        ("syntax", Self::Syntax),
        ("unknown-field", Self::UnknownField),
        ("missing-field", Self::MissingField),
        ("wrong-type", Self::WrongType),
        ("out-of-range", Self::OutOfRange),
        ("unknown-name", Self::UnknownName),
        ("not-decimal", Self::NotDecimal),
        ("bad-date", Self::BadDate),
        ("duplicate", Self::Duplicate),
        ("conflict", Self::Conflict),
        ("too-large", Self::TooLarge),
        ("not-offered", Self::NotOffered),
        ("over-quota", Self::OverQuota),
        ("not-sold", Self::NotSold),
        ("unpublished", Self::Unpublished),
        ("no-book", Self::NoBook),
        ("empty-text", Self::EmptyText),
        ("source-date", Self::SourceDate),
        ("misnamed", Self::Misnamed),
        ("class-overlap", Self::ClassOverlap),
        ("priced-twice", Self::PricedTwice),
        ("unpriced", Self::Unpriced),
        ("unreached", Self::Unreached),
        ("price-jump", Self::PriceJump),
        ("price-order", Self::PriceOrder),
        ("uneven-blocks", Self::UnevenBlocks),
        ("mixed-nouns", Self::MixedNouns),
        ("no-effect", Self::NoEffect),
        ("edition-gap", Self::EditionGap),
        ("edition-overlap", Self::EditionOverlap),
        ("example-differs", Self::ExampleDiffers),
    ];

    /// The name in `error[..]` and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, code)| *code == self).map_or("", |(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_name() {
        for (at, (name, code)) in Code::ALL.iter().enumerate() {
            assert_eq!(code.as_str(), *name);
            assert!(Code::ALL.iter().skip(at + 1).all(|(other, _)| other != name), "{name}");
        }
    }
}
