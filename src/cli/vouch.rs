//! `readygate attest` and `readygate waive`: one table of the policy added or renewed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::Days;
use similar::TextDiff;

use crate::check::{Control, Origin};
use crate::judge::digest;
use crate::model::{Date, PathGlob, Tree};
use crate::policy::{Amended, Amendment, Attestation, NoToml, PATHS, Policy, Waiver, write_attestation, write_waiver};
use crate::report::escape;
use crate::source::{Local, Offline, Revision, Source, Together, without_excluded};
use crate::text;

use super::args::{AttestArguments, WaiveArguments};
use super::check::{Demand, client, today};
use super::load::{self, Loaded};
use super::stop::Stop;
use super::{choose, tell};

/// The days for which a word counts where neither the control nor the person says another number.
const WORD_DAYS: u64 = 180;

/// Controls that the checklist itself is judged by. No policy writes them out, so nothing in it can speak of them.
const OWN_CONTROLS: [&str; 3] = ["checklist.contradicted", "checklist.inconsistent", "checklist.secret"];

/// Adds or renews an attestation; the exit status.
///
/// # Errors
/// The policy or standard output can't be written.
pub async fn attest(arguments: &AttestArguments) -> Result<u8> {
    match attested(arguments).await {
        Ok((desk, amended, says)) => desk.write(&amended, &says, arguments.dry_run.into()),
        Err(stop) => refused(&stop),
    }
}

/// Adds or renews a waiver; the exit status.
///
/// # Errors
/// The policy or standard output can't be written.
pub async fn waive(arguments: &WaiveArguments) -> Result<u8> {
    match waived(arguments).await {
        Ok((desk, amended, says)) => desk.write(&amended, &says, arguments.dry_run.into()),
        Err(stop) => refused(&stop),
    }
}

fn refused(stop: &Stop) -> Result<u8> {
    tell::stop(stop);
    Ok(stop.status())
}

async fn attested(arguments: &AttestArguments) -> Result<(Desk, Amended, String), Stop> {
    let by = one_line("--by", &arguments.by)?;
    let evidence = one_line("--evidence", &arguments.evidence)?;
    if holds_password(&evidence) {
        return Err(Stop::Usage(
            "the address of the evidence holds a password, and the policy is read by everyone: leave it out".to_owned(),
        ));
    }
    let desk = Desk::open(arguments.policy.as_deref()).await?;
    let control = desk.control(&arguments.control)?;
    let (on, expires) = word_days(control, arguments.on, arguments.expires, today())?;
    let mut paths: Vec<String> = Vec::new();
    for path in &arguments.path {
        if !paths.contains(path) {
            paths.push(path.clone());
        }
    }
    let digest = desk.digest(&paths)?;
    let attestation = Attestation {
        control: arguments.control.clone(),
        by,
        on,
        expires,
        evidence,
        paths,
        digest,
        origin: nowhere(),
    };
    let amended = desk.amended(write_attestation(&desk.text, &attestation))?;
    let says = format!(
        "the attestation of `{}` by {} counts until {}",
        attestation.control, attestation.by, attestation.expires
    );
    desk.holds(&amended).await?;
    Ok((desk, amended, says))
}

async fn waived(arguments: &WaiveArguments) -> Result<(Desk, Amended, String), Stop> {
    let reason = one_line("--reason", &arguments.reason)?;
    let owner = one_line("--owner", &arguments.owner)?;
    let desk = Desk::open(arguments.policy.as_deref()).await?;
    desk.control(&arguments.control)?;
    let expires = waiver_end(arguments, desk.policy.gate.max_waiver_days, today())?;
    if let Some(path) = &arguments.path
        && !desk.matches(path)?
    {
        // The gap may be that something is missing there.
        tell::note(&format!(
            "no file matches `{path}` now: the waiver covers what is missing there"
        ));
    }
    let waiver = Waiver {
        control: arguments.control.clone(),
        path: arguments.path.clone(),
        reason,
        owner,
        expires,
        origin: nowhere(),
    };
    let amended = desk.amended(write_waiver(&desk.text, &waiver))?;
    let says = format!(
        "the waiver of `{}` by {} counts until {}",
        waiver.control, waiver.owner, waiver.expires
    );
    desk.holds(&amended).await?;
    Ok((desk, amended, says))
}

/// A text that is not written yet has no place.
fn nowhere() -> Origin {
    Origin {
        path: String::new(),
        line: 1,
        span: 0..0,
        in_repository: false,
    }
}

