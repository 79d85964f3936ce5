//! `readygate check`: the main job.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::github::{Client, Proxies, Settings, Token, TokenKind};
use crate::judge::Ending;
use crate::model::{Date, Read, RepoPath, SourceKind};
use crate::report::{self, Colour, Format, Lines, Setting, TERMINAL};
use crate::source::{Github, Local, Offline, Revision, Source, Together};
use crate::text::Document;

use super::args::CheckArguments;
use super::choose;
use super::output::{self, FormatArgument};
use super::request::{Against, Level, Named, PolicyChoice, Request};
use super::session::{self, Judgement, NoReviews};
use super::stop::Stop;
use super::tell;

/// Judges and prints; the exit status.
///
/// # Errors
/// A report could not be written.
pub async fn run(arguments: &CheckArguments) -> Result<u8> {
    let started = Instant::now();
    let judged = match prepare(arguments) {
        Ok(formats) => judge(arguments).await.map(|judgement| (formats, judgement)),
        Err(stop) => Err(stop),
    };
    match judged {
        Ok((formats, mut judgement)) => {
            judgement.report.cost.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            write(&judgement, &formats, arguments)?;
            // The process ends here: giving back all that was read, piece by piece, would take a twentieth of its time.
            let judgement = std::mem::ManuallyDrop::new(judgement);
            Ok(Ending::Judged(&judgement.report.verdict).exit_status())
        }
        Err(stop) => {
            tell::stop(&stop);
            Ok(stop.status())
        }
    }
}

/// What can be refused before anything is read.
fn prepare(arguments: &CheckArguments) -> Result<Vec<FormatArgument>, Stop> {
    output::arrange(&arguments.format).map_err(Stop::Usage)
}

async fn judge(arguments: &CheckArguments) -> Result<Judgement, Stop> {
    match &arguments.repo {
        Some(name) => judge_remote(arguments, name).await,
        None => judge_local(arguments).await,
    }
}

/// A verdict of what is on disk.
///
/// # Errors
/// There is none.
pub(super) async fn judge_local(arguments: &CheckArguments) -> Result<Judgement, Stop> {
    let mut local = Local::open(&arguments.path)?;
    let named = Named {
        repository: local.repository_name(),
        reference: local.reference(),
        dirty: local.dirty()?,
        source: SourceKind::Local,
    };
    let head_sha = local.head();
    let head = match (local.root(), &head_sha) {
        (None, Some(sha)) => Revision::Commit(sha.clone()),
        (Some(_), _) | (None, None) => Revision::WorkingTree,
    };
    let mut request = request(arguments, head, head_sha, named)?;
    if let (PolicyChoice::Found, Against::Nothing, Some(root)) = (&request.policy, &request.against, local.root())
        && let Some(text) = tell::policy_on_disk(root)?
    {
        request.policy = PolicyChoice::Untracked(text);
    }
    let client = if arguments.offline {
        None
    } else {
        client(Demand::Token)?
    };
    let name = request.named.repository.clone();
    match (&client, name.as_deref().and_then(|name| name.split_once('/'))) {
        (Some(client), Some((owner, repo))) => {
            let facts = Github::new(client.clone(), owner, repo);
            let mut source = Together { files: local, facts };
            session::judge(&mut source, &request, Some(client), &mut NoReviews).await
        }
        (client, _) => {
            let why = if arguments.offline {
                "--offline: no request was made"
            } else if client.is_none() {
                "no request was made, as there is no GITHUB_TOKEN"
            } else {
                "the remote `origin` names no repository on GitHub"
            };
            let mut source = Together {
                files: local,
                facts: Offline::new(why),
            };
            session::judge(&mut source, &request, client.as_ref(), &mut NoReviews).await
        }
    }
}

async fn judge_remote(arguments: &CheckArguments, name: &str) -> Result<Judgement, Stop> {
    let (repository, reference) = match name.split_once('@') {
        Some((repository, reference)) => (repository, Some(reference)),
        None => (name, None),
    };
    let Some((owner, repo)) = repository
        .split_once('/')
        .filter(|(owner, repo)| !owner.is_empty() && !repo.is_empty())
    else {
        return Err(Stop::Usage(format!("`{name}` is not OWNER/NAME[@REF]")));
    };
    let Some(client) = client(Demand::Any)? else {
        return Err(Stop::Usage("--repo needs requests".to_owned()));
    };
    let mut source = Github::new(client.clone(), owner, repo);
    let sha = source.resolve(reference.unwrap_or("HEAD")).await?;
    let named = Named {
        repository: Some(repository.to_owned()),
        reference: reference.map(str::to_owned),
        dirty: false,
        source: SourceKind::Github,
    };
    let request = request(arguments, Revision::Commit(sha.clone()), Some(sha), named)?;
    session::judge(&mut source, &request, Some(&client), &mut NoReviews).await
}

fn request(
    arguments: &CheckArguments,
    head: Revision,
    head_sha: Option<String>,
    named: Named,
) -> Result<Request, Stop> {
    let policy = match &arguments.policy {
        None => PolicyChoice::Found,
        Some(path) => PolicyChoice::Given(choose::given(path.display().to_string(), tell::read_policy(path)?)),
    };
    Ok(Request {
        head,
        head_sha,
        against: arguments.base.clone().map_or(Against::Nothing, Against::Branch),
        policy,
        level: arguments.fail_on.map_or(Level::AsPolicy, Level::Override),
        only: id_patterns(&arguments.only)?,
        skip: id_patterns(&arguments.skip)?,
        checklists: arguments
            .checklist
            .iter()
            .map(|path| RepoPath::new(&path.to_string_lossy()))
            .collect(),
        as_of: arguments.as_of.unwrap_or_else(today),
        named,
        workflow: None,
    })
}

