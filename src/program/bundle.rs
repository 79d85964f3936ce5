//! What bundlers write, and of what: by the commands of the scripts and by the bundlers' own files.

use crate::artifact::declared;
use crate::model::{Component, RepoPath, Snapshot};

use super::compiled::{from_folder, without_ending};
use super::linked::Program;
use super::module::{Expr, ExprId, Language, Module, Property};
use super::words::commands;

/// Something that is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// What is written: a file, with or without its ending, or a folder.
    pub(super) to: RepoPath,
    /// What it is made of.
    pub(super) from: RepoPath,
    /// Whether both are folders.
    pub(super) is_folder: bool,
}

/// All that the scripts and the bundlers' files say.
pub(super) fn links(snapshot: &Snapshot, program: &Program) -> Vec<Link> {
    let mut found = Vec::new();
    for component in &snapshot.components {
        let folder = component.folder();
        for (_, known) in declared(snapshot, folder) {
            let Ok(known) = known else { continue };
            for script in &known.manifest().scripts {
                for words in commands(&script.command) {
                    let words: Vec<&str> = words.iter().map(String::as_str).collect();
                    found.extend(of_command(&words, folder));
                }
            }
        }
    }
    for (_, linked) in program.modules().filter(|(_, linked)| is_build(&linked.path)) {
        let component = Component::of(&snapshot.components, &linked.path).map_or("", Component::folder);
        for folder in [component, linked.path.parent()] {
            found.extend(of_module(&linked.module, folder, linked.path.file_name()));
        }
    }
    found
}

/// The folders of the pages that Vite builds, with that of the configuration that says so.
pub(super) fn page_roots(program: &Program) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (_, linked) in program
        .modules()
        .filter(|(_, linked)| linked.path.file_name().starts_with("vite.config."))
    {
        let module = &linked.module;
        let objects = module.expressions.iter().filter_map(|(expr, _)| match expr {
            Expr::Object(properties) => property(properties, "root"),
            _ => None,
        });
        for root in objects.filter_map(|value| path_text(module, value)) {
            let folder = linked.path.parent();
            found.push((
                folder.to_owned(),
                from_folder(folder, root.trim_start_matches('/')).as_str().to_owned(),
            ));
        }
    }
    found
}

/// A path that an expression makes of texts: `"./src"`, `path.resolve(__dirname, "src")`,
/// `fileURLToPath(new URL("./src", import.meta.url))`.
pub(super) fn path_text(module: &Module, id: ExprId) -> Option<String> {
    match module.expr(id) {
        Expr::Text(text) => Some(text.to_string()),
        Expr::Template(texts, _) => Some(texts.concat().trim_start_matches('/').to_owned()),
        Expr::Call(_, arguments) | Expr::New(_, arguments) => {
            let texts: Vec<String> = arguments
                .iter()
                .filter_map(|argument| path_text(module, *argument))
                .collect();
            (!texts.is_empty()).then(|| texts.join("/"))
        }
        _ => None,
    }
}

/// The value of a property.
pub(super) fn property(properties: &[Property], key: &str) -> Option<ExprId> {
    let found = properties.iter().find(|property| property.key.as_deref() == Some(key));
    found.map(|property| property.value)
}

fn is_build(path: &RepoPath) -> bool {
    let name = path.file_name();
    [
        "tsup.config",
        "tsdown.config",
        "rollup.config",
        "rolldown.config",
        "webpack",
        "esbuild",
        "build.",
    ]
    .iter()
    .any(|start| name.starts_with(start))
        || path.parent().ends_with("scripts") && name.contains("build")
}

