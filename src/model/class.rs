//! What kind of file a path names: whether it is evidence of running code.

use serde::Serialize;

/// The class of a path. Only `Source` is evidence of what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Written by the team, for production: code, configuration, manifests.
    Source,
    /// Somebody else's code, copied in: `node_modules`, `vendor`, virtual environments.
    Vendored,
    /// Made by a tool from something else that is in the repository.
    Generated,
    /// Build output.
    Built,
    /// Tests and their fixtures.
    Test,
    /// Examples, demos and templates.
    Example,
    /// Laid aside: kept to be looked up, and neither built nor run.
    Archived,
    /// Documentation.
    Documentation,
}

/// Folders whose content is somebody else's.
const VENDORED: [&str; 9] = [
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "site-packages",
    ".venv",
    "venv",
    ".yarn",
    "Pods",
];
/// Folders that hold build output.
const BUILT: [&str; 12] = [
    "dist",
    "build",
    "out",
    ".next",
    ".nuxt",
    ".output",
    "target",
    "coverage",
    ".turbo",
    ".vite",
    ".vite_cache",
    ".parcel-cache",
];
/// Folders that hold what was laid aside. A plain `archive` further down may be a part of a program.
const ARCHIVED: [&str; 4] = ["_archive", "_archived", ".archive", ".archived"];
/// The same at the root alone.
const ARCHIVED_AT_ROOT: [&str; 2] = ["archive", "archived"];
/// Folders that tools write what they found into.
const REPORTS: [&str; 8] = [
    "playwright-report",
    "test-results",
    "allure-report",
    "allure-results",
    "mochawesome-report",
    "lighthouse-reports",
    ".lighthouseci",
    ".nyc_output",
];
/// Folders that hold tests.
const TEST: [&str; 12] = [
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "__fixtures__",
    "spec",
    "specs",
    "e2e",
    "cypress",
    "fixtures",
    "testdata",
    "__snapshots__",
];
/// Folders that hold examples.
const EXAMPLE: [&str; 5] = ["example", "examples", "demo", "demos", "samples"];
/// Folders that hold documents.
const DOCUMENTATION: [&str; 3] = ["docs", "doc", "documentation"];
/// Folders that hold generated code.
const GENERATED: [&str; 3] = ["__generated__", "generated", ".prisma"];

impl Class {
    /// The class by the path's names alone. The outermost telling folder decides; in an address of Next.js none tells:
    /// `app/docs/page.tsx`, `app/exams/[id]/test/page.tsx` are pages of those names.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        let is_of_next = is_of_next(name);
        let is_code = is_code(name);
        let (mut is_address, mut is_archived) = (false, false);
        for (depth, part) in path.strip_suffix(name).unwrap_or_default().split('/').enumerate() {
            // Reports lie at the root, or in folders that tools name; a module or a page of such a name is written by hand.
            let is_report =
                !is_code && REPORTS.contains(&part) || depth == 0 && part == "reports" && name.ends_with(".html");
            let is_archive = depth == 0 && ARCHIVED_AT_ROOT.contains(&part);
            match Self::of_folder(part).or(is_archive.then_some(Self::Archived)) {
                Some(class @ (Self::Vendored | Self::Built)) => return class,
                // What is somebody else's is that wherever it lies.
                Some(Self::Archived) if !is_address => is_archived = true,
                Some(class) if !is_address && !is_archived => return class,
                _ if is_report => return Self::Generated,
                _ => {}
            }
            is_address |= is_of_next && part == "app";
        }
        if is_archived {
            Self::Archived
        } else {
            Self::of_file(name)
        }
    }

    fn of_folder(name: &str) -> Option<Self> {
        [
            (Self::Vendored, VENDORED.as_slice()),
            (Self::Built, &BUILT),
            (Self::Test, &TEST),
            (Self::Example, &EXAMPLE),
            (Self::Archived, &ARCHIVED),
            (Self::Documentation, &DOCUMENTATION),
            (Self::Generated, &GENERATED),
        ]
        .into_iter()
        .find(|(_, names)| names.contains(&name))
        .map(|(class, _)| class)
        .or_else(|| name.ends_with("-examples").then_some(Self::Example))
    }

    fn of_file(name: &str) -> Self {
        let is_test = [".test.", ".spec.", ".stories.", "_test."]
            .iter()
            .any(|mark| name.contains(mark))
            || name.starts_with("test_") && name.ends_with(".py")
            || name == "conftest.py";
        let is_generated = [
            ".min.js",
            ".min.css",
            ".map",
            ".pb.go",
            "_pb2.py",
            ".g.dart",
            ".generated.ts",
        ]
        .iter()
        .any(|ending| name.ends_with(ending));
        if is_generated {
            Self::Generated
        } else if is_chunk(name) || is_of_flutter(name) {
            Self::Built
        } else if is_test {
            Self::Test
        } else if [".md", ".mdx", ".rst", ".adoc"]
            .iter()
            .any(|ending| name.ends_with(ending))
        {
            Self::Documentation
        } else {
            Self::Source
        }
    }

    /// Whether files of this class are never opened, whatever a control asks for.
    pub fn is_never_read(self) -> bool {
        match self {
            Self::Vendored => true,
            Self::Source
            | Self::Generated
            | Self::Built
            | Self::Test
            | Self::Example
            | Self::Archived
            | Self::Documentation => false,
        }
    }

    /// Whether files of this class say nothing of the repository as it is: somebody else's, and what was laid aside.
    pub fn is_of_nobody(self) -> bool {
        matches!(self, Self::Vendored | Self::Archived)
    }
}

