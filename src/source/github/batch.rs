//! Many small contents with one GraphQL query.
//!
//! `Blob.text` is cut at 512,000 bytes and is null for what GitHub takes for binary; what is not UTF-8
//! comes changed. All of that shows in the hash, and what does not match is left for a request of its own.

use serde_json::{Value, json};

use crate::github::Kind;
use crate::model::{BlobId, Unread};
use crate::source::blob_id;

use super::blobs::{Missing, Repository};

/// The most contents of one query; 250 are known to work, GitHub gives a query ten seconds.
const MOST_FILES: usize = 100;
/// The most bytes of one query.
const MOST_BYTES: u64 = 4 << 20;
/// After so many queries without an answer in a run no other is asked: each may have taken GitHub's ten seconds.
const MOST_OUTAGES: u32 = 2;
/// Where GitHub cuts a text off.
const LARGEST_TEXT: u64 = 512_000;

/// How many requests these contents cost.
pub(super) fn cost(missing: &[Missing]) -> usize {
    let large = missing.iter().filter(|file| file.size > LARGEST_TEXT).count();
    large + batches(missing).len()
}

/// The contents that came whole, and those that could not be read at all. The rest is to be read one by one.
/// Ends when the client has made `end` requests. `outages` are the run's so far.
pub(super) async fn read(
    repository: &Repository<'_>,
    missing: &[Missing],
    end: u64,
    outages: &mut u32,
) -> (Vec<(BlobId, Vec<u8>)>, Vec<(BlobId, Unread)>) {
    let (mut found, mut failed) = (Vec::new(), Vec::new());
    // One or two contents cost as much by themselves, and come as they are.
    if missing.len() < 2 {
        return (found, failed);
    }
    let mut batches = batches(missing);
    batches.reverse();
    while let Some(batch) = batches.pop() {
        if repository.client.requests() >= end || *outages >= MOST_OUTAGES {
            break;
        }
        let variables = json!({"owner": repository.owner, "name": repository.name});
        match repository.client.graphql(&query(&batch), variables).await {
            Ok(answer) => found.extend(batch.iter().filter_map(|file| content(&answer.data, file))),
            Err(error) => match error.kind {
                Kind::Unavailable if *outages + 1 >= MOST_OUTAGES => *outages += 1,
                // Too much for ten seconds, or an outage: half of it may do, and one by one is next.
                Kind::Unavailable | Kind::Malformed | Kind::TooLarge if batch.len() > 12 => {
                    *outages += u32::from(error.kind == Kind::Unavailable);
                    let (first, second) = batch.split_at(batch.len() / 2);
                    batches.push(second.to_vec());
                    batches.push(first.to_vec());
                }
                Kind::RateLimited { .. } => {
                    let unread = |file: &Missing| (file.id, error.unread(&format!("`{}`", file.path)));
                    failed.extend(batch.iter().map(unread));
                    failed.extend(batches.iter().flatten().map(unread));
                    break;
                }
                Kind::Unavailable => *outages += 1,
                Kind::Malformed | Kind::TooLarge => {}
                // No GraphQL for this token: REST may answer it.
                Kind::NotFound | Kind::Unauthorized | Kind::Forbidden { .. } | Kind::Rejected => break,
            },
        }
    }
    (found, failed)
}

fn batches(missing: &[Missing]) -> Vec<Vec<Missing>> {
    let mut batches: Vec<Vec<Missing>> = Vec::new();
    let mut bytes = 0;
    for file in missing.iter().filter(|file| file.size <= LARGEST_TEXT) {
        let is_full = batches
            .last()
            .is_none_or(|batch| batch.len() >= MOST_FILES || bytes + file.size > MOST_BYTES);
        if is_full {
            batches.push(Vec::new());
            bytes = 0;
        }
        bytes += file.size;
        if let Some(batch) = batches.last_mut() {
            batch.push(file.clone());
        }
    }
    batches
}

fn query(batch: &[Missing]) -> String {
    let blobs: Vec<String> = batch
        .iter()
        .map(|file| {
            let id = file.id;
            format!("b{id}: object(oid: \"{id}\") {{ ... on Blob {{ isTruncated text }} }}")
        })
        .collect();
    let blobs = blobs.join("\n");
    format!("query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{\n{blobs}\n}} }}")
}

/// A content whose hash is the id that the tree gave.
fn content(data: &Value, file: &Missing) -> Option<(BlobId, Vec<u8>)> {
    let text = data["repository"][format!("b{}", file.id)]["text"].as_str()?;
    (blob_id(text.as_bytes()) == file.id).then(|| (file.id, text.as_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(size: u64) -> Missing {
        Missing {
            id: blob_id(b"hello\n"),
            path: "a".to_owned(),
            size,
        }
    }

    #[test]
    fn batches_are_small_in_number_and_in_bytes() {
        assert_eq!(batches(&vec![file(10); 250]).len(), 3);
        assert_eq!(batches(&vec![file(400_000); 20]).len(), 2);
        assert_eq!(cost(&[file(600_000), file(1), file(2)]), 2);
        assert_eq!(cost(&[]), 0);
    }

    #[test]
    fn a_content_that_is_not_its_blob_is_not_taken() {
        let key = format!("b{}", blob_id(b"hello\n"));
        let answer = |text: &str| json!({"repository": {&key: {"text": text}}});
        assert!(content(&answer("hello\n"), &file(6)).is_some());
        assert!(content(&answer("hello"), &file(6)).is_none());
        assert!(content(&Value::Null, &file(6)).is_none());
    }
}