/// A glob over ids from the command line.
///
/// # Errors
/// The pattern's mistake.
fn id_patterns(texts: &[String]) -> Result<Vec<glob::Pattern>, Stop> {
    let compile = |text: &String| {
        glob::Pattern::new(text).map_err(|error| Stop::Usage(format!("`{text}` is no pattern: {}", error.msg)))
    };
    texts.iter().map(compile).collect()
}

/// The day in UTC.
pub(super) fn today() -> Date {
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let days = i64::try_from(seconds / 86_400).unwrap_or(0);
    Date::default() + chrono::Duration::days(days)
}

/// Whether a connection is wanted without a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// Wanted in any case.
    Any,
    /// Wanted with a token only.
    Token,
}

/// A connection to GitHub by the environment; `None` without `GITHUB_TOKEN` where one is demanded.
///
/// # Errors
/// The addresses are none.
pub(super) fn client(demand: Demand) -> Result<Option<Client>, Stop> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let token = variable("GITHUB_TOKEN").as_deref().and_then(Token::new);
    if token.is_none() && demand == Demand::Token {
        return Ok(None);
    }
    let kind = token.as_ref().and_then(Token::kind);
    connect(token, kind).map(Some)
}

/// A connection with this token, of this kind where that is known, to where the environment says GitHub is.
///
/// # Errors
/// The addresses are none.
pub(super) fn connect(token: Option<Token>, kind: Option<TokenKind>) -> Result<Client, Stop> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let plain = Settings::default();
    let settings = Settings {
        token,
        kind,
        api_url: variable("GITHUB_API_URL").unwrap_or(plain.api_url),
        graphql_url: variable("GITHUB_GRAPHQL_URL").unwrap_or(plain.graphql_url),
        proxies: proxies(&variable),
        ..Settings::default()
    };
    Client::new(settings).map_err(|error| Stop::Usage(error.to_string()))
}

/// The proxies, as curl reads them: lower case first, and `HTTP_PROXY` in lower case alone, which no server sets from a
/// request's header.
fn proxies(variable: &dyn Fn(&str) -> Option<String>) -> Proxies {
    let first = |names: &[&str]| names.iter().find_map(|name| variable(name)).unwrap_or_default();
    Proxies {
        https: first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
        http: first(&["http_proxy", "all_proxy", "ALL_PROXY"]),
        no: first(&["no_proxy", "NO_PROXY"]),
    }
}

fn write(judgement: &Judgement, formats: &[FormatArgument], arguments: &CheckArguments) -> Result<()> {
    for notice in &judgement.notices {
        tell::note(notice);
    }
    // Formats for machines that show findings alone have no place for what is to be said of waivers.
    let tells_all = |format: &FormatArgument| match format.format {
        Format::Human | Format::Json | Format::Markdown => true,
        Format::Sarif | Format::Github => false,
    };
    if !formats.iter().any(tells_all) {
        for notice in &judgement.report.notices {
            tell::note(&format!("{}:{}: {}", notice.path, notice.line, notice.message));
        }
    }
    for argument in formats {
        let look = Look {
            colour: colour(argument),
            width: width(argument),
            lines: if arguments.verbose { Lines::All } else { Lines::Worst },
        };
        let text = rendered(judgement, argument.format, look);
        match &argument.file {
            None => tell::print(&text)?,
            Some(path) => write_file(path, &text)?,
        }
    }
    Ok(())
}

/// How the human format looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    colour: Colour,
    width: Option<usize>,
    lines: Lines,
}

impl Look {
    /// For a log, in which nobody has a terminal.
    pub(super) fn of_log() -> Self {
        Self {
            colour: Colour::Never,
            width: None,
            lines: Lines::Worst,
        }
    }
}

/// A judgement in a format.
pub(super) fn rendered(judgement: &Judgement, format: Format, look: Look) -> String {
    let sources = |path: &str| -> Option<Arc<Document>> {
        match judgement.head.read(path) {
            Read::Here(document) => Some(document),
            Read::Absent | Read::Unread(_) => {
                let text = judgement.texts.get(RepoPath::new(path).as_str())?;
                Some(Arc::new(Document::new(text.as_bytes())))
            }
        }
    };
    report::render(
        &judgement.report,
        format,
        &Setting {
            colour: look.colour,
            width: look.width,
            lines: look.lines,
            sources: &sources,
            ..Setting::default()
        },
    )
}

/// The columns that there are: as `COLUMNS` says, else those of the smallest common terminal; all that are wanted where
/// the report goes to a file or to another program.
fn width(argument: &FormatArgument) -> Option<usize> {
    if argument.file.is_some() {
        return None;
    }
    let said = std::env::var("COLUMNS")
        .ok()
        .and_then(|said| said.trim().parse::<usize>().ok());
    let is_terminal = std::io::stdout().is_terminal();
    said.filter(|said| *said > 0).or(is_terminal.then_some(TERMINAL))
}

fn colour(argument: &FormatArgument) -> Colour {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_terminal = argument.file.is_none() && std::io::stdout().is_terminal();
    let is_forced = argument.file.is_none() && set("CLICOLOR_FORCE");
    if !set("NO_COLOR") && (is_terminal || is_forced) {
        Colour::Always
    } else {
        Colour::Never
    }
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("the report could not be written to {}", path.display()))
}
