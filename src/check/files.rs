//! Which files a condition's patterns mean.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::text::HashMap;

use crate::model::{
    Cause, Class, Entry, EntryKind, Gap, Needs, PathGlob, RepoPath, Shape, Snapshot, Tree, Unread, Within,
};

use super::capital::with_capital;
use super::parameters::{OneOrMany, alternatives};
use super::{Problem, View};

/// Findings and evidence of one condition are cut off here: nobody reads more, and sinks have limits.
pub(super) const MOST_SHOWN: usize = 50;
/// Files above this many bytes are not searched: no hand-written source comes near.
pub(super) const LARGEST: u64 = 1 << 20;

/// Patterns over paths, relative to a component's folder or to the root.
#[derive(Debug, Clone)]
pub(super) struct Globs {
    globs: Vec<Named>,
    case: Case,
}

/// Whether the case of letters counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// `readme.md` is not `README.md`.
    Counts,
    /// It is.
    Ignored,
}

/// A pattern, and the classes of files that its words name.
#[derive(Debug, Clone)]
struct Named {
    written: String,
    glob: PathGlob,
    /// Whether it is the one before with `Docs` for `docs`.
    is_other: bool,
    /// Found when a file is first met that is no source: most patterns of a policy never meet one.
    classes: OnceLock<Vec<Class>>,
}

impl Named {
    fn names(&self, class: Class) -> bool {
        let classes = self.classes.get_or_init(|| match self.is_other {
            true => classes_named(&self.written.to_lowercase()),
            false => classes_named(&self.written),
        });
        classes.contains(&class)
    }
}

/// What files are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To say which are there.
    List,
    /// To look into them.
    Search,
}

impl Purpose {
    fn wants(self, named: &Named, class: Class) -> bool {
        match self {
            Self::List => class != Class::Vendored || named.names(class),
            Self::Search => class == Class::Source || named.glob.is_exact() || named.names(class),
        }
    }
}

/// The files that questions want to look into, by their patterns.
#[derive(Default)]
struct Wanted(Mutex<HashMap<String, Arc<BTreeSet<RepoPath>>>>);

/// What a pattern found.
pub(super) type Found<'a> = (&'a RepoPath, &'a Entry);

impl Globs {
    /// Compiles patterns that stand at a key.
    ///
    /// # Errors
    /// Every pattern's mistake, and an empty list.
    pub(super) fn new(patterns: &OneOrMany, key: &str, case: Case) -> Result<Self, Vec<Problem>> {
        let patterns = patterns.as_slice();
        if patterns.is_empty() {
            return Err(vec![Problem::at(&[key], "this list is empty")]);
        }
        let mut globs = Vec::new();
        let mut problems = Vec::new();
        let capital = patterns
            .iter()
            .filter(|_| case == Case::Counts)
            .filter_map(|one| with_capital(one));
        let capital: Vec<String> = capital.collect();
        let all = patterns.iter().map(|written| (written, false));
        for (written, is_other) in all.chain(capital.iter().map(|written| (written, true))) {
            match compile(written, case) {
                Ok(glob) => globs.push(Named {
                    written: written.clone(),
                    glob,
                    is_other,
                    classes: OnceLock::new(),
                }),
                Err(why) => problems.push(Problem::at(&[key], format!("`{written}` is no path pattern: {why}"))),
            }
        }
        if problems.is_empty() {
            Ok(Self { globs, case })
        } else {
            Err(problems)
        }
    }

    /// The patterns as written, as paths from the root.
    pub(super) fn written(&self, folder: &str) -> Vec<String> {
        let folder = RepoPath::new(folder);
        let told = self.globs.iter().filter(|named| !named.is_other);
        told.map(|named| folder.join(&named.written).as_str().to_owned())
            .collect()
    }

    /// The patterns in words.
    pub(super) fn in_words(&self, folder: &str) -> String {
        const MOST_TOLD: usize = 3;
        let written = self.written(folder);
        match written.len().saturating_sub(MOST_TOLD) {
            0 | 1 => alternatives(&written),
            more => {
                let told: Vec<String> = written
                    .iter()
                    .take(MOST_TOLD)
                    .map(|pattern| format!("`{pattern}`"))
                    .collect();
                format!("{} or one of {more} more patterns", told.join(", "))
            }
        }
    }

