//! What a file's name says of the values in it.

use std::sync::Arc;

use crate::artifact::{Dotenv, Node};
use crate::check::value::secret::EnvFile;
use crate::model::{Cause, Class, Gap, Place, Read, RepoPath, Snapshot, Unread};
use crate::text::{Document, NotText};

use super::assigned::told;
use super::sighting::{Family, Form, Sighting};

/// What surrounds a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// Lines of `KEY=VALUE` that something reads.
    EnvFile,
    /// Such lines, to be copied and filled in.
    Template,
    /// Configuration whose values need no quotes.
    Configuration,
    /// Code, or data whose values stand in quotes.
    Code,
    /// Prose.
    Document,
    /// Tests, examples and seeds, by the file's own name.
    MadeUp,
}

impl Surroundings {
    /// By the path.
    pub(super) fn of(path: &RepoPath) -> Self {
        let name = path.file_name().to_ascii_lowercase();
        let is_env = is_env_name(&name);
        let is_made_up = [
            "test",
            "e2e",
            "spec",
            "mock",
            "fixture",
            "example",
            "sample",
            "dummy",
            "stories",
            "template",
            "snakeoil",
            "localhost",
            "fake",
        ]
        .iter()
        .any(|word| name.contains(word));
        let is_document = matches!(
            extension(path),
            "md" | "mdx" | "rst" | "adoc" | "txt" | "html" | "ipynb" | "log"
        ) || matches!(
            Class::of(path.as_str()),
            Class::Documentation | Class::Example | Class::Test
        );
        let bare = [
            "yml",
            "yaml",
            "properties",
            "ini",
            "cfg",
            "conf",
            "sh",
            "bash",
            "toml",
            "ps1",
            "bat",
        ];
        if is_env && [".test", ".ci", "test."].iter().any(|word| name.contains(word)) {
            // What tests start with is theirs alone; a provider's token in it is one all the same.
            Self::MadeUp
        } else if is_env && (is_made_up || [".dist", ".defaults", ".schema"].iter().any(|word| name.contains(word))) {
            Self::Template
        } else if is_env {
            Self::EnvFile
        } else if is_made_up {
            Self::MadeUp
        } else if is_document {
            Self::Document
        } else if bare.contains(&extension(path)) || name.starts_with("dockerfile") {
            Self::Configuration
        } else {
            Self::Code
        }
    }

    /// Whether what is read here is read by a loader of environments.
    pub(super) fn is_env_file(self) -> bool {
        self == Self::EnvFile
    }

    /// Whether a sighting in such a file is a finding.
    pub(super) fn counts(self, sighting: &Sighting) -> bool {
        match (self, sighting.family) {
            // Random values of made-up names are what tests and examples are made of, and so are keys for them.
            (Self::MadeUp, Family::Assigned | Family::Address | Family::Jwt | Family::PrivateKey) => false,
            (Self::Document | Self::Template, Family::Assigned) => {
                sighting.is_beyond_doubt && is_variable(&sighting.words)
            }
            (Self::Document | Self::Template, Family::Jwt) => sighting.is_beyond_doubt,
            (Self::Code, Family::Assigned) => sighting.form == Form::Closed,
            (
                Self::EnvFile | Self::Template | Self::Configuration | Self::Code | Self::Document | Self::MadeUp,
                Family::Token
                | Family::TestToken
                | Family::PrivateKey
                | Family::Address
                | Family::Jwt
                | Family::Assigned
                | Family::Cookies,
            ) => true,
        }
    }
}

/// Whether a name is that of an environment's variable. In prose, a `token` is what an answer looks like.
fn is_variable(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.contains('_') && name.bytes().all(is_part)
}

/// Whether a file holds an environment, with its dot or without: `.env`, `.env.backup`, `env.production`, `api.env`.
fn is_env_name(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "production",
        "prod",
        "staging",
        "development",
        "dev",
        "local",
        "backup",
        "bak",
        "example",
        "sample",
    ];
    let dotless = name.strip_prefix("env.").is_some_and(|word| WORDS.contains(&word));
    let is_code = [
        ".ts", ".js", ".mjs", ".cjs", ".py", ".go", ".rs", ".d", ".json", ".md", ".yml", ".yaml",
    ]
    .iter()
    .any(|ending| name.ends_with(ending));
    !is_code
        && (name == ".env"
            || name.starts_with(".env.")
            || name.starts_with(".env-")
            || name.ends_with(".env")
            || dotless)
}

