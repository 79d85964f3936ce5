//! `readygate action`: the container's entry point.
//!
//! The repository is read through the API alone, never the workspace. Whatever can't be published is said in the
//! log, and the exit status stands: it is what blocks the merge.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::github::Client;
use crate::judge::Ending;
use crate::model::{Report, SourceKind, Verdict};
use crate::publish::{self, CheckRun, Outcome, Repository};
use crate::report::{self, Format, Setting, markdown};
use crate::source::{Github, Revision, Source, Together};

use super::check::{Look, connect, rendered, today};
use super::drift::{self, Compared, Place};
use super::event::{Base, PullRequest};
use super::request::{Against, Level, Named, PolicyChoice, Request};
use super::reviews::Reviews;
use super::runner::{self, Runner, Switch};
use super::session::{self, Judgement, NoReviews};
use super::stop::Stop;
use super::tell;

/// Judges the event and tells GitHub; the exit status.
///
/// # Errors
/// Standard output can't be written.
pub async fn run() -> Result<u8> {
    let started = Instant::now();
    let runner = match Runner::from_environment() {
        Ok(runner) => runner,
        Err(stop) => return Ok(refuse(&stop, None)),
    };
    let enforcement = Some(runner.enforcement.words());
    for notice in &runner.event.notices {
        tell::note(notice);
    }
    let client = match connect(runner.inputs.token.clone(), runner.token_kind()) {
        Ok(client) => client,
        Err(stop) => return Ok(refuse(&stop, enforcement)),
    };
    let settings = match runner.inputs.settings_token.clone() {
        None => None,
        Some(token) => match connect(Some(token.clone()), token.kind()) {
            Ok(client) => Some(client),
            Err(stop) => return Ok(refuse(&stop, enforcement)),
        },
    };
    let telling = client.for_telling();
    let publisher = Publisher {
        runner: &runner,
        client: &telling,
        reading: &client,
        settings: settings.as_ref(),
    };
    tell::note(&format!(
        "event `{}`; {}",
        runner.event.name,
        runner.enforcement.words()
    ));
    match judge(&runner, &client, settings.as_ref()).await {
        Ok(mut judgement) => {
            judgement.report.cost.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            publisher.tell(judgement, started).await
        }
        Err(stop) => {
            publisher.tell_stop(&stop).await;
            Ok(refuse(&stop, enforcement))
        }
    }
}

/// Ends without a verdict: the log says why, the job summary always, and later steps are told what is decided all the
/// same. `enforcement` is the level in force, where it is known yet.
fn refuse(stop: &Stop, enforcement: Option<&str>) -> u8 {
    tell::stop(stop);
    let (title, why) = reason(stop);
    if let Some(path) = runner::file("GITHUB_STEP_SUMMARY") {
        let text = publish::stop_summary(title, &why, enforcement);
        said("the job summary", publish::append_summary(&path, &text));
    }
    let outputs = publish::stop_outputs(stop.ending());
    if let Some(path) = runner::file("GITHUB_OUTPUT").filter(|_| !outputs.is_empty()) {
        said("the outputs", publish::write_outputs(&path, &outputs));
    }
    stop.status()
}

/// A title, and why, as plain text.
fn reason(stop: &Stop) -> (&'static str, String) {
    match stop {
        Stop::Usage(why) => ("no verdict: wrong usage", why.clone()),
        Stop::Policy(..) => ("no verdict: the policy has mistakes", tell::mistakes(stop)),
        Stop::Unreadable(error) => ("no verdict: the repository could not be read", error.to_string()),
    }
}

/// Says that a file could not be written.
fn said(what: &str, result: std::io::Result<()>) {
    if let Err(error) = result {
        tell::note(&format!("{what} could not be written: {error}"));
    }
}

async fn judge(runner: &Runner, client: &Client, settings: Option<&Client>) -> Result<Judgement, Stop> {
    let (owner, name) = (runner.repository.0.as_str(), runner.repository.1.as_str());
    let branch = match &runner.event.base {
        Base::Branch(branch) | Base::Queue { branch, .. } => Some(branch.as_str()),
        Base::None | Base::Before(_) => None,
    };
    let on_branch = |client: &Client| {
        let github = Github::new(client.clone(), owner, name);
        match branch {
            Some(branch) => github.with_branch(branch),
            None => github,
        }
    };
    let request = request(runner);
    match settings {
        None => judge_with(&mut on_branch(client), runner, &request, (client, client)).await,
        Some(settings) => {
            let mut source = Together {
                files: on_branch(client),
                facts: on_branch(settings),
            };
            judge_with(&mut source, runner, &request, (client, settings)).await
        }
    }
}

