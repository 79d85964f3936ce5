//! Which requests may lead into the repository by what TypeScript's configurations say, told without resolving them.

use std::sync::Arc;

use crate::text::{HashMap, HashSet};

use crate::artifact::Json;
use crate::model::Tree;
use crate::text::Document;

/// What configurations say of requests. Where it is not clear, a request may lead anywhere.
#[derive(Debug, Default)]
pub(super) struct Inward {
    /// `paths`: what stands before and after the star; without a star, the whole and nothing.
    patterns: Vec<(String, Option<String>)>,
    /// Whether relative requests may lead to other folders: `rootDirs`.
    has_root_dirs: bool,
    /// With `baseUrl`, the names of all folders, and of all files with and without their endings.
    names: Option<HashSet<String>>,
}

impl Inward {
    /// From configurations by their paths.
    pub(super) fn of(tree: &Tree, configurations: &HashMap<String, Arc<Document>>) -> Self {
        let mut inward = Self::default();
        let mut has_base = false;
        let told = configurations
            .iter()
            .filter(|(path, _)| !path.ends_with("package.json"));
        for (_, document) in told {
            let has = |word: &str| memchr::memmem::find(document.bytes(), word.as_bytes()).is_some();
            // An escape may stand for a letter of any of these words.
            let is_odd = has("\\u");
            inward.has_root_dirs |= is_odd || has("rootDirs");
            has_base |= is_odd || has("baseUrl");
            if is_odd || has("\"paths\"") {
                inward.patterns.extend(patterns(document));
            }
        }
        inward.names = has_base.then(|| names(tree));
        inward
    }

    /// Whether a relative request leads where it says.
    pub(super) fn is_plain(&self, specifier: &str) -> bool {
        specifier.starts_with('.') && !self.has_root_dirs
    }

    /// Whether a request is surely for a package of this name, and not for a path.
    pub(super) fn is_package(&self, specifier: &str) -> bool {
        let is_bare = !specifier.starts_with(['.', '/', '#']) && !specifier.contains([':', '\\', '\0']);
        let is_mapped = |(before, after): &(String, Option<String>)| match after {
            Some(after) => specifier.starts_with(before) && specifier.ends_with(after),
            None => specifier == before,
        };
        let first = specifier.split('/').next().unwrap_or(specifier);
        let stem = first.rsplit_once('.').map_or(first, |(stem, _)| stem);
        let is_name = |names: &HashSet<String>| names.contains(first) || names.contains(stem);
        is_bare
            && !first.is_empty()
            && !specifier.contains("..")
            && !self.patterns.iter().any(is_mapped)
            && !self.names.as_ref().is_some_and(is_name)
    }
}

fn patterns(document: &Document) -> Vec<(String, Option<String>)> {
    let anything = || vec![(String::new(), Some(String::new()))];
    let times = memchr::memmem::find_iter(document.bytes(), b"\"paths\"").count();
    let json = document.view::<Json>();
    let paths = match &json.0 {
        Ok(root) if times == 1 => root.at(&["compilerOptions", "paths"]),
        Ok(_) | Err(_) => return anything(),
    };
    let Some(paths) = paths else { return anything() };
    let keys = paths.entries().iter().map(|(key, _)| match key.text.split_once('*') {
        Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
        None => (key.text.clone(), None),
    });
    keys.collect()
}

fn names(tree: &Tree) -> HashSet<String> {
    let mut names = HashSet::default();
    for (path, _) in tree.iter() {
        for part in path.as_str().split('/') {
            if !names.contains(part) {
                names.insert(part.to_owned());
            }
        }
        if let Some((stem, _)) = path.file_name().rsplit_once('.')
            && !names.contains(stem)
        {
            names.insert(stem.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entry, EntryKind, RepoPath};

    fn inward(configuration: &str, paths: &[&str]) -> Inward {
        let entry = Entry {
            kind: EntryKind::File,
            id: None,
            size: None,
        };
        let tree = Tree::new(paths.iter().map(|path| (RepoPath::new(path), entry.clone())).collect());
        let document = Arc::new(Document::new(configuration.as_bytes()));
        Inward::of(&tree, &HashMap::from_iter([("tsconfig.json".to_owned(), document)]))
    }

    #[test]
    fn without_a_word_of_it_every_name_is_a_package() {
        let inward = inward(r#"{ "compilerOptions": { "strict": true } }"#, &["src/utils.ts"]);
        for name in ["react", "@scope/x/y", "utils", "fs/promises"] {
            assert!(inward.is_package(name), "{name}");
        }
        for name in ["./a", "../a", "/a", "#a", "a/../../b", "file:///a", ""] {
            assert!(!inward.is_package(name), "{name}");
        }
        assert!(inward.is_plain("./a") && inward.is_plain("../a") && !inward.is_plain("a"));
    }

    #[test]
    fn what_is_mapped_or_bears_a_name_of_the_repository_may_lead_inward() {
        let mapped = inward(
            r#"{ "compilerOptions": { "paths": { "@/*": ["./src/*"], "db": ["./db.ts"] } } }"#,
            &[],
        );
        assert!(!mapped.is_package("@/a") && !mapped.is_package("db") && mapped.is_package("dbx"));
        let based = inward(r#"{ "compilerOptions": { "baseUrl": "." } }"#, &["lib/a.ts", "mail.ts"]);
        assert!(!based.is_package("lib/a") && !based.is_package("mail") && !based.is_package("mail.js"));
        assert!(based.is_package("react") && based.is_package("lib2/a"));
        assert!(!inward(r#"{ "compilerOptions": { "rootDirs": ["a", "b"] } }"#, &[]).is_plain("./a"));
    }

    #[test]
    fn what_can_not_be_read_may_say_anything() {
        for text in [
            r#"{ "compilerOptions": { "paths": "#,
            r#"{ "paths": {}, "compilerOptions": { "paths": {} } }"#,
        ] {
            assert!(!inward(text, &[]).is_package("react"), "{text}");
        }
        let escaped = inward(r#"{ "compilerOptions": { "b\u0061seUrl": "." } }"#, &["react.ts"]);
        assert!(!escaped.is_package("react") && !escaped.is_plain("./a"));
    }
}