/// The first and the last day of a word, within what the control lets it count.
fn word_days(control: &Control, on: Option<Date>, expires: Option<Date>, today: Date) -> Result<(Date, Date), Stop> {
    let on = on.unwrap_or(today);
    if on > today {
        return Err(Stop::Usage(format!(
            "nobody can vouch on {today} for what was seen on {on}: --on is still to come"
        )));
    }
    let days = control.check.word_days().map(u64::from);
    let last = days.and_then(|days| on.checked_add_days(Days::new(days)));
    let own = on.checked_add_days(Days::new(WORD_DAYS)).unwrap_or(on);
    let expires = expires.unwrap_or_else(|| last.map_or(own, |last| last.min(own)));
    if expires < on {
        return Err(Stop::Usage(format!(
            "the attestation would expire on {expires}, before the day on which it is given ({on})"
        )));
    }
    if expires < today {
        return Err(Stop::Usage(format!(
            "the attestation would have expired on {expires}: look again, and give the day with --on"
        )));
    }
    if let (Some(days), Some(last)) = (days, last.filter(|last| expires > *last)) {
        return Err(Stop::Usage(format!(
            "`{}` lets a word count for {days} days: until {last} at most",
            control.info.id
        )));
    }
    Ok((on, expires))
}

fn waiver_end(arguments: &WaiveArguments, most: u32, today: Date) -> Result<Date, Stop> {
    let after = |days: u32| today.checked_add_days(Days::new(u64::from(days)));
    let expires = match (arguments.expires, arguments.days) {
        (Some(expires), _) => Some(expires),
        (None, Some(days)) => after(days),
        (None, None) => None,
    };
    let latest = after(most).unwrap_or(today);
    match expires {
        Some(expires) if expires < today => {
            Err(Stop::Usage(format!("{expires} is past: the waiver would never count")))
        }
        Some(expires) if expires <= latest => Ok(expires),
        Some(_) | None => Err(Stop::Usage(format!(
            "the gate lets a gap be waived for {most} days (`max-waiver-days`): until {latest} at most"
        ))),
    }
}

/// A person's words on one line, in which nothing is hidden.
fn one_line(option: &str, words: &str) -> Result<String, Stop> {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(Stop::Usage(format!("{option} needs words")));
    }
    if line.chars().any(text::is_hidden) {
        return Err(Stop::Usage(format!(
            "{option} holds characters that nobody can see: write it by hand"
        )));
    }
    Ok(line)
}

/// Whether an address names a user with a password: `https://ana:secret@host`.
fn holds_password(words: &str) -> bool {
    words.split("://").skip(1).any(|rest| {
        let host = rest.split(['/', ' ', '?', '#']).next().unwrap_or_default();
        host.rsplit_once('@')
            .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, password)| !password.is_empty()))
    })
}

/// Whether the policy is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Write,
    Show,
}

impl From<bool> for Mode {
    fn from(dry_run: bool) -> Self {
        if dry_run { Self::Show } else { Self::Write }
    }
}

/// A policy that is being written, and the repository that it is about.
struct Desk {
    path: PathBuf,
    /// What messages call it.
    shown: String,
    /// Its path in the repository; `None` for a file elsewhere.
    inside: Option<String>,
    text: String,
    policy: Policy,
    /// What `judge` looks at: the files that git tracks, without the excluded ones.
    tree: Tree,
}

impl Desk {
    async fn open(given: Option<&Path>) -> Result<Self, Stop> {
        let mut local = Local::open(Path::new("."))?;
        let Some(root) = local.root().map(Path::to_owned) else {
            return Err(Stop::Usage(
                "a bare repository has no file to write to: stand in a checkout".to_owned(),
            ));
        };
        let path = match given {
            Some(path) if path.exists() => path.to_owned(),
            Some(path) => return Err(no_policy(&format!("there is no policy `{}`", path.display()))),
            None => standing(&root).ok_or_else(|| no_policy("there is no policy to write to"))?,
        };
        let text = tell::read_policy(&path)?;
        let whole = |path: &Path| std::fs::canonicalize(path).ok();
        let inside = whole(&path).zip(whole(&root)).and_then(|(path, root)| {
            let relative = path.strip_prefix(root).ok()?.to_str()?;
            Some(relative.replace(std::path::MAIN_SEPARATOR, "/"))
        });
        let shown = inside.clone().unwrap_or_else(|| path.display().to_string());
        let tree = local.tree(&Revision::WorkingTree).await?;
        let policy = valid(&shown, &text, local, &tree).await?;
        Ok(Self {
            tree: without_excluded(tree, &policy.exclude),
            path,
            shown,
            inside,
            text,
            policy,
        })
    }

    /// The control of this id, which must be one that the policy asks for.
    fn control(&self, id: &str) -> Result<&Control, Stop> {
        let controls = self.policy.plan.controls();
        if let Some(control) = controls.iter().find(|control| control.info.id == id) {
            return Ok(control);
        }
        if OWN_CONTROLS.contains(&id) {
            return Err(Stop::Usage(format!(
                "`{id}` is judged from the checklist's own lines: correct those, or bind them otherwise with `[[checklist.bind]]`"
            )));
        }
        let ids = || controls.iter().map(|control| control.info.id.as_str());
        let last = id.rsplit('.').next().unwrap_or(id);
        let mut near: Vec<&str> = text::nearest(id, ids()).into_iter().collect();
        let others = ids().filter(|known| known.rsplit('.').next().is_some_and(|part| part == last));
        let others: Vec<&str> = others.filter(|known| !near.contains(known)).take(3).collect();
        near.extend(others);
        let help = if near.is_empty() {
            "`readygate controls` lists those that there are".to_owned()
        } else {
            format!("did you mean `{}`?", near.join("` or `"))
        };
        Err(Stop::Usage(format!(
            "{} asks for no control `{id}`; {help}",
            self.shown
        )))
    }

