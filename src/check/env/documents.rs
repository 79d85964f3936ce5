//! Files that need not be read as declarations: it is enough that they name a variable.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::files::{Case, Found, Globs, open};
use crate::check::parameters::OneOrMany;
use crate::check::{Problem, View};
use crate::model::{Cause, Evidence, Examined, Gap, Place, Strength, Unread};

use super::EnvCheck;
use super::declared::Declared;

/// Environment files that git tracks, and what tells people or a platform which variables there are.
const NAMING: [&str; 11] = [
    ".env",
    ".env.{production,development,prod,dev,staging,docker,ci,test,defaults,schema,tpl,vault}",
    "{config,deploy,deployment,docker,env,envs,infra}/{.env,.env.*,*.env,env.*}",
    "**/{docker-,}compose*.{yml,yaml}",
    "**/{app,render,railway,fly,vercel,netlify}.{json,yaml,yml,toml}",
    "**/{values,values.*,configmap*,deployment*,statefulset*}.{yml,yaml}",
    "**/README*.{md,mdx,rst,adoc,txt}",
    "**/{docs,doc,documentation}/**/*.{md,mdx,rst,adoc}",
    "**/*{deploy,setup,install,env,config,guide,hosting,docker}*.{md,mdx,rst,adoc}",
    "**/{CONTRIBUTING,DEVELOPMENT,QUICKSTART,HACKING}*.{md,mdx,rst,adoc}",
    "**/{README,INSTALL}",
];
/// What happened, was thought of or is to be done says nothing of what must be set.
const PASSING: [&str; 13] = [
    "analysis",
    "archive",
    "audit",
    "changelog",
    "checklist",
    "implementation",
    "legacy",
    "plan",
    "readiness",
    "report",
    "review",
    "status",
    "todo",
];

/// Where a line lists a variable, `NAME=`, `- NAME: …`, `| NAME | …`, `### NAME`, or its name is written as code.
const LISTED: &str = r"(?:^[ \t]*(?:(?:[-*|]|#+|\d+\.)[ \t]*)?(?:\*\*)?[`\x22]?(?:export[ \t]+|name:[ \t]*|key:[ \t]*)?|`)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b";

static OF_ANY: LazyLock<Regex> = LazyLock::new(|| Regex::new(LISTED).expect("the pattern is constant and tested"));
/// The same for lines of ASCII alone, which most are, and in which it is many times as quick.
static OF_ASCII: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("(?-u){LISTED}")).expect("the pattern is constant and tested"));

/// The variables that a text lists.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split('\n').filter(|line| line.contains('_'));
    let found = lines.flat_map(|line| match line.is_ascii() {
        true => OF_ASCII.captures_iter(line),
        false => OF_ANY.captures_iter(line),
    });
    found.filter_map(|found| Some(found.get(1)?.as_str()))
}

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
            let path = path.as_str().to_ascii_lowercase();
            entry.is_file() && !PASSING.iter().any(|word| path.contains(word))
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
                    let before = declared.names.len();
                    for name in listed(text) {
                        declared.others.remove(name);
                        declared.names.insert(name.to_owned());
                    }
                    if declared.names.len() > before {
                        declared.documents.push(file.0.clone());
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
                Ok(document) if document.text().is_ok_and(|text| listed(text).next().is_some()) => {
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