fn of_command(words: &[&str], folder: &str) -> Vec<Link> {
    let Some(at) = words
        .iter()
        .position(|word| !word.contains('=') && !matches!(*word, "npx" | "cross-env" | "yarn" | "pnpm"))
    else {
        return Vec::new();
    };
    let rest = &words[at + 1..];
    let value = |flags: &[&str]| flags.iter().find_map(|flag| value_of(rest, flag));
    let inputs = || {
        rest.iter()
            .filter(|word| Language::of(word).is_some() && !word.starts_with('-'))
    };
    let writing = Writing { folder };
    match words[at] {
        "esbuild" | "tsup" | "tsup-node" | "tsdown" | "rolldown" | "rollup" => {
            let file = value(&["--outfile", "--file", "-o"]);
            let into =
                value(&["--outdir", "--out-dir", "--outDir", "--dir", "-d"]).or(file.is_none().then_some("dist"));
            let outputs = [file.unwrap_or_default()];
            let inputs = inputs().filter(|input| !outputs.contains(input));
            inputs
                .flat_map(|input| writing.links(input, file, into, None))
                .collect()
        }
        "bun" if rest.first() == Some(&"build") => {
            let (file, into) = (value(&["--outfile"]), value(&["--outdir"]));
            inputs()
                .flat_map(|input| writing.links(input, file, into, None))
                .collect()
        }
        "ncc" => {
            let into = value(&["-o", "--out"]).unwrap_or("dist");
            inputs()
                .flat_map(|input| writing.links(input, None, Some(into), Some("index")))
                .collect()
        }
        "swc" | "babel" => {
            let source = rest.iter().find(|word| !word.starts_with('-'));
            match (source, value(&["-d", "--out-dir"])) {
                (Some(source), Some(into)) => vec![writing.folders(into, source), writing.folders(into, ".")],
                _ => Vec::new(),
            }
        }
        "tsc" => match value(&["--outDir"]) {
            Some(into) => vec![writing.folders(into, value(&["--rootDir"]).unwrap_or("src"))],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What a flag is given, in its own word or in the next.
fn value_of<'a>(words: &[&'a str], flag: &str) -> Option<&'a str> {
    words
        .iter()
        .enumerate()
        .find_map(|(at, word)| match word.strip_prefix(flag) {
            Some("") => words.get(at + 1).copied(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        })
}

struct Writing<'a> {
    folder: &'a str,
}

impl Writing<'_> {
    fn folders(&self, to: &str, from: &str) -> Link {
        Link {
            to: from_folder(self.folder, to),
            from: from_folder(self.folder, from),
            is_folder: true,
        }
    }

    /// Under which names one input may be written.
    fn links(&self, input: &str, file: Option<&str>, into: Option<&str>, name: Option<&str>) -> Vec<Link> {
        let input = input.trim_start_matches("./");
        let whole = without_ending(input);
        let base = whole.rsplit('/').next().unwrap_or(whole);
        let mut outputs: Vec<String> = file.map(str::to_owned).into_iter().collect();
        if let Some(into) = into {
            match name {
                Some(name) => outputs.push(format!("{into}/{name}")),
                None => {
                    let inner = whole.split_once('/').map_or(whole, |(_, inner)| inner);
                    outputs.extend([base, whole, inner].map(|output| format!("{into}/{output}")));
                }
            }
        }
        let link = |output: String| Link {
            to: from_folder(self.folder, &output),
            from: from_folder(self.folder, input),
            is_folder: false,
        };
        outputs.into_iter().map(link).collect()
    }
}

/// What the objects of a bundler's file say: `{ entryPoints: […], outfile: … }`.
fn of_module(module: &Module, folder: &str, name: &str) -> Vec<Link> {
    let writing = Writing { folder };
    let mut found = Vec::new();
    for (expr, _) in &module.expressions {
        let Expr::Object(properties) = expr else { continue };
        let entry = ["entryPoints", "entry", "input"]
            .iter()
            .find_map(|key| property(properties, key));
        let Some(entry) = entry else { continue };
        let output = property(properties, "output").map(|id| module.expr(id));
        let inner = match output {
            Some(Expr::Object(inner)) => inner.as_ref(),
            _ => &[],
        };
        let text = |properties: &[Property], keys: &[&str]| {
            let mut values = keys.iter().filter_map(|key| property(properties, key));
            values.find_map(|value| path_text(module, value))
        };
        let mut file = text(properties, &["outfile"]).or_else(|| text(inner, &["file"]));
        let into = text(properties, &["outdir", "outDir"]).or_else(|| text(inner, &["dir", "path"]));
        let into = into.or_else(|| (file.is_none()).then(|| "dist".to_owned()));
        if name.starts_with("webpack") && file.is_none() {
            let written = text(inner, &["filename"]).unwrap_or_else(|| "main.js".to_owned());
            file = Some(format!("{}/{written}", into.as_deref().unwrap_or("dist")));
        }
        for (key, input) in inputs(module, entry) {
            found.extend(writing.links(&input, file.as_deref(), into.as_deref(), key.as_deref()));
        }
    }
    found
}

/// The inputs of a bundler, with the names that they are given.
fn inputs(module: &Module, entry: ExprId) -> Vec<(Option<String>, String)> {
    match module.expr(entry) {
        Expr::List(items) => items
            .iter()
            .filter_map(|item| Some((None, path_text(module, *item)?)))
            .collect(),
        Expr::Object(properties) => {
            let named = properties.iter().filter_map(|property| {
                let path = path_text(module, property.value)?;
                Some((property.key.as_deref().map(str::to_owned), path))
            });
            named.collect()
        }
        _ => path_text(module, entry).map(|path| (None, path)).into_iter().collect(),
    }
}
