//! Files that need not be read as declarations: it is enough that they name a variable.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::files::{Case, Found, Globs, open};
use crate::check::parameters::OneOrMany;
use crate::check::{Problem, View};
use crate::model::{Cause, Evidence, Examined, Gap, Place, Strength, Unread};

use super::EnvCheck;
use super::declared::Declared;
use super::names::is_variable;

/// Environment files that git tracks, and what tells people or a platform which variables there are.
const NAMING: [&str; 8] = [
    ".env",
    ".env.{production,development,prod,dev,staging,docker,ci,test,defaults,schema,tpl,vault}",
    "{config,deploy,deployment,docker,env,envs,infra}/{.env,.env.*,*.env,env.*}",
    "**/{docker-,}compose*.{yml,yaml}",
    "**/{app,render,railway,fly,vercel,netlify}.{json,yaml,yml,toml}",
    "**/{values,values.*,configmap*,deployment*,statefulset*}.{yml,yaml}",
    "**/*.{md,mdx,rst,adoc}",
    "**/{README,INSTALL}{,.txt}",
];
/// What happened, or is to be done, says nothing of what must be set.
const PASSING: [&str; 2] = ["changelog", "checklist"];

/// A line that lists a variable: `NAME=`, `- NAME: …`, `| NAME | …`.
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^[ \t]*(?:[-*|][ \t]+)?(?:\*\*)?`?(?:export[ \t]+)?[A-Z][A-Z0-9]*_[A-Z0-9_]+`?(?:\*\*)?[ \t]*[=:|]",
    )
    .expect("the pattern is constant and tested")
});

/// The files that count.
///
/// # Errors
/// None: the patterns are constant.
pub(super) fn files() -> Result<Globs, Vec<Problem>> {
    let patterns = OneOrMany::Many(NAMING.map(str::to_owned).to_vec());
    Globs::new(&patterns, "documents", Case::Ignored)
}

impl EnvCheck {
    /// The files that are there of these.
    pub(super) fn documenting<'a>(&self, view: &View<'a>) -> Vec<Found<'a>> {
        let Some(files) = &self.documents else {
            return Vec::new();
        };
        let tree = &view.snapshot.tree;
        let mut found = files.find(tree, view.folder());
        if !view.folder().is_empty() {
            found.extend(files.find(tree, ""));
        }
        found.sort_by(|left, right| left.0.cmp(right.0));
        found.dedup_by(|left, right| left.0 == right.0);
        found.retain(|(path, entry)| {
            let name = path.file_name().to_ascii_lowercase();
            entry.is_file() && !PASSING.iter().any(|word| name.contains(word))
        });
        found
    }

    /// Takes in what these files name; why the first could not be read that could not be.
    pub(super) fn documented(&self, view: &View<'_>, declared: &mut Declared) -> Option<Unread> {
        let mut unread = None;
        for file in self.documenting(view) {
            match open(view.snapshot, file) {
                Ok(document) => {
                    let Ok(text) = document.text() else { continue };
                    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
                    let words = text.split(|letter| !is_part(letter)).filter(|word| is_variable(word));
                    for word in words {
                        declared.others.remove(word);
                        declared.names.insert(word.to_owned());
                    }
                }
                Err(why) if why.cause == Cause::Encoding => {}
                Err(why) => {
                    unread.get_or_insert(why);
                }
            }
        }
        unread
    }

    /// That nothing declares, in words.
    pub(super) fn absent(&self, place: &str) -> String {
        match self.documents {
            Some(_) => format!("there is no {place}, and no document that names them"),
            None => format!("there is no {place}"),
        }
    }

    /// Of code that is not followed: whether something lists variables at all.
    pub(super) fn named(&self, view: &View<'_>, unread: Unread) -> Examined {
        let is_code = view
            .component
            .is_some_and(|one| one.kinds.iter().any(|kind| kind == "node"));
        if is_code {
            return Examined::unknown(unread);
        }
        let files = self.declaring(view);
        let mut unopened = None;
        for file in files.into_iter().chain(self.documenting(view)) {
            match open(view.snapshot, file) {
                Ok(document) if document.text().is_ok_and(|text| LISTED.is_match(text)) => {
                    let evidence = Evidence::new(Place::file(file.0), "", Strength::Present, file.0.as_str());
                    return Examined::pass(format!("`{}` lists variables", file.0), vec![evidence]);
                }
                Err(why) if why.cause != Cause::Encoding => {
                    unopened.get_or_insert(why);
                }
                Ok(_) | Err(_) => {}
            }
        }
        if let Some(why) = unopened {
            return Examined::unknown(why);
        }
        let message = "no example file and no document lists the variables";
        Examined::fail(message, vec![Gap::missing(".env.example", message)])
    }
}
