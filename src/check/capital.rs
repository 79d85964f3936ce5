//! The folder of documents, which some write with a capital.

/// A pattern with the folder of documents as some write it, `Docs`, where it names that folder.
pub(super) fn with_capital(written: &str) -> Option<String> {
    const FOLDERS: [(&str, &str); 3] = [("doc", "Doc"), ("docs", "Docs"), ("documentation", "Documentation")];
    let capital = |word: &str| {
        FOLDERS
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, capital)| *capital)
    };
    let parts: Vec<&str> = written.split('/').collect();
    let (_, folders) = parts.split_last()?;
    let at = folders.iter().position(|part| {
        let words = part.trim_matches(['{', '}']).split(',');
        words.clone().any(|word| capital(word).is_some())
    })?;
    let part = parts[at];
    let known: Vec<&str> = part.trim_matches(['{', '}']).split(',').filter_map(capital).collect();
    let part = match known.as_slice() {
        [one] => (*one).to_owned(),
        several => format!("{{{}}}", several.join(",")),
    };
    let parts: Vec<&str> = parts
        .iter()
        .enumerate()
        .map(|(index, one)| if index == at { &part } else { *one })
        .collect();
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::with_capital;

    #[test]
    fn the_folder_of_documents_alone_is_written_otherwise() {
        let with_capital = |written: &str| with_capital(written);
        assert_eq!(with_capital("docs/**/*.md").as_deref(), Some("Docs/**/*.md"));
        assert_eq!(
            with_capital("**/{docs,infra,doc}/x.md").as_deref(),
            Some("**/{Docs,Doc}/x.md")
        );
        for none in ["docs", "README.md", "**/docs.md", "src/docs-site/a.md"] {
            assert_eq!(with_capital(none), None, "{none}");
        }
    }
}
