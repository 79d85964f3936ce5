//! Blob ids, as git makes them.

use sha1::{Digest, Sha1};

use crate::model::BlobId;

/// The id that git gives to a blob of this content: SHA-1 of `blob `, the length, a NUL, and the content.
pub fn blob_id(content: &[u8]) -> BlobId {
    let mut hasher = Sha1::new();
    hasher.update(format!("blob {}\0", content.len()));
    hasher.update(content);
    BlobId(hasher.finalize().into())
}

/// The content with every CRLF made LF, as git stores text that it converts; `None` where there is none.
pub(super) fn without_carriage_returns(content: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(content, b"\r\n")?;
    let mut text = Vec::with_capacity(content.len());
    let mut rest = content.iter().peekable();
    while let Some(byte) = rest.next() {
        if *byte != b'\r' || rest.peek() != Some(&&b'\n') {
            text.push(*byte);
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_git() {
        let hello = BlobId::from_hex("ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(Some(blob_id(b"hello\n")), hello);
        let empty = BlobId::from_hex("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(Some(blob_id(b"")), empty);
    }

    #[test]
    fn only_the_carriage_return_before_a_line_feed_goes() {
        assert_eq!(without_carriage_returns(b"a\r\nb\rc\r\n"), Some(b"a\nb\rc\n".to_vec()));
        assert_eq!(without_carriage_returns(b"a\r"), None);
    }
}