/// Whether a name is that of a program's source.
fn is_code(name: &str) -> bool {
    const ENDINGS: [&str; 12] = [
        "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro", "py",
    ];
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// Whether Next.js looks for a file of this name in each folder of `app`, whose names make the address.
/// <https://nextjs.org/docs/app/api-reference/file-conventions>
fn is_of_next(name: &str) -> bool {
    const STEMS: [&str; 8] = [
        "page",
        "route",
        "layout",
        "template",
        "loading",
        "error",
        "default",
        "not-found",
    ];
    let stem = [".tsx", ".ts", ".jsx", ".js"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending));
    stem.is_some_and(|stem| STEMS.contains(&stem))
}

/// Whether Flutter's build for browsers writes a file of this name. <https://docs.flutter.dev/platform-integration/web/initialization>
fn is_of_flutter(name: &str) -> bool {
    const WRITTEN: [&str; 3] = ["flutter.js", "flutter_bootstrap.js", "flutter_service_worker.js"];
    name.ends_with(".dart.js") || WRITTEN.contains(&name)
}

/// Whether a bundler named a file by what is in it: `161.d17e5280.chunk.js`.
fn is_chunk(name: &str) -> bool {
    let Some(stem) = [".js", ".mjs", ".css"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
    else {
        return false;
    };
    let is_hash = |part: &str| {
        let is_hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (8..=20).contains(&part.len())
            && part.bytes().all(is_hexadecimal)
            && part.bytes().any(|byte| byte.is_ascii_digit())
            && part.bytes().any(|byte| byte.is_ascii_lowercase())
    };
    // A date is no hash, and without the word a version may look like one.
    let hash = stem.strip_suffix(".chunk").and_then(|stem| stem.rsplit_once('.'));
    // What Workbox writes beside a service worker.
    let workbox = stem.strip_prefix("workbox-");
    hash.map(|(_, hash)| hash).or(workbox).is_some_and(is_hash)
}

#[cfg(test)]
mod tests {
    use super::Class;

    #[test]
    fn what_a_bundler_named_by_its_content_is_built() {
        assert_eq!(Class::of("web/static/js/161.d17e5280.chunk.js"), Class::Built);
        assert_eq!(Class::of("static/css/main.0f3a9b2c.chunk.css"), Class::Built);
        assert_eq!(Class::of("src/pay.20240101.js"), Class::Source);
        assert_eq!(Class::of("src/pay.20240101.chunk.js"), Class::Source);
        assert_eq!(Class::of("src/facade.test.js"), Class::Test);
        assert_eq!(Class::of("src/some.decade.js"), Class::Source);
        assert_eq!(Class::of("web/public/workbox-5b86407a.js"), Class::Built);
        assert_eq!(Class::of("src/workbox-window.js"), Class::Source);
        assert_eq!(Class::of("web/.vite_cache/deps/react.js"), Class::Built);
        assert_eq!(Class::of("main.dart.js"), Class::Built);
        assert_eq!(Class::of("web/flutter_bootstrap.js"), Class::Built);
        assert_eq!(Class::of("web/flutter-view.js"), Class::Source);
    }

    #[test]
    fn what_was_laid_aside_is_archived() {
        assert_eq!(Class::of("_archive/v1/api/src/index.ts"), Class::Archived);
        assert_eq!(Class::of("apps/api/_archived/pay.test.ts"), Class::Archived);
        assert_eq!(Class::of("archive/v1/migrations/1.sql"), Class::Archived);
        assert_eq!(Class::of("_archive/node_modules/a/index.js"), Class::Vendored);
        assert_eq!(Class::of("src/archive/index.ts"), Class::Source);
        assert_eq!(Class::of("app/archive/page.tsx"), Class::Source);
        assert_eq!(Class::of("docs/archive/plan.md"), Class::Documentation);
        assert_eq!(Class::of("archive.ts"), Class::Source);
    }

    #[test]
    fn the_outermost_telling_folder_decides() {
        assert_eq!(Class::of("backend/node_modules/x/test/a.js"), Class::Vendored);
        assert_eq!(Class::of("tests/vendor/a.js"), Class::Test);
        assert_eq!(Class::of("src/a.test.ts"), Class::Test);
        assert_eq!(Class::of("README.md"), Class::Documentation);
        assert_eq!(Class::of("web/playwright-report/index.html"), Class::Generated);
        assert_eq!(Class::of("reports/load.html"), Class::Generated);
        assert_eq!(Class::of("public/reports/index.html"), Class::Source);
        assert_eq!(Class::of("src/test-results/routes.js"), Class::Source);
        assert_eq!(Class::of("e/playwright-report/index.html"), Class::Generated);
        assert_eq!(Class::of("src/reports/page.tsx"), Class::Source);
        assert_eq!(Class::of("backend/src/index.ts"), Class::Source);
        assert_eq!(Class::of(".github/workflows/ci.yml"), Class::Source);
    }

    #[test]
    fn folders_of_an_address_tell_nothing() {
        assert_eq!(Class::of("src/app/exams/[id]/test/[attempt]/page.tsx"), Class::Source);
        assert_eq!(Class::of("app/docs/layout.js"), Class::Source);
        assert_eq!(Class::of("examples/web/app/page.tsx"), Class::Example);
        assert_eq!(Class::of("app/test/helper.ts"), Class::Test);
        assert_eq!(Class::of("app/node_modules/foo/lib/error.js"), Class::Vendored);
        assert_eq!(Class::of("app/dist/default.js"), Class::Built);
        assert_eq!(Class::of("test/app.js"), Class::Test);
        assert_eq!(Class::of("src/test/route.ts"), Class::Test);
    }
}