async fn judge_with<S: Source>(
    source: &mut S,
    runner: &Runner,
    request: &Request,
    (client, settings): (&Client, &Client),
) -> Result<Judgement, Stop> {
    let Some(PullRequest { number, author }) = &runner.event.pull_request else {
        return session::judge(source, request, Some(settings), &mut NoReviews).await;
    };
    let mut reviews = Reviews {
        client,
        settings,
        repository: (&runner.repository.0, &runner.repository.1),
        number: *number,
        author,
        head: &runner.event.head,
        job: &runner.job,
    };
    session::judge(source, request, Some(settings), &mut reviews).await
}

fn request(runner: &Runner) -> Request {
    let inputs = &runner.inputs;
    let is_trusted = match &runner.event.base {
        Base::Branch(_) | Base::Queue { .. } => false,
        Base::None | Base::Before(_) => true,
    };
    let against = match (&runner.event.base, &inputs.base) {
        // As a branch: a tag of its name is another commit.
        (Base::Branch(branch), _) => Against::Branch(format!("refs/heads/{branch}")),
        (Base::Queue { branch, onto }, _) => Against::Queue {
            branch: format!("refs/heads/{branch}"),
            onto: onto.clone(),
        },
        (Base::Before(_) | Base::None, Some(base)) => Against::Branch(base.clone()),
        (Base::Before(before), None) => Against::Before(before.clone()),
        (Base::None, None) => Against::Nothing,
    };
    Request {
        head: Revision::Commit(runner.event.head.clone()),
        head_sha: Some(runner.event.head.clone()),
        against,
        policy: inputs.policy.clone().map_or(PolicyChoice::Found, PolicyChoice::At),
        level: match inputs.fail_on {
            None => Level::AsPolicy,
            // The workflow file is the author's in a pull request, and so is this input.
            Some(level) if !is_trusted => Level::Tighten(level),
            Some(level) => Level::Override(level),
        },
        only: Vec::new(),
        skip: Vec::new(),
        checklists: Vec::new(),
        as_of: today(),
        named: Named {
            repository: Some(format!("{}/{}", runner.repository.0, runner.repository.1)),
            reference: runner.event.reference.clone(),
            dirty: false,
            source: SourceKind::Github,
        },
        workflow: runner.workflow.clone(),
    }
}

/// Whether GitHub has the check run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Published {
    Yes,
    No,
}

struct Publisher<'a> {
    runner: &'a Runner,
    /// Tells.
    client: &'a Client,
    /// Reads: within the run's budget.
    reading: &'a Client,
    /// Reads with the other token.
    settings: Option<&'a Client>,
}