/// What an environment file sets beside what was found by its format: passwords that people made up.
pub(super) fn weak(path: &RepoPath, document: &Document, known: &[&Sighting]) -> Vec<Gap> {
    let Ok(root) = document.view::<Dotenv>().0.clone() else {
        return Vec::new();
    };
    let is_known = |node: &Node| {
        known
            .iter()
            .any(|sighting| sighting.span.start < node.span.end && node.span.start < sighting.span.end)
    };
    let pairs = root.entries().iter();
    let file = EnvFile::of(
        path,
        pairs.filter_map(|(key, node)| Some((key.text.as_str(), node.as_str()?))),
    );
    let entries = root.entries().iter().filter(|(key, node)| {
        let value = node.as_str().unwrap_or_default();
        // Keys of a provider's test mode are a family of their own.
        let is_test = ["sk_test_", "rk_test_", "pk_"]
            .iter()
            .any(|start| value.starts_with(start));
        !is_known(node) && !is_test && file.holds_secret(&key.text, value)
    });
    entries
        .map(|(key, _)| {
            let name = told(&key.text);
            let place = Place::span(path, document, &key.span);
            Gap::at(
                place,
                &name,
                format!("`{path}` holds what looks like a real secret for `{name}`"),
            )
        })
        .collect()
}

/// Whether a file is a store of keys by its name, whatever its bytes.
pub(super) fn is_key_file(path: &RepoPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let is_store = matches!(extension(path), "p12" | "pfx" | "jks" | "keystore");
    let is_key = matches!(name.as_str(), "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519");
    // Android Studio makes `debug.keystore`, with a password that everybody knows.
    let is_made_up = [
        "debug",
        "test",
        "example",
        "sample",
        "dummy",
        "localhost",
        "snakeoil",
        "truststore",
    ]
    .iter()
    .any(|word| name.contains(word));
    (is_store || is_key) && !is_made_up
}

/// Files that no person wrote, or that hold digests and pictures.
pub(super) fn is_never_searched(path: &RepoPath) -> bool {
    const NAMES: [&str; 16] = [
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
        "Cargo.lock",
        "poetry.lock",
        "uv.lock",
        "Pipfile.lock",
        "composer.lock",
        "Gemfile.lock",
        "go.sum",
        "flake.lock",
        "deno.lock",
        "google-services.json",
    ];
    const ENDINGS: [&str; 12] = [
        "svg", "map", "css", "scss", "snap", "csv", "tsv", "po", "pot", "crt", "cer", "pub",
    ];
    let name = path.file_name();
    NAMES.contains(&name) || name == "GoogleService-Info.plist" || ENDINGS.contains(&extension(path))
}

/// Whether a file is one that a person writes and keeps secrets in, however large it is said to be. Nobody writes a
/// megabyte of anything else by hand: it is data, a cache or a bundle.
pub(super) fn is_kept_by_hand(path: &RepoPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    is_env_name(&name)
        || matches!(
            extension(path),
            "pem" | "key" | "conf" | "ini" | "cfg" | "properties" | "tfvars"
        )
}

/// Whether a file of any size is text that people and programs write secrets into: dumps, logs, scripts, state. Of other
/// files nobody writes a megabyte: they are pictures, bundles and data.
pub(super) fn is_large_text(path: &RepoPath) -> bool {
    const ENDINGS: [&str; 24] = [
        "bak", "bash", "cs", "dump", "env", "go", "har", "http", "java", "kt", "log", "old", "php", "py", "rb", "rs",
        "sh", "sql", "tf", "tfstate", "toml", "txt", "yaml", "yml",
    ];
    ENDINGS.contains(&extension(path))
}

/// What is not text holds no line to search, unless it is text in another encoding: UTF-16, and one in which ASCII stays
/// ASCII, are searched all the same.
///
/// # Errors
/// What was not read and may hold a secret.
pub(super) fn without_text(
    snapshot: &Snapshot,
    path: &RepoPath,
    unread: Unread,
) -> Result<Option<Arc<Document>>, Unread> {
    if unread.cause == Cause::Size && !is_kept_by_hand(path) && !is_large_text(path) {
        return Ok(None);
    }
    let document = match snapshot.read(path.as_str()) {
        Read::Here(document) if unread.cause == Cause::Encoding => document,
        Read::Here(_) | Read::Absent | Read::Unread(_) => return Err(unread),
    };
    if document.is_decoded() {
        return Ok(Some(document));
    }
    if document.bytes().starts_with(&[0xFF, 0xFE]) || document.bytes().starts_with(&[0xFE, 0xFF]) {
        return Err(not_searched(path));
    }
    Ok(match document.not_text() {
        // Binary, or a pointer to what is kept elsewhere.
        Some(NotText::Binary | NotText::LfsPointer) => None,
        Some(NotText::Encoding) | None => Some(document),
    })
}

/// What of a file in UTF-16 is not known.
pub(super) fn not_searched(path: &RepoPath) -> Unread {
    let what = format!("`{path}` is UTF-16, so not all of it was searched");
    Unread::new(Cause::Encoding, what, "save it as UTF-8")
}

fn extension(path: &RepoPath) -> &str {
    path.extension().unwrap_or_default()
}
