//! Whether a version, or every version that a requirement allows, lies in a range.

use nodejs_semver::{Range, Version};

use super::Ecosystem;
use super::pep440::{Pep440, Specifiers};

/// Longer texts are no version and no range.
const LONGEST: usize = 256;

/// Whether a text is a range in the ecosystem's own words.
///
/// npm: `^4.17 || >=5`. Cargo and Go: `>=1.2, <2`, a bare number being `^`. PyPI: PEP 440 and Poetry's `^` and `~`.
///
/// # Errors
/// What is wrong with it.
pub fn check_range(ecosystem: Ecosystem, range: &str) -> Result<(), String> {
    let is_right = match ecosystem {
        Ecosystem::Npm => npm_range(range).is_some(),
        Ecosystem::Cargo | Ecosystem::Go => cargo_range(range).is_some(),
        Ecosystem::Pypi => specifiers(range).is_some(),
    };
    if is_right {
        Ok(())
    } else {
        Err(format!("`{range}` is not a version range of {}", ecosystem.as_str()))
    }
}

/// Whether a version lies in a range; `None` where one of them can't be read, or only an exact rule for
/// pre-releases would tell.
pub fn satisfies(ecosystem: Ecosystem, range: &str, version: &str) -> Option<bool> {
    match ecosystem {
        Ecosystem::Npm => in_range(&npm_range(range)?, version),
        Ecosystem::Cargo | Ecosystem::Go => in_range(&cargo_range(range)?, version),
        Ecosystem::Pypi => Some(specifiers(range)?.contains(&Pep440::parse(bounded(version)?)?)),
    }
}

/// Whether every version that a requirement allows lies in a range (`Some(true)`), none does (`Some(false)`),
/// or the day of the installation decides (`None`).
pub fn is_within(ecosystem: Ecosystem, range: &str, requirement: &str) -> Option<bool> {
    let (range, requirement) = match ecosystem {
        Ecosystem::Pypi => return specifiers(range)?.covers(&specifiers(requirement)?),
        Ecosystem::Npm => (npm_range(range)?, npm_range(requirement)?),
        Ecosystem::Cargo => (cargo_range(range)?, cargo_range(requirement)?),
        // Go's number is the least one, and the one taken unless another module asks for more.
        Ecosystem::Go => return in_range(&cargo_range(range)?, requirement),
    };
    if range.allows_all(&requirement) {
        Some(true)
    } else if range.allows_any(&requirement) {
        None
    } else {
        Some(false)
    }
}

fn bounded(text: &str) -> Option<&str> {
    (text.len() <= LONGEST).then_some(text)
}

fn specifiers(text: &str) -> Option<Specifiers> {
    Specifiers::parse(bounded(text)?)
}

fn npm_range(text: &str) -> Option<Range> {
    let text = bounded(text)?.trim();
    if text.is_empty() {
        return Some(Range::any());
    }
    Range::parse(text).ok()
}

/// Cargo's range in npm's words: commas join, and a bare number stands for `^`.
fn cargo_range(text: &str) -> Option<Range> {
    let text = bounded(text)?.trim();
    if text.is_empty() || text == "*" {
        return Some(Range::any());
    }
    let plain = text.replace(['v', 'V'], "");
    semver::VersionReq::parse(&plain).ok()?;
    let words: Vec<String> = plain
        .split(',')
        .map(|part| part.split_whitespace().collect::<String>())
        .map(|part| {
            if part.starts_with(|first: char| first.is_ascii_digit()) && !part.contains('*') {
                format!("^{part}")
            } else {
                part
            }
        })
        .collect();
    Range::parse(words.join(" ")).ok()
}

fn in_range(range: &Range, version: &str) -> Option<bool> {
    let version = bounded(version)?.trim();
    let version = version.strip_prefix('v').unwrap_or(version);
    let version = Version::parse(version).ok()?;
    let strict = range.satisfies(&version);
    if !version.is_prerelease() || strict {
        return Some(strict);
    }
    // npm leaves pre-releases out unless the range names one; the team may see it either way.
    (!range.satisfies_with_prerelease(&version, true)).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ecosystem_reads_ranges_in_its_own_way() {
        use Ecosystem::{Cargo, Go, Npm, Pypi};
        for (ecosystem, range, version, expected) in [
            (Npm, ">=4.17.0", "4.18.2", Some(true)),
            (Npm, ">=20 <23 || ^24.1", "24.0.0", Some(false)),
            (Npm, ">=5", "5.0.0-beta.1", Some(false)),
            (Npm, ">=4", "5.0.0-beta.1", None),
            (Cargo, "1.2", "1.9.0", Some(true)),
            (Cargo, ">=1.2, <1.5", "1.5.0", Some(false)),
            (Cargo, "0.2", "0.3.0", Some(false)),
            (Go, ">=1.9", "v1.10.0", Some(true)),
            (Go, ">=2", "v2.0.0+incompatible", Some(true)),
            (Pypi, ">=4.2", "4.10", Some(true)),
            (Npm, ">=4", "not a version", None),
        ] {
            assert_eq!(satisfies(ecosystem, range, version), expected, "{range} {version}");
        }
    }

    #[test]
    fn a_requirement_is_within_a_range_only_when_every_version_is() {
        use Ecosystem::{Cargo, Npm};
        assert_eq!(is_within(Npm, ">=4.17.0", "^4.18.0"), Some(true));
        assert_eq!(is_within(Npm, ">=4.17.0", "^4.16.0"), None);
        assert_eq!(is_within(Npm, ">=5", "^4.16.0"), Some(false));
        assert_eq!(is_within(Npm, ">=5", "*"), None);
        assert_eq!(is_within(Cargo, ">=1.0", "1.2"), Some(true));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(range in ".{0,40}", version in ".{0,40}", picks in 0..4usize) {
            let ecosystem = [Ecosystem::Npm, Ecosystem::Pypi, Ecosystem::Cargo, Ecosystem::Go][picks];
            let _ = satisfies(ecosystem, &range, &version);
            let _ = is_within(ecosystem, &range, &version);
        }

        #[test]
        fn no_text_made_of_version_letters_panics(
            range in "[0-9.*x<>=~^|!,a-c+ -]{0,30}", version in "[0-9.*x<>=~^|!,a-c+ -]{0,30}", picks in 0..4usize,
        ) {
            let ecosystem = [Ecosystem::Npm, Ecosystem::Pypi, Ecosystem::Cargo, Ecosystem::Go][picks];
            let _ = satisfies(ecosystem, &range, &version);
            let _ = is_within(ecosystem, &range, &version);
        }
    }
}
