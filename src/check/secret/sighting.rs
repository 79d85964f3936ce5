//! What was seen in a document: which kind of secret, and where; never its value.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::text::Span;

/// What kind of secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SecretFamily")]
pub(super) enum Family {
    /// A key in the format of the provider that made it.
    Token,
    /// A key of a provider's test mode, which moves no money.
    TestToken,
    /// A private key, by its block or by the name of its file.
    PrivateKey,
    /// An address with a password in it.
    Address,
    /// A signed token (JWT).
    Jwt,
    /// A value that was made by chance, given to a name such as `SECRET`, `PASSWORD`, `TOKEN` or `API_KEY`.
    Assigned,
    /// A cookie jar, as curl writes them.
    Cookies,
}

/// All but the keys of test modes.
pub(super) const USUAL: [Family; 6] = [
    Family::Token,
    Family::PrivateKey,
    Family::Address,
    Family::Jwt,
    Family::Assigned,
    Family::Cookies,
];

/// How a value is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In quotes, or of a format of its own: it is a value in any file.
    Closed,
    /// Without quotes: it is a value only where the file's format says so.
    Bare,
}

/// One secret in a document. The same value twice is one sighting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sighting {
    pub(super) family: Family,
    /// What it is, with its article, and the fixed prefix of its format: "a live secret key (`sk_live_…`)".
    pub(super) what: String,
    /// The name that it is given to, or the kind of secret: what its finding is told from others by.
    pub(super) words: String,
    pub(super) span: Span,
    pub(super) form: Form,
    /// Whether it would be one in a document, where values are shown as much as kept.
    pub(super) is_beyond_doubt: bool,
}
