//! Which format a data file is in, by its name.

use std::sync::Arc;

use crate::text::Document;

use super::{Dotenv, Json, Node, ParseError, Toml, Yaml};

/// The formats that can be read as one tree of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON, comments and trailing commas tolerated.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// An environment file: its values may be secrets and are never shown.
    Dotenv,
    /// A tool's settings without an extension, JSON or YAML as its first character says.
    Either,
}

/// Files of data whose names don't end as their format's do.
const NAMED: [(&str, Format); 24] = [
    (".babelrc", Format::Json),
    (".swcrc", Format::Json),
    (".nycrc", Format::Either),
    (".eslintrc", Format::Either),
    (".prettierrc", Format::Either),
    (".stylelintrc", Format::Either),
    (".lintstagedrc", Format::Either),
    (".commitlintrc", Format::Either),
    (".releaserc", Format::Either),
    (".mocharc", Format::Either),
    ("composer.lock", Format::Json),
    ("Pipfile.lock", Format::Json),
    ("deno.lock", Format::Json),
    ("bun.lock", Format::Json),
    ("flake.lock", Format::Json),
    ("Cargo.lock", Format::Toml),
    ("poetry.lock", Format::Toml),
    ("uv.lock", Format::Toml),
    ("pdm.lock", Format::Toml),
    ("Pipfile", Format::Toml),
    ("env.example", Format::Dotenv),
    ("env.sample", Format::Dotenv),
    (".flaskenv", Format::Dotenv),
    (".dev.vars", Format::Dotenv),
];

/// Endings after `.env.` that make it a program or a module, not an environment file.
const CODE: [&str; 10] = ["ts", "js", "mjs", "cjs", "mts", "cts", "py", "rb", "sh", "md"];

/// What follows `env.` in the names of environment files that lack their dot.
const BARE: [&str; 9] = [
    "production",
    "prod",
    "staging",
    "development",
    "dev",
    "local",
    "backup",
    "example",
    "sample",
];

impl Format {
    /// The format of a file, `None` where its name tells of none.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        if let Some((_, format)) = NAMED.iter().find(|(known, _)| *known == name) {
            return Some(*format);
        }
        let (stem, extension) = name.rsplit_once('.')?;
        match extension {
            "json" | "jsonc" | "webmanifest" | "code-workspace" => Some(Self::Json),
            "yml" | "yaml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            "env" => Some(Self::Dotenv),
            _ => {
                // Without its dot it is one all the same, only that no loader takes it by itself.
                let is_bare = stem == "env" && BARE.contains(&extension);
                let is_dotenv = stem == ".env" || stem.starts_with(".env.") || is_bare;
                (is_dotenv && !CODE.contains(&extension)).then_some(Self::Dotenv)
            }
        }
    }
}

/// The values of a data file, in the format that its name tells; `None` where it tells of none.
///
/// The error says what is wrong and where.
pub fn data(path: &str, document: &Document) -> Option<Result<Arc<Node>, ParseError>> {
    let json = || document.view::<Json>().0.clone();
    let yaml = || document.view::<Yaml>().0.clone();
    Some(match Format::of(path)? {
        Format::Json => json(),
        Format::Yaml => yaml(),
        Format::Toml => document.view::<Toml>().0.clone(),
        Format::Dotenv => document.view::<Dotenv>().0.clone(),
        Format::Either => {
            let first = document.bytes().iter().find(|byte| !byte.is_ascii_whitespace());
            if matches!(first, Some(b'{' | b'/')) {
                json()
            } else {
                yaml()
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_tells_the_format() {
        assert_eq!(Format::of("a/package.json"), Some(Format::Json));
        assert_eq!(Format::of(".github/workflows/ci.yml"), Some(Format::Yaml));
        assert_eq!(Format::of("pnpm-lock.yaml"), Some(Format::Yaml));
        assert_eq!(Format::of("Cargo.lock"), Some(Format::Toml));
        for path in [
            ".env",
            ".env.local",
            "a/.env.production.local",
            "prod.env",
            "env.example",
        ] {
            assert_eq!(Format::of(path), Some(Format::Dotenv), "{path}");
        }
        for path in ["yarn.lock", "a.ts", ".env.ts", ".envrc", "Dockerfile", "env.d.ts"] {
            assert_eq!(Format::of(path), None, "{path}");
        }
        let braces = Document::new(b"{\n\"a\": 1}".as_slice());
        assert!(data(".prettierrc", &braces).is_some_and(|node| node.is_ok_and(|node| node.get("a").is_some())));
        let lines = Document::new(b"a: 1\n".as_slice());
        assert!(data(".prettierrc", &lines).is_some_and(|node| node.is_ok_and(|node| node.get("a").is_some())));
    }

    /// Every span lies in the document, on its children's outside or elsewhere, and never panics.
    fn spans_lie_within(node: &Node, length: usize) -> bool {
        node.span.start <= node.span.end
            && node.span.end <= length
            && node.items().iter().all(|item| spans_lie_within(item, length))
            && node
                .entries()
                .iter()
                .all(|(key, value)| key.span.end <= length && spans_lie_within(value, length))
    }

    fn parse_all(bytes: &[u8]) {
        for path in ["a.json", "a.yml", "a.toml", ".env"] {
            let document = Document::new(bytes);
            match data(path, &document).expect("a data file") {
                Ok(node) => assert!(spans_lie_within(&node, bytes.len()), "{path}: {node:?}"),
                Err(error) => {
                    let span = error.span.clone().unwrap_or_default();
                    assert!(span.start <= span.end && span.end <= bytes.len(), "{path}: {error:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            parse_all(&bytes);
        }

        #[test]
        fn no_text_of_the_formats_own_signs_panics(text in "[\u{FEFF}a-c1ü \t\r\n{}\\[\\]:,\"'`#&*!|>%@=<.~\\\\/-]{0,80}") {
            parse_all(text.as_bytes());
        }
    }
}
