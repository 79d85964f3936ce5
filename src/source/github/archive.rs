//! Many contents with one archive, streamed.
//!
//! An archive honours `export-ignore` and `export-subst`, which its author chooses: it carries bytes, and
//! proves nothing. Every file is hashed; what is missing or differs is read by its id.

use std::collections::HashMap;
use std::io::Read;

use bytes::Bytes;
use flate2::read::GzDecoder;
use tokio::sync::mpsc;

use crate::model::BlobId;
use crate::source::blob_id;

use super::blobs::{Missing, Repository};

/// The most bytes that are transferred.
const LARGEST_TRANSFER: u64 = 512 << 20;
/// The most bytes that are unpacked: a small archive can hold a great nothing.
const LARGEST_CONTENT: u64 = 2 << 30;
/// The largest member that is looked at; `eol` conversion can double a file of the largest size.
const LARGEST_MEMBER: u64 = 2 << 20;

/// The wanted contents that the archive of a commit holds unchanged. Whatever goes wrong, what was found
/// until then is returned.
pub(super) async fn take(repository: &Repository<'_>, commit: &str, missing: &[Missing]) -> HashMap<BlobId, Vec<u8>> {
    let wanted: HashMap<String, BlobId> = missing.iter().map(|file| (file.path.clone(), file.id)).collect();
    let route = repository.route(&["tarball", commit]);
    let download = repository
        .client
        .download(&route, "application/vnd.github+json", LARGEST_TRANSFER);
    let Ok(mut download) = download.await else {
        return HashMap::new();
    };
    let (sender, receiver) = mpsc::channel(16);
    // Unpacking is work without waiting: it has a thread of its own.
    let unpacking = tokio::task::spawn_blocking(move || unpack(Pieces::new(receiver), &wanted));
    while let Ok(Some(piece)) = download.piece().await {
        if sender.send(piece).await.is_err() {
            // Everything wanted was found already.
            break;
        }
    }
    drop(sender);
    unpacking.await.unwrap_or_default()
}

fn unpack(input: impl Read, wanted: &HashMap<String, BlobId>) -> HashMap<BlobId, Vec<u8>> {
    let mut found = HashMap::new();
    let mut archive = tar::Archive::new(GzDecoder::new(input).take(LARGEST_CONTENT));
    let Ok(members) = archive.entries() else {
        return found;
    };
    let mut left = wanted.len();
    for member in members {
        // Cut off or broken: what was found is good, for it was hashed.
        let Ok(mut member) = member else { break };
        if left == 0 {
            break;
        }
        let path = path_of(&member.path_bytes());
        let Some(id) = path.and_then(|path| wanted.get(&path)) else {
            continue;
        };
        if !member.header().entry_type().is_file() || member.size() > LARGEST_MEMBER {
            continue;
        }
        let mut bytes = Vec::new();
        if member.read_to_end(&mut bytes).is_err() {
            break;
        }
        left -= 1;
        if let Some(bytes) = verified(bytes, *id) {
            found.insert(*id, bytes);
        }
    }
    found
}

/// The bytes that have this id: as they are, or with the line breaks that an `eol` attribute changed.
fn verified(bytes: Vec<u8>, id: BlobId) -> Option<Vec<u8>> {
    if blob_id(&bytes) == id {
        return Some(bytes);
    }
    let mut unix = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            unix.push(*byte);
        }
    }
    (blob_id(&unix) == id).then_some(unix)
}

/// A member's path without the folder that GitHub puts everything into.
fn path_of(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    text.split_once('/').map(|(_, path)| path.to_owned())
}

/// The pieces of a download as one stream.
struct Pieces {
    receiver: mpsc::Receiver<Bytes>,
    piece: Bytes,
}

impl Pieces {
    fn new(receiver: mpsc::Receiver<Bytes>) -> Self {
        Self {
            receiver,
            piece: Bytes::new(),
        }
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.piece.is_empty() {
            match self.receiver.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let count = into.len().min(self.piece.len());
        into[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_are_undone_and_nothing_else() {
        let id = blob_id(b"a\nb\n");
        assert_eq!(verified(b"a\r\nb\r\n".to_vec(), id), Some(b"a\nb\n".to_vec()));
        assert_eq!(verified(b"a\nb\n".to_vec(), id), Some(b"a\nb\n".to_vec()));
        assert_eq!(verified(b"a\nc\n".to_vec(), id), None);
        let kept = blob_id(b"a\r\nb\r\n");
        assert_eq!(verified(b"a\r\nb\r\n".to_vec(), kept), Some(b"a\r\nb\r\n".to_vec()));
    }

    #[test]
    fn a_broken_archive_gives_nothing_and_stops_nothing() {
        let wanted = HashMap::from([("a".to_owned(), blob_id(b""))]);
        assert!(unpack(&b"not gzip"[..], &wanted).is_empty());
        assert!(unpack(&[][..], &wanted).is_empty());
    }
}