    /// Whether there is one pattern, and it is a plain path.
    pub(super) fn is_one_path(&self) -> bool {
        let mut told = self.globs.iter().filter(|named| !named.is_other);
        told.next().is_some_and(|one| one.glob.is_exact()) && told.next().is_none()
    }

    /// Whether a path, seen from the folder, matches.
    pub(super) fn matches(&self, relative: &str) -> bool {
        self.globs.iter().any(|named| self.is_match(named, relative))
    }

    /// Everything that matches below a folder, in the order of paths. What is vendored is left out unless
    /// the pattern names it.
    pub(super) fn find<'a>(&self, tree: &'a Tree, folder: &str) -> Vec<Found<'a>> {
        self.find_where(tree, folder, Purpose::List)
    }

    /// The files to look into: of what matches, what the team wrote for production, and what a pattern
    /// names by its own words (a plain path, `docs/**`, `*.md`, `**/*.test.ts`).
    pub(super) fn find_written<'a>(&self, tree: &'a Tree, folder: &str) -> Vec<Found<'a>> {
        self.find_where(tree, folder, Purpose::Search)
    }

    /// A symbolic link or a submodule on the way to a place that a pattern names: what lies there is not seen.
    pub(super) fn hidden_by<'a>(&self, tree: &'a Tree, folder: &str) -> Option<Found<'a>> {
        self.globs.iter().find_map(|named| {
            let fixed = match named.glob.shape() {
                Shape::Exact => RepoPath::new(folder).join(named.glob.source()),
                Shape::Below(fixed) => RepoPath::new(folder).join(fixed),
                Shape::Named(_) => RepoPath::new(folder),
            };
            let text = fixed.as_str();
            let ends = text.match_indices('/').map(|(at, _)| at).chain([text.len()]);
            ends.filter_map(|end| tree.get_with_path(&text[..end]))
                .find(|(_, entry)| !entry.is_file())
        })
    }

    /// The files to look into that nobody has read yet, without those that others match. Found once in a round of
    /// reading, for all who ask for the same.
    pub(super) fn unread(&self, view: &View<'_>, except: Option<&Self>) -> Needs {
        let folder = view.folder();
        let mut key = self.key(folder, Purpose::Search);
        if let Some(except) = except {
            key.push_str("\0\0");
            key.push_str(&except.key(folder, Purpose::Search));
        }
        let known = view.snapshot.derive(|_| Wanted::default());
        let lock = || known.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(files) = lock().get(&key) {
            return Needs::shared(Arc::clone(files));
        }
        let found = self.find_written(view.tree(), folder);
        let is_left_out = |path: &RepoPath| {
            except.is_some_and(|except| path.relative_to(folder).is_some_and(|of| except.matches(of)))
        };
        let files = readable(&found).filter(|path| !view.snapshot.has_read(path) && !is_left_out(path));
        let files = Arc::new(files.collect::<BTreeSet<_>>());
        lock().insert(key, Arc::clone(&files));
        Needs::shared(files)
    }

    /// What all that is found in a tree depends on. No path holds a NUL.
    fn key(&self, folder: &str, purpose: Purpose) -> String {
        let mut key = format!("{purpose:?}\0{:?}\0{folder}", self.case);
        for named in &self.globs {
            key.push('\0');
            key.push_str(&named.written);
        }
        key
    }

    /// Many controls ask for the same files, in every round of reading: they are found once.
    fn find_where<'a>(&self, tree: &'a Tree, folder: &str, purpose: Purpose) -> Vec<Found<'a>> {
        let key = self.key(folder, purpose);
        tree.remember(key, || self.found_where(tree, folder, purpose))
    }

    fn found_where(&self, tree: &Tree, folder: &str, purpose: Purpose) -> Vec<usize> {
        // Below a folder that is itself called `docs` or `build`, and yet is a component, only what follows tells.
        let is_plain = Class::of(&RepoPath::new(folder).join("x").to_string()) == Class::Source;
        let mut found: Vec<usize> = Vec::new();
        for named in &self.globs {
            // Nobody wants them, so tens of thousands of paths need not be matched.
            let may_skip = is_plain && !named.glob.is_exact() && tree.has_vendored();
            let skips_vendored = may_skip && !named.names(Class::Vendored);
            // What a name alone tells is found once for all folders.
            let from = if named.glob.is_of_names() { "" } else { folder };
            let matching = self.matching(named, tree, from, skips_vendored);
            let matching = tree.those_below(folder, matching.get().map_or(&[], Vec::as_slice));
            found.extend(matching.iter().copied().filter(|index| {
                let (path, _, class) = tree.nth(*index);
                let relative = || Class::of(path.relative_to(folder).unwrap_or(path.as_str()));
                purpose.wants(named, if is_plain { class } else { relative() })
            }));
        }
        if self.globs.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
        if purpose == Purpose::Search {
            found.retain(|index| !is_binary_by_name(tree.nth(*index).0));
        }
        found
    }

    fn matching(&self, named: &Named, tree: &Tree, folder: &str, skips_vendored: bool) -> Arc<OnceLock<Vec<usize>>> {
        let root = RepoPath::new(folder);
        let (start, extensions);
        let mut is_settled = false;
        let within = match (self.case, named.glob.shape()) {
            (Case::Ignored, _) => {
                extensions = named.glob.extensions();
                match &extensions {
                    Some(extensions) => Within::EndingAnyhow(folder, extensions),
                    None => Within::Below(folder),
                }
            }
            (Case::Counts, Shape::Exact) => {
                start = root.join(named.glob.source());
                Within::At(start.as_str())
            }
            (Case::Counts, Shape::Named(name)) => Within::Named(name),
            (Case::Counts, Shape::Below(fixed)) => {
                start = root.join(fixed);
                extensions = named.glob.extensions();
                match &extensions {
                    Some(extensions) => {
                        is_settled = named.glob.is_of_extensions();
                        Within::Ending(start.as_str(), extensions)
                    }
                    None => Within::Below(start.as_str()),
                }
            }
        };
        // No path holds a NUL, so no two keys are one.
        let key = format!("{:?}\0{skips_vendored}\0{folder}\0{}", self.case, named.glob.source());
        tree.select(key, within, |path, class| {
            let is_skipped = skips_vendored && class == Class::Vendored;
            let is_match = || {
                let relative = path.relative_to(folder);
                relative.is_some_and(|relative| is_settled || self.is_match(named, relative))
            };
            !is_skipped && is_match()
        })
    }

    fn is_match(&self, named: &Named, relative: &str) -> bool {
        let is_small = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
        match self.case {
            Case::Counts => named.glob.matches(relative),
            Case::Ignored if !named.glob.may_lie_at(relative) => false,
            Case::Ignored if relative.bytes().all(is_small) => named.glob.matches(relative),
            Case::Ignored => named.glob.matches(&relative.to_lowercase()),
        }
    }
}

