//! The secrets of a file of values.

use crate::artifact::{Format, Node};
use crate::check::parameters::counted;
use crate::check::secret::in_variables;
use crate::model::{Gap, Place, RepoPath};
use crate::text::Document;

use super::key::Spot;
use super::secret::{EnvFile, looks_secret};

/// The secrets of a file as one gap, which stays the same when one of several is taken out. Of an environment file that is
/// asked as a whole, what stands in its comments counts as well: whoever reads the file reads them.
pub(super) fn secrets(path: &RepoPath, document: &Document, root: &Node, spots: &[Spot<'_>]) -> Option<Gap> {
    let pairs = || {
        let pairs = spots.iter();
        pairs.filter_map(|spot| Some((spot.key?, spot.node.as_str()?)))
    };
    let is_env = Format::of(path.as_str()) == Some(Format::Dotenv);
    let file = is_env.then(|| EnvFile::of(path, pairs().map(|(key, text)| (key.text.as_str(), text))));
    let held = pairs().filter(|(key, text)| {
        let name = key.text.as_str();
        file.map_or_else(|| looks_secret(name, text), |file| file.holds_secret(name, text))
    });
    let mut found: Vec<_> = held
        .map(|(key, _)| (format!("`{}` looks", key.text), key.span.clone()))
        .collect();
    if is_env && spots.len() == root.entries().len() {
        let is_known = |at: usize| {
            let line = document.line_of(at);
            found.iter().any(|(_, span)| document.line_of(span.start) == line)
        };
        let beside = in_variables(path, document);
        let beside: Vec<_> = beside.into_iter().filter(|(_, span)| !is_known(span.start)).collect();
        found.extend(beside.into_iter().map(|(what, span)| (format!("{what} looks"), span)));
    }
    found.sort_by_key(|(_, span)| span.start);
    let (what, span) = found.first()?;
    let what = match found.len() - 1 {
        0 => format!("{what} like a real secret"),
        more => format!(
            "{} and {} look like real secrets",
            what.trim_end_matches(" looks"),
            counted(more, "more value")
        ),
    };
    Some(Gap::at(
        Place::span(path, document, span),
        "secret",
        format!("in `{path}`, {what}"),
    ))
}
