//! What could not be compared, as the merge base could not be read.

use crate::judge::{Assessed, Comparison, Standing};
use crate::model::{Cause, OutcomeKind};

/// A finding of head that nobody can compare, because the merge base could not be read. It might be new, so there is no
/// verdict: an outage must not let it pass.
pub(super) fn uncompared(items: &[Assessed], base: &[Assessed], comparison: &Comparison) -> Option<String> {
    let gating = items.iter().zip(&comparison.introduced).filter(|(item, introduced)| {
        let untold = item.findings.iter().zip(introduced.iter());
        item.outcome == OutcomeKind::Fail
            && item.standing != Standing::Preview
            && untold
                .into_iter()
                .any(|(finding, told)| told.is_none() && finding.waived.is_none())
    });
    gating.into_iter().find_map(|(item, _)| {
        let same = base.iter().filter(|before| before.info.id == item.info.id);
        let unread = same
            .filter_map(|before| before.unread.as_ref())
            .find(|unread| match unread.cause {
                Cause::Permission | Cause::Limit | Cause::Network => true,
                Cause::Size | Cause::Parse | Cause::Encoding | Cause::Generated | Cause::Unmodelled => false,
            })?;
        let id = &item.info.id;
        Some(format!(
            "`{id}` fails, and whether it did on the merge base can't be told: {}",
            unread.what
        ))
    })
}