fn compile(written: &str, case: Case) -> Result<PathGlob, String> {
    if written.starts_with('/') {
        return Err("a pattern starts from the folder, without `/`".to_owned());
    }
    if written.split('/').any(|part| part == "..") {
        return Err("a pattern can't leave the folder with `..`".to_owned());
    }
    match case {
        Case::Counts => PathGlob::new(written),
        Case::Ignored => PathGlob::new(&written.to_lowercase()),
    }
}

/// The classes that a pattern's own words speak of: `vendor` of vendored files, `*.md` of documentation.
fn classes_named(written: &str) -> Vec<Class> {
    let words = written.split(['/', '{', '}', ',']);
    let named = words.flat_map(|word| {
        [
            Class::of(word),
            Class::of(&format!("{word}/x")),
            Class::of(&format!("x.{word}")),
        ]
    });
    named.filter(|class| *class != Class::Source).collect()
}

/// Endings of files that are never text.
const BINARY: [&str; 40] = [
    "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "bmp", "tiff", "woff", "woff2", "ttf", "otf", "eot", "pdf",
    "zip", "gz", "tgz", "bz2", "xz", "7z", "rar", "tar", "jar", "war", "mp3", "mp4", "mov", "webm", "ogg", "wav",
    "wasm", "so", "dylib", "dll", "exe", "pyc", "class", "sqlite", "db",
];

