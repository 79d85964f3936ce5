//! `readygate attest` and `readygate waive`: one table of the policy added or renewed.

use anyhow::Result;
use chrono::Days;

use crate::check::{Control, Origin};
use crate::model::Date;
use crate::policy::{Amended, Attestation, Waiver, write_attestation, write_waiver};
use crate::text;

use super::args::{AttestArguments, WaiveArguments};
use super::check::today;
use super::desk::Desk;
use super::stop::Stop;
use super::tell;

/// The days for which a word counts where neither the control nor the person says another number.
const WORD_DAYS: u64 = 180;

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
