//! What is counted: keys, versions, calls, instances.

use serde::{Deserialize, Serialize};

/// What can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Noun {
    /// A key, however many versions it has.
    Key,
    /// A version of a key.
    KeyVersion,
    /// An API call.
    Call,
    /// A secret, however many versions it has.
    Secret,
    /// A version of a secret.
    SecretVersion,
    /// A call that reads a secret.
    SecretCall,
    /// A rotation of a secret.
    SecretRotation,
    /// A rotation of a key.
    Rotation,
    /// A deletion of a key that was cancelled.
    Restore,
    /// A dedicated hardware security module.
    Hsm,
    /// A store of keys.
    Keystore,
    /// A dedicated instance.
    Instance,
    /// The highest rate of calls a second.
    PeakQps,
    /// A network that reaches an instance.
    Vpc,
    /// Another account that an instance is shared with.
    SharedAccount,
    /// Storage for access logs.
    LogGigabyte,
    /// An availability zone of an instance.
    Zone,
}

impl Noun {
    /// Every noun, as books write it.
    pub const ALL: &[(&str, Self)] = &[
        ("key", Self::Key),
        ("key-version", Self::KeyVersion),
        ("call", Self::Call),
        ("secret", Self::Secret),
        ("secret-version", Self::SecretVersion),
        ("secret-call", Self::SecretCall),
        ("secret-rotation", Self::SecretRotation),
        ("rotation", Self::Rotation),
        ("restore", Self::Restore),
        ("hsm", Self::Hsm),
        ("keystore", Self::Keystore),
        ("instance", Self::Instance),
        ("peak-qps", Self::PeakQps),
        ("vpc", Self::Vpc),
        ("shared-account", Self::SharedAccount),
        ("log-gigabyte", Self::LogGigabyte),
        ("zone", Self::Zone),
    ];

    /// Many of it, in a sentence.
    #[must_use]
    pub fn many(self) -> &'static str {
        match self {
            Self::Key => "keys",
            Self::KeyVersion => "key versions",
            Self::Call => "calls",
            Self::Secret => "secrets",
            Self::SecretVersion => "secret versions",
            Self::SecretCall => "calls to secrets",
            Self::SecretRotation => "rotations of secrets",
            Self::Rotation => "rotations",
            Self::Restore => "restored keys",
            Self::Hsm => "HSMs",
            Self::Keystore => "keystores",
            Self::Instance => "instances",
            Self::PeakQps => "QPS",
            Self::Vpc | Self::SharedAccount => "access units",
            Self::LogGigabyte => "GB of logs",
            Self::Zone => "zones",
        }
    }

    /// As books and bills write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, noun)| *noun == self).map_or("", |(name, _)| name)
    }
}
