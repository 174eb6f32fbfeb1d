//! The needs that are compared where no scenario is named: the documented examples of the source
//! pages, and three that are realistic. They are data; nothing is computed here.

/// The reference workloads: a name and the text of a scenario.
pub const WORKLOADS: &[(&str, &str)] = &[
    ("disk-encryption", include_str!("../../examples/disk-encryption.toml")),
    ("oss-client-side-encryption", include_str!("../../examples/oss-client-side-encryption.toml")),
    ("signature-generation", include_str!("../../examples/signature-generation.toml")),
    ("small-team", include_str!("../../examples/small-team.toml")),
    ("signing-service", include_str!("../../examples/signing-service.toml")),
    ("regulated-bank", include_str!("../../examples/regulated-bank.toml")),
];
