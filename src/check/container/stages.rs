//! What lies where in a stage, as far as its instructions tell, and whether what is copied is there.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::artifact::container::{Dockerignore, Stage, Variables, expand};
use crate::artifact::{PathKind, in_folder, resolve};
use crate::model::{Class, EntryKind};
use crate::text::Span;

use super::files::{Image, Images};
use super::tally::Tally;

/// One instruction with what holds where it stands.
pub(super) struct Step {
    pub(super) what: What,
    /// The working folder, from the stage's root.
    pub(super) workdir: String,
    /// Whether `NODE_ENV` is `production`.
    pub(super) is_production: bool,
    pub(super) span: Span,
}

/// What an instruction does, of what matters here.
pub(super) enum What {
    Run(String),
    Copy(Copied),
}

/// A `COPY` or an `ADD`.
pub(super) struct Copied {
    /// The stage or image that it takes from.
    pub(super) from: Option<String>,
    /// The sources as written, and with their variables put in.
    pub(super) sources: Vec<(String, Option<String>)>,
    /// The target, and whether it is a folder for certain.
    pub(super) target: Option<(String, bool)>,
}

impl Copied {
    /// The stage or image that it takes from.
    pub(super) fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// Each source that is known, with the place that it comes to.
    pub(super) fn moved(&self) -> impl Iterator<Item = (&str, &str)> {
        let target = self.target.as_ref().map(|(target, _)| target.as_str());
        let sources = self.sources.iter().filter_map(|(_, filled)| filled.as_deref());
        sources.filter_map(move |source| Some((source, target?)))
    }
}

/// A Dockerfile built from a folder.
pub(super) struct Building<'a> {
    pub(super) images: &'a Images<'a>,
    pub(super) image: &'a Image,
    pub(super) context: String,
    ignore: Option<Arc<Dockerignore>>,
    /// What is done in each stage, found once: every place of a stage is looked for in it.
    steps: Vec<OnceCell<Vec<Step>>>,
}

/// Stages start from each other at most this deep, and copy from each other as often.
pub(super) const DEEPEST: usize = 12;
/// At most this many files of a folder are looked at for one that the builder sees.
const MOST_LOOKED_AT: usize = 2_000;

enum Source {
    There,
    Missing,
    /// It may be there, and this is why that can't be told.
    Open(String),
}

impl<'a> Building<'a> {
    /// From the folder that most of what it copies is in, of those that it may be built from.
    pub(super) fn new(images: &'a Images<'a>, image: &'a Image) -> Self {
        let from = |context| Self::from(images, image, context);
        let candidates = images.contexts(&image.path).into_iter().map(from);
        let ranked = candidates.min_by_key(|building| building.missing().len());
        ranked.unwrap_or_else(|| from(image.path.parent().to_owned()))
    }

