//! What the fuzz targets try, tried here for a few seconds each: their seeds, the files of the suite's own trees, and
//! what chance makes of both. `READYGATE_FUZZ` is the number of seconds; a scheduled workflow goes on for longer.

use std::path::Path;
use std::time::{Duration, Instant};

#[path = "../../fuzz/bodies/checklist.rs"]
mod checklist;
#[path = "../../fuzz/bodies/data.rs"]
mod data;
#[path = "../../fuzz/bodies/ignores.rs"]
mod ignores;
#[path = "../../fuzz/bodies/policy.rs"]
mod policy;
#[path = "../../fuzz/bodies/repository.rs"]
mod repository;
#[path = "../../fuzz/bodies/shell.rs"]
mod shell;

/// Longer inputs find nothing that shorter ones don't, and take all the time.
const LONGEST: usize = 16 * 1024;

/// Words that parsers stop at.
const WORDS: [&str; 24] = [
    "{", "}", "[", "]", "(", ")", "\"", "'", "`", "${", "}}", "${{ ", ": ", "- ", "\n", "\t", "\r\n", "\0", "&a ",
    "*a", "<<", "#", "//", "\u{feff}",
];

/// Chance that is the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    fn change(&mut self, input: &mut Vec<u8>, others: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(64)).min(input.len());
        match self.below(8) {
            0 if !input.is_empty() => {
                let at = at.min(input.len() - 1);
                input[at] ^= 1 << self.below(8);
            }
            1 => drop(input.drain(at..end)),
            2 => {
                let part = input[at..end].to_vec();
                let many = part.repeat(1 + self.below(40));
                input.splice(at..at, many);
            }
            3 => input.truncate(at),
            4 => {
                let word = WORDS[self.below(WORDS.len())].repeat(1 + self.below(300));
                input.splice(at..at, word.bytes());
            }
            5 => {
                let other = &others[self.below(others.len())];
                let from = self.below(other.len() + 1);
                input.splice(at..end, other[from..].iter().copied());
            }
            6 => input.insert(at, self.below(256) as u8),
            _ => {
                let word = WORDS[self.below(WORDS.len())];
                input.splice(at..end, word.bytes());
            }
        }
        input.truncate(LONGEST);
    }
}

/// Tells the input that a panic came of.
struct Tried<'a>(&'a [u8]);

impl Drop for Tried<'_> {
    #[allow(clippy::print_stderr, reason = "a panic's own message goes there")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input was {:?}", String::from_utf8_lossy(self.0));
        }
    }
}

fn fuzz(seeds: Vec<Vec<u8>>, run: fn(&[u8])) {
    assert!(!seeds.is_empty(), "there is nothing to begin with");
    let seconds = std::env::var("READYGATE_FUZZ")
        .ok()
        .and_then(|seconds| seconds.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(3));
    let try_one = |input: &[u8]| {
        let _tried = Tried(input);
        run(input);
    };
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    // The first are the seeds as they are, as many as there is time for.
    for seed in seeds.iter().take_while(|_| Instant::now() < until) {
        try_one(seed);
    }
    while Instant::now() < until {
        let mut input = seeds[chance.below(seeds.len())].clone();
        for _ in 0..=chance.below(4) {
            chance.change(&mut input, &seeds);
        }
        try_one(&input);
    }
}

/// The seeds that are kept for a target.
fn kept(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// The files below a folder of the project: the path within its tree, and what it holds. Every one of so many.
fn files(folder: &str, every: usize) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                walk(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found.sort();
    let within = |path: &Path| {
        let path = path.to_string_lossy().replace('\\', "/");
        let path = path
            .rsplit_once("/tree/")
            .map_or(path.as_str(), |(_, path)| path)
            .to_owned();
        // The trees keep hidden files under a name with an underscore.
        path.replace("_.", ".")
    };
    found
        .iter()
        .step_by(every)
        .map(|path| (within(path), std::fs::read(path).unwrap()))
        .collect()
}

#[test]
fn checklists_of_any_bytes_are_read() {
    fuzz(kept("checklist"), checklist::run);
}

#[test]
fn data_of_any_bytes_is_read() {
    let mut seeds = kept("data");
    for (path, bytes) in files("tests/checks/value", 5) {
        let first = match path.rsplit('.').next() {
            Some("json") => 0,
            Some("yml" | "yaml") => 1,
            Some("toml") => 2,
            _ => 3,
        };
        seeds.push([&[first][..], &bytes].concat());
    }
    fuzz(seeds, data::run);
}

#[test]
fn ignore_files_of_any_bytes_are_read() {
    fuzz(kept("ignores"), ignores::run);
}

#[test]
fn scripts_of_any_text_are_read() {
    fuzz(kept("shell"), shell::run);
}

#[test]
fn policies_of_any_text_are_read() {
    let mut seeds = kept("policy");
    seeds.extend(files("policies/examples", 20).into_iter().map(|(_, bytes)| bytes));
    fuzz(seeds, policy::run);
}

/// Modules, workflows, manifests, lockfiles, containers, schemas, migrations, variables: whatever a control reads.
#[test]
fn repositories_with_a_file_of_any_bytes_are_judged() {
    let trees = files("tests/checks", 3)
        .into_iter()
        .filter(|(path, _)| !path.starts_with('/'));
    let seeds = trees.map(|(path, bytes)| [path.as_bytes(), b"\n", &bytes].concat());
    fuzz(seeds.collect(), repository::run);
}
