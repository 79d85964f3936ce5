//! What the check of the gate's job is called.

use crate::artifact::workflow::CheckName;

use super::gate::GateJob;

/// The name of the check of a job that runs the gate.
pub(super) fn check_name(job: &GateJob) -> CheckName {
    CheckName::of(&job.job, job.called.as_ref().map(|(_, inner)| inner))
}
