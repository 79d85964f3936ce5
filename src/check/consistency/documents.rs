//! The files that READMEs name, against the files that there are.

use crate::artifact::{Ignores, resolve};
use crate::check::View;
use crate::check::files::not_whole;
use crate::model::{Component, Examined, Gap, Needs, Place, RepoPath};

use super::Tally;
use super::made::may_be_made;
use super::scripts::{gitignores, is_own_readme, is_readme};

/// Endings of files that a team writes by hand.
const ENDINGS: [&str; 26] = [
    "js", "cjs", "mjs", "ts", "cts", "mts", "jsx", "tsx", "json", "yml", "yaml", "toml", "md", "mdx", "sql", "prisma",
    "sh", "py", "go", "rs", "css", "scss", "html", "conf", "vue", "svelte",
];

pub(super) fn needs(view: &View<'_>) -> Needs {
    let tree = view.tree();
    let told = tree.iter().filter(|(path, entry)| {
        let is_told = path.file_name() == ".gitignore" || is_readme(path) && is_own_readme(view.snapshot, path);
        entry.is_file() && is_told && !tree.class(path.as_str()).is_of_nobody()
    });
    Needs::files(told.map(|(path, _)| path.clone()))
}

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    let parsed = gitignores(view.snapshot);
    let ignores = Ignores::new(parsed.iter().map(|(path, parsed)| (path.parent(), parsed.as_ref())));
    let readmes: Vec<&RepoPath> = view
        .tree()
        .iter()
        .filter(|(path, entry)| entry.is_file() && is_readme(path) && is_own_readme(view.snapshot, path))
        .map(|(path, _)| path)
        .filter(|path| {
            let of = Component::of(&view.snapshot.components, path);
            view.component
                .is_none_or(|asked| of.is_some_and(|of| of.path == asked.path))
        })
        .collect();
    if let Some(unread) = not_whole(view.tree(), "what a README names") {
        return Examined::unknown(unread);
    }
    for path in readmes {
        match view.snapshot.read(path.as_str()).text(path.as_str()) {
            Ok(Some(document)) => {
                let mut is_fenced = false;
                for line in 1..=document.line_count() {
                    let Some(span) = document.line_span(line) else { break };
                    let words = document.words(&span);
                    let is_fence = ["```", "~~~"].iter().any(|fence| words.trim_start().starts_with(fence));
                    is_fenced ^= is_fence;
                    if !is_fenced && !is_fence {
                        look(view, &ignores, (path, line), &words, &mut tally);
                    }
                }
            }
            Ok(None) => {}
            Err(unread) => tally.unread(unread),
        }
    }
    tally.examined(
        "path",
        "that a README names is there",
        "no README here names a file of this repository",
    )
}

fn look(view: &View<'_>, ignores: &Ignores<'_>, (path, line): (&RepoPath, u32), words: &str, tally: &mut Tally<'_>) {
    for (named, is_link) in named(words) {
        let found = |folder: &str| resolve(folder, &named);
        let beside = found(path.parent());
        let at_root = found("");
        if tally.is_left_out(&named) {
            continue;
        }
        // A path in code is meant as a file of the repository where its first folder is one.
        let (first, _) = named.trim_start_matches("./").split_once('/').unwrap_or((&named, ""));
        let folder_of = |above: &str| RepoPath::new(above).join(first).as_str().to_owned();
        let has_folder = named.contains('/')
            && (view.tree().has_folder(&folder_of(path.parent())) || view.tree().has_folder(&folder_of("")));
        if !is_link && (!has_folder || speaks_of_the_future(words)) {
            continue;
        }
        tally.compared += 1;
        let is_there = |path: &Option<RepoPath>| {
            path.as_ref().is_none_or(|path| {
                let tree = view.tree();
                tree.get(path.as_str()).is_some() || tree.has_folder(path.as_str()) || may_be_made(view, ignores, path)
            })
        };
        let ends_so = || {
            let ending = format!("/{}", named.trim_start_matches("./"));
            let name = RepoPath::new(&ending);
            let mut alike = view.tree().with_name(name.file_name());
            alike.any(|(path, _)| path.as_str().ends_with(&ending))
        };
        if is_there(&beside) || is_there(&at_root) || ends_so() {
            continue;
        }
        let why = format!("`{path}` names `{named}`, and there is no such file");
        tally.gaps.push(Gap::at(Place::line(path, line), &named, why));
    }
}

/// The paths that a line names: targets of links, and code that is a path; and whether it is a link.
fn named(line: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("](") {
        let rest = &line[at + 2..];
        let Some(end) = rest.find([')', ' ']) else { continue };
        let target = rest[..end].split(['#', '?']).next().unwrap_or_default();
        let is_path = !target.contains([':', '<', '{', '$', '*']) && !target.starts_with('/') && !target.is_empty();
        let is_file = has_ending(target);
        if is_path && is_file && !is_in_code(line, at) {
            found.push((target.replace("%20", " "), true));
        }
    }
    for code in line.split('`').skip(1).step_by(2) {
        let code = code.trim();
        let is_path = code.contains('/')
            && code
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter))
            && !code.starts_with('/')
            && !code.contains("...");
        if is_path && has_ending(code) {
            found.push((code.to_owned(), false));
        }
    }
    found
}

fn is_in_code(line: &str, at: usize) -> bool {
    line[..at].matches('`').count() % 2 == 1 && line[at..].contains('`')
}

fn has_ending(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    ending.is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// Whether a line speaks of a file that is to be made, or of an example.
fn speaks_of_the_future(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    const WORDS: [&str; 22] = [
        "create",
        "add ",
        "adding",
        "new ",
        "generate",
        "will ",
        "example",
        "e.g.",
        "for instance",
        "such as",
        "copy",
        "rename",
        "remove",
        "delete",
        "deprecated",
        "todo",
        "planned",
        "your ",
        "output",
        "written to",
        "writes",
        "if you",
    ];
    WORDS.iter().any(|word| line.contains(word))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn links_and_code_that_is_a_path_are_named() {
        let found: Vec<String> =
            named("See [a](docs/a.md#x), [b](https://x.y/z.md), `src/b.ts` and `c/d`, `npm run x.js`.")
                .into_iter()
                .map(|(path, _)| path)
                .collect();
        assert_eq!(found, ["docs/a.md", "src/b.ts"]);
    }
}
