//! A policy of any text: no panic, all its packs asked for within the promised steps, and nothing weaker than itself.

use readygate::policy::{Loader, Step, Text, compare};

/// What `Loader` promises.
const MOST_STEPS: usize = 6;

/// Tries one input.
pub fn run(input: &[u8]) {
    let Ok(content) = str::from_utf8(input) else { return };
    let mut loader = Loader::new(Text {
        path: ".github/readiness.toml".to_owned(),
        sha: None,
        content: content.to_owned(),
        in_repository: true,
    });
    for _ in 0..=MOST_STEPS {
        match loader.step() {
            Step::Wanted(packs) => {
                for pack in packs {
                    loader.supply(pack, Ok(content.to_owned()));
                }
            }
            Step::Ready(Ok(policy)) => {
                assert!(compare(&policy, &policy).is_empty(), "weaker than itself");
                return;
            }
            Step::Ready(Err(mistakes)) => {
                assert!(!mistakes.is_empty(), "refused without a reason");
                return;
            }
        }
    }
    panic!("still not ready after {MOST_STEPS} steps");
}
