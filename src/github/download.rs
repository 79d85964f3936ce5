//! A long answer, taken piece by piece.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;

use super::clock::{Clock, Late};
use super::transport::{Body, words};
use super::{GithubError, Kind};

/// An answer that is being received.
pub struct Download {
    body: Body,
    call: String,
    left: u64,
    patience: Duration,
    clock: Arc<Clock>,
}

impl Download {
    pub(super) fn new(body: Body, call: &str, cap: u64, (patience, clock): (Duration, Arc<Clock>)) -> Self {
        Self {
            body,
            call: call.to_owned(),
            left: cap,
            patience,
            clock,
        }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// `Unavailable` when the connection breaks or stalls, `TooLarge` past the cap.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, GithubError> {
        loop {
            let fail = |kind, message: &str| GithubError::new(&self.call, None, kind, message);
            let frame = match self.clock.wait(self.patience, self.body.frame()).await {
                Err(Late::Silent) => return Err(fail(Kind::Unavailable, "the answer stalled")),
                Err(Late::Over) => return Err(fail(Kind::Unavailable, &self.clock.words())),
                Ok(None) => return Ok(None),
                Ok(Some(Err(error))) => return Err(fail(Kind::Unavailable, &words(&error))),
                Ok(Some(Ok(frame))) => frame,
            };
            // Trailers are no part of the content.
            let Ok(bytes) = frame.into_data() else { continue };
            let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
                return Err(fail(Kind::TooLarge, "more than the limit of this run"));
            };
            self.left = left;
            return Ok(Some(bytes));
        }
    }

    /// The whole answer.
    ///
    /// # Errors
    /// As for `piece`.
    pub async fn whole(mut self) -> Result<Bytes, GithubError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.piece().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(Bytes::from(whole))
    }
}
