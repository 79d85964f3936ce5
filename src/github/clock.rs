//! How long a run waits for GitHub, all its requests together.
//!
//! Patience bounds one try and one piece of an answer. A server that is silent now and then, or that sends a byte a
//! second, would still hold a job until its own timeout, and the author would never be told why.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The time that may be spent waiting, and what was spent of it. What this machine does meanwhile is not counted: a
/// large repository on a slow runner loses nothing by it.
pub(super) struct Clock {
    most: Duration,
    spent_us: AtomicU64,
}

/// Why nothing came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Late {
    /// It was silent for longer than one is patient.
    Silent,
    /// The time of the whole run is spent.
    Over,
}

impl Clock {
    /// Nothing is spent yet.
    pub fn new(most: Duration) -> Self {
        Self {
            most,
            spent_us: AtomicU64::new(0),
        }
    }

    /// What is left.
    pub fn left(&self) -> Duration {
        let spent = Duration::from_micros(self.spent_us.load(Ordering::Relaxed));
        self.most.saturating_sub(spent)
    }

    /// Waits for something, no longer than patience and the whole allow. What may not be waited for is not begun.
    pub async fn wait<T>(&self, patience: Duration, what: impl Future<Output = T>) -> Result<T, Late> {
        let left = self.left();
        if left.is_zero() {
            return Err(Late::Over);
        }
        let started = Instant::now();
        let told = tokio::time::timeout(patience.min(left), what).await;
        let spent = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.spent_us.fetch_add(spent, Ordering::Relaxed);
        told.map_err(|_| if left <= patience { Late::Over } else { Late::Silent })
    }

    /// What is said when the time is over.
    pub fn words(&self) -> String {
        format!("the {} s that a run waits for GitHub are over", self.most.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_adds_up_and_ends() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let clock = Clock::new(Duration::from_millis(60));
            let pause = |ms| tokio::time::sleep(Duration::from_millis(ms));
            let (patient, impatient) = (Duration::from_secs(9), Duration::from_millis(5));
            assert_eq!(clock.wait(patient, pause(10)).await, Ok(()));
            assert!(clock.left() <= Duration::from_millis(50));
            assert_eq!(clock.wait(impatient, pause(9_000)).await, Err(Late::Silent));
            assert_eq!(clock.wait(patient, pause(9_000)).await, Err(Late::Over));
            assert_eq!(clock.wait(patient, async {}).await, Err(Late::Over));
        });
    }
}
