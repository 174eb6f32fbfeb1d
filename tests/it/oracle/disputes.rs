//! Where the program and the oracle are known to differ and the documents were asked: the program's
//! answer is hidden there, so that every other difference still fails.
//!
//! An entry goes as soon as the program is right: nothing is hidden by it then. Must not hide more
//! than it names.

use super::need::Need;

/// A known difference.
pub(super) struct Dispute {
    /// What the program does, and what it should do.
    pub(super) why: &'static str,
    /// The plans that it is about begin like this.
    pub(super) plan: &'static str,
    /// The scenarios that it is about.
    pub(super) applies: fn(&Need) -> bool,
    /// The differences that it hides begin like this; "" is all of them.
    pub(super) hides: &'static str,
}

/// All of them.
pub(super) const DISPUTES: &[Dispute] = &[];