impl Publisher<'_> {
    fn repository(&self) -> Repository {
        Repository {
            owner: self.runner.repository.0.clone(),
            name: self.runner.repository.1.clone(),
        }
    }

    fn setting(&self) -> Setting<'_> {
        Setting {
            name: &self.runner.inputs.name,
            server: self.runner.server.as_deref(),
            ..Setting::default()
        }
    }

    async fn tell(&self, mut judgement: Judgement, started: Instant) -> Result<u8> {
        for notice in &judgement.notices {
            tell::note(notice);
        }
        tell::print(&rendered(&judgement, Format::Human, Look::of_log()))?;
        let mut settings = self.settings(&judgement).await;
        let text = settings.text.take();
        let is_kept = text.is_some();
        if let (Published::No, true) = (self.annotate(&judgement.report, text).await?, is_kept) {
            let line =
                "the settings could not be kept in a check run, so the next run may have nothing to compare with";
            settings.lines.push(line.to_owned());
        }
        for line in &settings.lines {
            tell::note(line);
        }
        self.comment(&judgement.report).await;
        let cost = &mut judgement.report.cost;
        cost.api_requests = self.client.requests() + self.settings.map_or(0, Client::requests);
        cost.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tell::note(&format!(
            "{} requests to GitHub, {} ms",
            cost.api_requests, cost.elapsed_ms
        ));
        let again = self.again(&judgement.report);
        if let Some(line) = &again {
            tell::note(line);
        }
        self.write_files(&judgement.report, &settings.lines, again.as_deref());
        Ok(Ending::Judged(&judgement.report.verdict).exit_status())
    }

    /// A review's run is a run of its own: the red one that it was asked for stays red, and is what may be required.
    fn again(&self, report: &Report) -> Option<String> {
        let is_reviews = self.runner.event.name.starts_with("pull_request_review");
        (is_reviews && report.verdict.decision == Verdict::Go).then(|| {
            format!(
                "this run is the review's own: where the run of the pull request itself failed before, re-run its job \
                 `{}`, which then passes, too",
                self.runner.job
            )
        })
    }

    /// Settings that changed since the last scheduled run. Nothing here has a say in the verdict.
    async fn settings(&self, judgement: &Judgement) -> Compared {
        if !drift::is_compared(&self.runner.event) {
            return Compared::default();
        }
        if self.runner.inputs.annotations == Switch::Off {
            let line =
                "the settings are not compared with earlier ones: `annotations` is false, so no check run keeps them";
            return Compared {
                lines: vec![line.to_owned()],
                ..Compared::default()
            };
        }
        let place = Place {
            client: self.client,
            reading: self.reading,
            repository: &self.repository(),
            name: &self.runner.inputs.name,
            head: &self.runner.event.head,
            workflow: self.runner.workflow.as_ref(),
        };
        place.compare(judgement).await.unwrap_or_default()
    }

    /// A check run where the token may write one, else workflow commands; never both.
    async fn annotate(&self, report: &Report, text: Option<String>) -> Result<Published> {
        if self.runner.inputs.annotations == Switch::Off {
            return Ok(Published::No);
        }
        let setting = self.setting();
        let run = CheckRun::of(report, &setting, &self.runner.event.head, &self.runner.external_id).with_text(text);
        match run.publish(self.client, &self.repository()).await {
            Outcome::Done | Outcome::Nothing => Ok(Published::Yes),
            Outcome::Unsure(error) => {
                tell::note(&format!("the check run may not have been made: {error}"));
                Ok(Published::No)
            }
            Outcome::Refused(error) => {
                tell::note(&format!(
                    "no check run, so the annotations come as workflow commands: {error}"
                ));
                tell::print(&report::commands(report, &self.runner.inputs.name))?;
                Ok(Published::No)
            }
        }
    }

    async fn comment(&self, report: &Report) {
        let Some(PullRequest { number, .. }) = &self.runner.event.pull_request else {
            return;
        };
        if self.runner.inputs.comment == Switch::Off {
            return;
        }
        let setting = self.setting();
        let body = markdown::comment(report, &setting);
        let resolved = markdown::resolved(report, &setting);
        let name = &self.runner.inputs.name;
        let told = publish::comment(
            self.client,
            &self.repository(),
            *number,
            name,
            body.as_deref(),
            &resolved,
        )
        .await;
        match told {
            Outcome::Done | Outcome::Nothing => {}
            Outcome::Refused(error) => tell::note(&format!("no comment: {error}")),
            Outcome::Unsure(error) => tell::note(&format!("the comment may not have been written: {error}")),
        }
    }

    /// Job summary, outputs, JSON and SARIF. A file that can't be written is said, and changes no verdict.
    fn write_files(&self, report: &Report, settings: &[String], again: Option<&str>) {
        let setting = self.setting();
        let json = format!("readygate-{}.json", self.runner.inputs.file_stem());
        said(
            "the report",
            publish::write_report(&self.runner.workspace.join(&json), report),
        );
        if let Some(path) = &self.runner.inputs.sarif {
            let text = report::sarif(report, &setting);
            said("the SARIF file", std::fs::write(self.runner.workspace.join(path), text));
        }
        if let Some(path) = runner::file("GITHUB_STEP_SUMMARY") {
            let enforcement = self.runner.enforcement.words();
            let mut text = format!("{}\nEnforcement: {enforcement}.\n", markdown::summary(report, &setting));
            if let Some(line) = again {
                text.push_str(&format!("\nNote: {line}.\n"));
            }
            if !settings.is_empty() {
                text.push_str(&report::settings_summary(settings));
            }
            said("the job summary", publish::append_summary(&path, &text));
        }
        if let Some(path) = runner::file("GITHUB_OUTPUT") {
            let outputs = publish::outputs(report, Path::new(&json));
            said("the outputs", publish::write_outputs(&path, &outputs));
        }
    }

    /// Without a verdict the check run says so.
    async fn tell_stop(&self, stop: &Stop) {
        if self.runner.inputs.annotations == Switch::Off {
            return;
        }
        let (title, why) = reason(stop);
        let event = &self.runner.event;
        let name = &self.runner.inputs.name;
        let run = CheckRun::failure(name, &event.head, &self.runner.external_id, title, &why);
        match run.publish(self.client, &self.repository()).await {
            Outcome::Done | Outcome::Nothing => {}
            Outcome::Refused(error) | Outcome::Unsure(error) => tell::note(&format!("no check run: {error}")),
        }
    }
}