fn is_binary_by_name(path: &RepoPath) -> bool {
    let is = |extension: &str| BINARY.iter().any(|binary| binary.eq_ignore_ascii_case(extension));
    // Tens of thousands of paths are asked, and most are of code.
    let is_code = |extension: &str| matches!(extension, "ts" | "tsx" | "js" | "jsx" | "json" | "md" | "py" | "yml");
    path.extension()
        .is_some_and(|extension| !is_code(extension) && is(extension))
}

/// What a link or a submodule hides.
pub(super) fn hidden((path, entry): Found<'_>) -> Unread {
    let (what, settle) = match entry.kind {
        EntryKind::Submodule => ("a submodule, whose files are not read", "gate that repository itself"),
        EntryKind::Symlink | EntryKind::File | EntryKind::Executable => {
            ("a symbolic link, which is not followed", "keep a file there")
        }
    };
    Unread::new(Cause::Unmodelled, format!("`{path}` is {what}"), settle)
}

/// Why what was not found may be there all the same: the listing lacks entries.
pub(super) fn not_whole(tree: &Tree, patterns: &str) -> Option<Unread> {
    tree.truncation().map(|why| {
        let what = format!("the listing of files is not whole ({why}), so {patterns} may be there");
        Unread::new(Cause::Limit, what, "run readygate on a checkout")
    })
}

/// That git alone knows this, and there is no git here.
pub(super) fn no_git(what: &str) -> Unread {
    Unread::new(
        Cause::Unmodelled,
        format!("this folder is no git checkout, so {what} is not known"),
        "run readygate in the repository's checkout",
    )
}

/// Whether the listing says that a file is too large to be looked into.
pub(super) fn too_large(path: &RepoPath, size: u64) -> Option<Unread> {
    (size > LARGEST).then(|| {
        let what = format!("`{path}` has {size} bytes, more than the {LARGEST} that are searched");
        Unread::new(Cause::Size, what, "exclude it, or keep it smaller")
    })
}

/// The paths of files worth asking for.
pub(super) fn readable<'a>(found: &[Found<'a>]) -> impl Iterator<Item = RepoPath> {
    found
        .iter()
        .filter(|(_, entry)| entry.is_file() && entry.size.is_none_or(|size| size <= LARGEST))
        .map(|(path, _)| (*path).clone())
        .collect::<Vec<_>>()
        .into_iter()
}

/// The outermost vendored folder that a path of the tree lies in: `backend/node_modules`.
pub(super) fn vendored_folder<'a>(tree: &Tree, path: &'a RepoPath) -> Option<&'a str> {
    if tree.class(path.as_str()) != Class::Vendored {
        return None;
    }
    let text = path.as_str();
    text.match_indices('/')
        .map(|(at, _)| &text[..at])
        .find(|folder| Class::of(&format!("{folder}/x")) == Class::Vendored)
}

impl View<'_> {
    /// The tree.
    pub(super) fn tree(&self) -> &Tree {
        &self.snapshot.tree
    }
}

/// A file's bytes as the checks that search want them, or why they can't be had.
///
/// # Errors
/// What was not read, and why.
pub(super) fn open(snapshot: &Snapshot, (path, entry): Found<'_>) -> Result<Arc<crate::text::Document>, Unread> {
    if !entry.is_file() {
        return Err(hidden((path, entry)));
    }
    if let Some(unread) = entry.size.and_then(|size| too_large(path, size)) {
        return Err(unread);
    }
    let Some(document) = snapshot.read(path.as_str()).text(path.as_str())? else {
        // The tree has it, so this can only be a source that contradicts itself.
        let what = format!("`{path}` is listed and could not be read");
        return Err(Unread::new(Cause::Unmodelled, what, "run readygate again"));
    };
    let size = u64::try_from(document.bytes().len()).unwrap_or(u64::MAX);
    too_large(path, size).map_or(Ok(document), Err)
}

/// Keeps the first gaps, and says of the others that they are.
pub(super) fn cut(gaps: &mut Vec<Gap>, subject: &str) {
    if gaps.len() > MOST_SHOWN {
        let more = gaps.len() - MOST_SHOWN;
        gaps.truncate(MOST_SHOWN);
        let mut last = Gap::missing(subject, format!("and {more} more like these"));
        // Told from a missing thing of the same name; the number is no part of what it is.
        last.words = "more".to_owned();
        gaps.push(last);
    }
}

#[cfg(test)]
mod tests;
