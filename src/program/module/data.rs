//! What is loaded and holds no code.

/// Endings of files that bundlers and Node.js load as data: no module stands behind them.
const DATA: [&str; 44] = [
    "json", "json5", "jsonc", "yaml", "yml", "toml", "csv", "tsv", "txt", "md", "xml", "graphql", "gql", "sql", "css",
    "scss", "sass", "less", "styl", "pcss", "svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "bmp", "woff",
    "woff2", "ttf", "otf", "eot", "pdf", "mp3", "mp4", "webm", "wav", "ogg", "glb", "gltf", "po", "geojson",
];

/// Whether what is asked for is data by its ending; a bundler's query behind it says how it is loaded.
pub(in crate::program) fn is_data(specifier: &str) -> bool {
    let path = specifier.split(['?', '#']).next().unwrap_or(specifier);
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| DATA.contains(&ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_known_by_its_ending_and_code_is_not() {
        for data in ["./en.json", "../a.svg?react", "./x.module.CSS", ".json"] {
            assert!(is_data(data), "{data}");
        }
        for code in [
            "./en",
            "./x.js",
            "./json",
            "./worker.ts?worker",
            "./a.vue",
            "./page.mdx",
        ] {
            assert!(!is_data(code), "{code}");
        }
    }
}