    /// From this folder.
    fn from(images: &'a Images<'a>, image: &'a Image, context: String) -> Self {
        Self {
            images,
            image,
            ignore: images.dockerignore(&image.path, &context),
            context,
            steps: image.stages().iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// The stage of this name or number.
    pub(super) fn stage_of(&self, name: &str) -> Option<usize> {
        let stages = self.image.stages();
        let name = name.to_ascii_lowercase();
        let named = stages.iter().rposition(|stage| stage.name.as_deref() == Some(&name));
        named.or_else(|| name.parse().ok().filter(|index| *index < stages.len()))
    }

    /// A stage with those that it starts from, the first one first.
    pub(super) fn chain(&self, index: usize) -> Vec<&'a Stage> {
        chain(self.image.stages(), index)
    }

    /// What is done in a stage, with what the stages did that it starts from.
    pub(super) fn steps(&self, index: usize) -> &[Step] {
        let known = self.steps.get(index);
        known.map_or(&[], |known| known.get_or_init(|| self.find_steps(index)))
    }

    fn find_steps(&self, index: usize) -> Vec<Step> {
        let mut variables = Variables::new();
        let mut workdir = String::new();
        let mut steps = Vec::new();
        for instruction in self.chain(index).iter().flat_map(|stage| &stage.instructions) {
            let what = match instruction.keyword.as_str() {
                "ENV" | "ARG" => {
                    for (name, value) in instruction.settings() {
                        let value = value.and_then(|value| expand(&value, &variables));
                        if instruction.keyword == "ENV" || value.is_some() || !variables.contains_key(&name) {
                            variables.insert(name, value);
                        }
                    }
                    continue;
                }
                "WORKDIR" => {
                    let folder = expand(instruction.rest.trim_matches(['"', '\'']), &variables);
                    // A folder that nobody knows is one that nothing is found in.
                    workdir = within(&workdir, folder.as_deref().unwrap_or("/\0"));
                    continue;
                }
                "RUN" => What::Run(format!("{}\n{}", instruction.rest, instruction.heredoc)),
                "COPY" | "ADD" => {
                    let mut words = instruction.words();
                    let target = words.pop().and_then(|word| expand(&word, &variables));
                    let is_folder = |word: &str| words.len() > 1 || word.ends_with('/') || word.ends_with('.');
                    let target = target.map(|word| (within(&workdir, &word), is_folder(&word)));
                    let sources = words.into_iter().map(|word| {
                        let filled = expand(&word, &variables);
                        (word, filled)
                    });
                    What::Copy(Copied {
                        from: instruction.flag("from").map(str::to_owned),
                        sources: sources.collect(),
                        target,
                    })
                }
                _ => continue,
            };
            let node_env = variables.get("NODE_ENV").and_then(Option::as_deref);
            steps.push(Step {
                what,
                workdir: workdir.clone(),
                is_production: node_env == Some("production"),
                span: instruction.span.clone(),
            });
        }
        steps
    }

    /// Sources of the context that are missing.
    pub(super) fn missing(&self) -> Vec<(String, Span)> {
        let mut missing = Vec::new();
        self.of_context(|word, source, span| {
            if matches!(source, Source::Missing) {
                missing.push((word.to_owned(), span.clone()));
            }
        });
        missing
    }

    fn of_context(&self, mut tell: impl FnMut(&str, Source, &Span)) {
        for (index, stage) in self.image.stages().iter().enumerate() {
            for step in self.steps(index) {
                let is_own = step.span.start > stage.span.start;
                let What::Copy(Copied {
                    from: None, sources, ..
                }) = &step.what
                else {
                    continue;
                };
                for (word, filled) in sources.iter().filter(|_| is_own) {
                    tell(word, self.source(word, filled.as_deref()), &step.span);
                }
            }
        }
    }

    fn source(&self, word: &str, filled: Option<&str>) -> Source {
        let Some(filled) = filled else {
            return Source::Open(format!("`{word}` is named by a variable that the build sets"));
        };
        let is_elsewhere = filled.contains("://") || filled.starts_with("git@") || filled.starts_with("<<");
        // A wildcard that matches nothing copies nothing, and fails nothing.
        if is_elsewhere || filled.contains(['*', '?', '[']) {
            return Source::There;
        }
        let Some(path) = resolve("", filled.trim_start_matches('/')) else {
            return Source::Missing;
        };
        let path = in_folder(&self.context, path.as_str());
        self.is_there(path.trim_end_matches('/'))
    }

    /// Whether `.dockerignore` lets the builder see a file.
    pub(super) fn is_seen(&self, path: &str) -> bool {
        let inside = crate::model::RepoPath::new(path);
        let inside = inside.relative_to(&self.context).unwrap_or(path);
        self.ignore.as_ref().is_none_or(|ignore| !ignore.leaves_out(inside))
    }

    /// Whether the builder sees a file or a folder of the repository.
    fn is_there(&self, path: &str) -> Source {
        let tree = self.images.tree();
        let is_seen = |path: &str| self.is_seen(path);
        if path.is_empty() || path == self.context {
            return Source::There;
        }
        let mut below = tree.below(path).take(MOST_LOOKED_AT).peekable();
        let is_there = tree.get(path).is_some() || below.peek().is_some();
        if is_there {
            let is_visible = tree.get(path).is_some() && is_seen(path)
                || below.any(|(path, _)| is_seen(path.as_str()))
                || tree.below(path).nth(MOST_LOOKED_AT).is_some();
            return if is_visible { Source::There } else { Source::Missing };
        }
        let above = path.match_indices('/').map(|(at, _)| &path[..at]);
        let link = above
            .filter_map(|folder| tree.get(folder))
            .find(|entry| matches!(entry.kind, EntryKind::Symlink | EntryKind::Submodule));
        if link.is_some() {
            return Source::Open(format!("`{path}` lies behind a link, which is not followed"));
        }
        let is_made = self.images.is_ignored(path, PathKind::Folder)
            || self.images.is_ignored(path, PathKind::File)
            || Class::of(&format!("{path}/x")) == Class::Built
            || Class::of(&format!("{path}/x")) == Class::Vendored
            || Class::of(path) == Class::Generated;
        if is_made {
            return Source::Open(format!(
                "`{path}` is not in git, and may be made before the image is built"
            ));
        }
        match tree.truncation() {
            Some(why) => Source::Open(format!(
                "the listing of files is not whole ({why}), so `{path}` may be there"
            )),
            None => Source::Missing,
        }
    }

    /// Everything that `RUN` says in a stage, and in those that it starts from.
    pub(super) fn runs(&self, index: usize) -> String {
        let steps = self.steps(index).iter();
        let runs = steps.filter_map(|step| match &step.what {
            What::Run(text) => Some(text.as_str()),
            What::Copy(_) => None,
        });
        runs.collect::<Vec<_>>().join("\n")
    }

    /// Says of every source whether it is there.
    pub(super) fn judge(&self, tally: &mut Tally) {
        let missing = self.missing();
        let other = self.other_context(&missing);
        let shown = if self.context.is_empty() { "." } else { &self.context };
        self.of_context(|word, source, span| match source {
            Source::There => tally.good(self.image.place(span), word),
            Source::Open(what) => tally.open(format!("`{}` copies {what}", self.image.path), "keep it in git"),
            Source::Missing => match &other {
                Some(other) => {
                    let what = format!("`{}` may be built from `{other}`: nothing says so", self.image.path);
                    tally.open(what, "name the context in a compose file");
                }
                None => {
                    let message = format!(
                        "`{}` copies `{word}`, which is not in its build context `{shown}`",
                        self.image.path
                    );
                    tally.bad(self.image.place(span), &format!("COPY {word}"), message);
                }
            },
        });
        for index in 0..self.image.stages().len() {
            self.judge_stage(index, tally);
        }
    }

    /// A folder that nothing names as context and that has all that is copied.
    fn other_context(&self, missing: &[(String, Span)]) -> Option<String> {
        let (first, _) = missing.first()?;
        let first = resolve("", first.trim_start_matches('/'))?;
        let suffix = format!("/{first}");
        let named = self.images.tree().with_name(first.file_name());
        let folders = named.filter_map(|(path, _)| path.as_str().strip_suffix(&suffix).map(str::to_owned));
        let mut folders: Vec<String> = folders.take(MOST_LOOKED_AT).collect();
        folders.dedup();
        folders.into_iter().take(16).find(|folder| {
            let other = Self::from(self.images, self.image, folder.clone());
            other.missing().is_empty()
        })
    }

    /// What one stage takes from another.
    fn judge_stage(&self, index: usize, tally: &mut Tally) {
        let own = self.image.stages()[index].span.start;
        for step in self.steps(index).iter().filter(|step| step.span.start > own) {
            let What::Copy(copied) = &step.what else { continue };
            let Some(from) = copied.from.as_deref() else { continue };
            let Some(other) = self.stage_of(from) else {
                super::tools::judge_source(self, from, &step.span, tally);
                continue;
            };
            for (word, filled) in &copied.sources {
                let Some(filled) = filled.as_deref().filter(|word| !word.contains(['*', '?', '['])) else {
                    continue;
                };
                let place = within("", filled);
                match super::tools::taken(self, other, &place) {
                    super::tools::Taken::Fine => tally.good(self.image.place(&step.span), word),
                    super::tools::Taken::Open(what) => {
                        tally.open(format!("`{}` {what}", self.image.path), "write it out");
                    }
                    super::tools::Taken::Missing(why) => {
                        let message = format!("`{}` copies `{word}` from another stage, {why}", self.image.path);
                        tally.bad(self.image.place(&step.span), &format!("COPY --from {word}"), message);
                    }
                }
            }
        }
    }
}

/// A stage with those that it starts from, the first one first.
pub(super) fn chain(stages: &[Stage], index: usize) -> Vec<&Stage> {
    let mut chain = Vec::new();
    let mut at = Some(index);
    while let Some(stage) = at.and_then(|index| stages.get(index)).filter(|_| chain.len() < DEEPEST) {
        chain.insert(0, stage);
        let before = &stages[..at.unwrap_or(0)];
        let base = stage.base.as_deref().unwrap_or("").to_ascii_lowercase();
        at = before.iter().rposition(|known| known.name.as_deref() == Some(&base));
    }
    chain
}

/// A path from a folder of an image, without a `/` at its end.
pub(super) fn within(folder: &str, path: &str) -> String {
    let from = if path.starts_with('/') {
        ""
    } else {
        folder.trim_start_matches('/')
    };
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}