    /// Whether a pattern matches a file.
    fn matches(&self, pattern: &str) -> Result<bool, Stop> {
        let glob = PathGlob::new(pattern)
            .map_err(|why| Stop::Usage(format!("the pattern `{pattern}` can't be used: {why}")))?;
        Ok(self.tree.matching(&glob).next().is_some())
    }

    /// The digest of what these patterns cover, as `judge` compares it; `None` without patterns.
    fn digest(&self, paths: &[String]) -> Result<Option<String>, Stop> {
        for path in paths {
            if !self.matches(path)? {
                return Err(Stop::Usage(format!(
                    "`{path}` matches no file that git tracks, so there is nothing for it to cover"
                )));
            }
            if let Some(policy) = &self.inside
                && PathGlob::new(path).is_ok_and(|glob| glob.matches(policy))
            {
                return Err(Stop::Usage(format!(
                    "`{path}` covers {policy}, which the attestation itself changes: it would be void at once"
                )));
            }
        }
        if paths.is_empty() {
            return Ok(None);
        }
        digest(&self.tree, paths)
            .map(Some)
            .map_err(|why| Stop::Usage(format!("there is no digest of what it covers: {why}")))
    }

    fn amended(&self, amended: Result<Amended, NoToml>) -> Result<Amended, Stop> {
        amended.map_err(|error| Stop::no_policy(error.to_string()))
    }

    /// The policy must be one still, or nothing is written.
    async fn holds(&self, amended: &Amended) -> Result<(), Stop> {
        let mut local = Local::open(Path::new("."))?;
        let tree = local.tree(&Revision::WorkingTree).await?;
        valid(&self.shown, &amended.text, local, &tree).await.map(|_| ())
    }

    /// Shows the difference and writes it.
    fn write(&self, amended: &Amended, says: &str, mode: Mode) -> Result<u8> {
        let Self { shown, text, path, .. } = self;
        if *text == amended.text {
            tell::print(&escape::for_log(&format!(
                "{shown} says so already; nothing was changed: {says}.\n"
            )))?;
            return Ok(0);
        }
        let diff = TextDiff::from_lines(text, &amended.text);
        let diff = diff.unified_diff().header(shown, shown).to_string();
        let lines: Vec<String> = diff.lines().map(|line| escape::source_line(line) + "\n").collect();
        tell::print(&lines.concat())?;
        let done = match amended.amendment {
            Amendment::Added => "added",
            Amendment::Renewed => "renewed",
        };
        let says = escape::visible(says);
        match mode {
            Mode::Show => tell::print(&format!("\nNothing was written (--dry-run): {says}.\n"))?,
            Mode::Write => {
                std::fs::write(path, &amended.text).with_context(|| format!("`{shown}` could not be written"))?;
                tell::print(&format!(
                    "\n{done} in {shown}: {says}. In a pull request it counts once an owner of the policy approves.\n"
                ))?;
            }
        }
        Ok(0)
    }
}

fn no_policy(what: &str) -> Stop {
    Stop::Usage(format!(
        "{what}: write `{}` with the lines `version = 1` and `extends = [\"builtin:default\"]`, or let `readygate import CHECKLIST` make one",
        PATHS[0]
    ))
}

/// The policy that stands where policies stand. A link is not followed: what is written must be in the repository.
fn standing(root: &Path) -> Option<PathBuf> {
    let mut paths = PATHS.iter().map(|path| root.join(path));
    paths.find(|path| std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file()))
}

async fn valid(path: &str, text: &str, files: Local, tree: &Tree) -> Result<Policy, Stop> {
    let client = client(Demand::Token)?;
    let mut source = Together {
        files,
        facts: Offline::new("a policy is read without facts"),
    };
    let text = choose::given(path.to_owned(), text.to_owned());
    let loaded = load::from_text(text, &mut source, &Revision::WorkingTree, tree, client.as_ref()).await?;
    let Loaded { policy, texts } = loaded;
    policy.map_err(|mistakes| Stop::Policy(mistakes, texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_addresses_are_seen_and_plain_addresses_are_none() {
        assert!(holds_password("see https://ana:secret@example.com/x"));
        for words in [
            "https://example.com/a:b@c",
            "https://ana@example.com",
            "mail ana:x@y",
            "ssh://git@host",
        ] {
            assert!(!holds_password(words), "{words}");
        }
    }

    #[test]
    fn words_are_one_line_and_hide_nothing() {
        assert_eq!(one_line("--by", " a\n b ").expect("words"), "a b");
        assert!(one_line("--by", " \n").is_err());
        assert!(one_line("--by", "a\u{202E}b").is_err());
    }
}
