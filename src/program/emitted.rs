//! What TypeScript's compiler writes by a configuration, as far as Node cares.

use std::sync::Arc;

use crate::artifact::{Json, Node};
use crate::model::{Read, RepoPath, Snapshot};

use super::compiled::from_folder;
use super::erasing::{Base, Configurations, is_silent};

/// Configurations that extend each other.
const DEEPEST: u32 = 8;

/// What the compiler writes: imports stand in it as they are written in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emitted {
    /// The folder that it writes to.
    pub into: Option<RepoPath>,
    /// What kind of modules it writes (`module`), in small letters; `None` where no configuration says so.
    pub module: Option<String>,
    /// The names that `paths` gives files and folders, with their `*`.
    pub names: Vec<String>,
    /// Whether it says which folder is the root of what is written.
    pub is_rooted: bool,
    /// The files that it is given, where none is named by itself.
    pub selected: Option<Selected>,
}

/// Which files a configuration takes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// The folder of the configuration.
    pub folder: String,
    /// The patterns of `include`, with the folder that they are seen from.
    pub include: Option<(String, Vec<String>)>,
    /// Those of `exclude`.
    pub exclude: Option<(String, Vec<String>)>,
}

/// What the compiler writes by a configuration; nothing where it writes no code, or where a plugin of the configuration
/// may change what it writes. What is not known is said in words.
pub fn emitted(snapshot: &Snapshot, path: &RepoPath) -> Result<Option<Emitted>, String> {
    let mut chain = Chain {
        snapshot,
        read: Configurations::of(snapshot),
        links: Vec::new(),
    };
    chain.follow(path, 0)?;
    let is_on = |key: &str| {
        chain
            .option(key)
            .is_some_and(|(_, value)| value.as_bool() == Some(true))
    };
    let writes_none = ["noEmit", "emitDeclarationOnly", "rewriteRelativeImportExtensions"];
    if writes_none.iter().any(|key| is_on(key)) || chain.is_transformed() || chain.option("outFile").is_some() {
        return Ok(None);
    }
    if chain.is_of_others() {
        return Err(format!("`{path}` has others built by its `references`"));
    }
    let text = |key: &str| chain.option(key).and_then(|(at, value)| Some((at, value.as_str()?)));
    let names = chain.option("paths").map_or(&[][..], |(_, value)| value.entries());
    Ok(Some(Emitted {
        into: text("outDir").map(|(at, folder)| from_folder(at.parent(), folder)),
        module: text("module").map(|(_, module)| module.to_lowercase()),
        names: names.iter().map(|(key, _)| key.text.to_string()).collect(),
        is_rooted: chain.option("rootDir").is_some(),
        selected: chain.selected(path),
    }))
}

/// A configuration and those that it extends, the one that is heard first before the others.
struct Chain<'a> {
    snapshot: &'a Snapshot,
    read: Configurations<'a>,
    links: Vec<(RepoPath, Arc<Json>)>,
}

impl Chain<'_> {
    fn follow(&mut self, path: &RepoPath, depth: u32) -> Result<(), String> {
        let unclear = || format!("`{path}`, which says what is written, is not there or can't be read");
        let Read::Here(document) = self.snapshot.read(path.as_str()) else {
            return Err(unclear());
        };
        let json = document.view::<Json>();
        let Ok(root) = &json.0 else { return Err(unclear()) };
        self.links.push((path.clone(), Arc::clone(&json)));
        for base in self.read.bases(path, root) {
            match base {
                Base::File(base) if depth < DEEPEST => self.follow(&base, depth + 1)?,
                Base::File(base) => return Err(format!("`{path}` extends `{base}`, and so on")),
                Base::Package(name) if is_silent(&name) => {}
                Base::Package(name) => {
                    return Err(format!("`{path}` extends `{name}`, which is not in the repository"));
                }
            }
        }
        Ok(())
    }

    /// The value of an option, with the configuration that sets it.
    fn option(&self, key: &str) -> Option<(&RepoPath, &Node)> {
        self.links.iter().find_map(|(path, json)| {
            let root = json.0.as_deref().ok()?;
            Some((path, root.at(&["compilerOptions", key])?))
        })
    }

    /// What it takes in; a list of a configuration that is extended is seen from that one.
    fn selected(&self, path: &RepoPath) -> Option<Selected> {
        let list = |key: &str| {
            self.links.iter().find_map(|(at, json)| {
                let list = json.0.as_deref().ok()?.get(key)?.items();
                let patterns = list.iter().filter_map(Node::as_str).map(str::to_owned);
                Some((at.parent().to_owned(), patterns.collect()))
            })
        };
        list("files").is_none().then(|| Selected {
            folder: path.parent().to_owned(),
            include: list("include"),
            exclude: list("exclude"),
        })
    }

    /// Whether a plugin that is no editor's may change what is written.
    /// <https://github.com/nonara/ts-patch>
    fn is_transformed(&self) -> bool {
        let plugins = self.option("plugins").map_or(&[][..], |(_, plugins)| plugins.items());
        plugins.iter().any(|plugin| plugin.get("transform").is_some())
    }

    /// Whether the configuration that is asked for has others built.
    fn is_of_others(&self) -> bool {
        let own = self.links.first().and_then(|(_, json)| json.0.as_deref().ok());
        let references = own.and_then(|root| root.get("references"));
        references.is_some_and(|references| !references.items().is_empty())
    }
}
