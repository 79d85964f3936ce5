//! Which finding it is, across edits, moves and renames.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// What makes a finding the one that it is. Never a line number: lines move when something else is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity<'a> {
    /// The control's id.
    pub control: &'a str,
    /// The component's folder in head; `None` for a control of the whole repository.
    pub component: Option<&'a str>,
    /// The path it stands in, as head names it, or the path or name that is expected and missing.
    pub subject: &'a str,
    /// The words that tell it from others on the same subject.
    pub words: &'a str,
    /// How many findings, equal in all the rest, stand before it.
    pub occurrence: usize,
}

/// The SHA-256 of an identity, in hexadecimal.
///
/// Every field is preceded by its length, so that no two identities run together to the same bytes.
pub fn fingerprint(identity: &Identity<'_>) -> String {
    let mut hash = Sha256::new();
    let mut feed = |field: &[u8]| {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    };
    feed(b"readygate/v1");
    feed(identity.control.as_bytes());
    match identity.component {
        None => feed(b"repository"),
        Some(folder) => {
            feed(b"component");
            feed(folder.as_bytes());
        }
    }
    feed(identity.subject.as_bytes());
    feed(normalise(identity.words).as_bytes());
    feed(&(identity.occurrence as u64).to_be_bytes());
    hex(&hash.finalize())
}

/// Words with every run of white space made one space, and none at the ends: indentation says nothing.
pub fn normalise(words: &str) -> String {
    let mut normal = String::with_capacity(words.len());
    for word in words.split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    normal
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Identity<'static> = Identity {
        control: "secrets.env",
        component: Some("backend"),
        subject: "a.ts",
        words: "x  =\t1",
        occurrence: 0,
    };

    #[test]
    fn it_is_stable_for_ever() {
        // A changed value here voids every fingerprint that users' scripts keep.
        assert_eq!(
            fingerprint(&ONE),
            "ae3691aac13eb0f8364c542933b5794fe8bc4a7d3ff258c4721de951b0a39791"
        );
    }

    #[test]
    fn every_field_counts_and_white_space_does_not() {
        let mut all = vec![fingerprint(&ONE)];
        all.push(fingerprint(&Identity { control: "b", ..ONE }));
        all.push(fingerprint(&Identity { component: None, ..ONE }));
        all.push(fingerprint(&Identity {
            component: Some("web"),
            ..ONE
        }));
        all.push(fingerprint(&Identity { subject: "b.ts", ..ONE }));
        all.push(fingerprint(&Identity { words: "y", ..ONE }));
        all.push(fingerprint(&Identity { occurrence: 1, ..ONE }));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        assert_eq!(
            fingerprint(&ONE),
            fingerprint(&Identity {
                words: " x = 1 ",
                ..ONE
            })
        );
    }

    #[test]
    fn fields_do_not_run_together() {
        let left = Identity {
            subject: "ab",
            words: "c",
            ..ONE
        };
        let right = Identity {
            subject: "a",
            words: "bc",
            ..ONE
        };
        assert_ne!(fingerprint(&left), fingerprint(&right));
    }
}
