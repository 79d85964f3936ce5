//! Python's versions and the specifiers over them (PEP 440), as far as a comparison needs them.

use std::cmp::Ordering;

/// A version. Its order is PEP 440's; a local label (`+cu118`) takes no part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pep440 {
    epoch: u64,
    release: Vec<u64>,
    /// `(-1, n)` a development release alone, `(0..=2, n)` alpha, beta, candidate, `(3, 0)` the release itself.
    stage: (i8, u64),
    post: Option<u64>,
    dev: Option<u64>,
}

impl Pep440 {
    /// Reads a version as PEP 440 normalises it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_prefix('v').unwrap_or(&text);
        let text = text.split('+').next()?;
        let (epoch, rest) = match text.split_once('!') {
            Some((epoch, rest)) => (epoch.parse().ok()?, rest),
            None => (0, text),
        };
        let end = rest
            .find(|letter: char| !(letter.is_ascii_digit() || letter == '.'))
            .unwrap_or(rest.len());
        let numbers = rest[..end].trim_end_matches('.');
        let release: Vec<u64> = numbers
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        let mut version = Self {
            epoch,
            release,
            stage: (3, 0),
            post: None,
            dev: None,
        };
        version.read_suffix(&rest[end..])?;
        if version.dev.is_some() && version.stage == (3, 0) && version.post.is_none() {
            version.stage = (-1, 0);
        }
        while version.release.last() == Some(&0) && version.release.len() > 1 {
            version.release.pop();
        }
        Some(version)
    }

    fn read_suffix(&mut self, mut rest: &str) -> Option<()> {
        const STAGES: [(&str, i8); 8] = [
            ("alpha", 0),
            ("beta", 1),
            ("preview", 2),
            ("pre", 2),
            ("rc", 2),
            ("a", 0),
            ("b", 1),
            ("c", 2),
        ];
        loop {
            let dashed = rest.starts_with('-');
            rest = rest.trim_start_matches(['.', '-', '_']);
            if rest.is_empty() {
                return Some(());
            }
            let word_end = rest
                .find(|letter: char| !letter.is_ascii_alphabetic())
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(word_end);
            let after = after.trim_start_matches(['.', '-', '_']);
            let number_end = after
                .find(|letter: char| !letter.is_ascii_digit())
                .unwrap_or(after.len());
            let number = if number_end == 0 {
                0
            } else {
                after[..number_end].parse().ok()?
            };
            rest = &after[number_end..];
            match word {
                "post" | "rev" | "r" => self.post = Some(number),
                "" if dashed => self.post = Some(number),
                "dev" => self.dev = Some(number),
                other => {
                    let stage = STAGES.iter().find(|(name, _)| *name == other)?.1;
                    self.stage = (stage, number);
                }
            }
        }
    }

    /// The first versions after all those that start with the same `length` numbers.
    fn after_prefix(&self, length: usize) -> Self {
        let mut release: Vec<u64> = (0..length.max(1)).map(|index| self.number(index)).collect();
        if let Some(last) = release.last_mut() {
            *last = last.saturating_add(1);
        }
        // `.dev0` comes before every pre-release of that number.
        Self {
            epoch: self.epoch,
            release,
            stage: (-1, 0),
            post: None,
            dev: Some(0),
        }
    }

    fn first_of(&self) -> Self {
        Self {
            stage: (-1, 0),
            post: None,
            dev: Some(0),
            ..self.clone()
        }
    }

    fn number(&self, index: usize) -> u64 {
        self.release.get(index).copied().unwrap_or(0)
    }
}

impl Ord for Pep440 {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.release.len().max(other.release.len());
        let by_release = (0..length)
            .map(|index| self.number(index).cmp(&other.number(index)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal);
        let dev = |version: &Self| version.dev.map_or((1, 0), |number| (0, number));
        self.epoch
            .cmp(&other.epoch)
            .then(by_release)
            .then(self.stage.cmp(&other.stage))
            .then(
                self.post
                    .map_or(0, |number| number + 1)
                    .cmp(&other.post.map_or(0, |number| number + 1)),
            )
            .then(dev(self).cmp(&dev(other)))
    }
}

impl PartialOrd for Pep440 {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// All versions between two bounds, but for some.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Specifiers {
    /// The least version, and whether it is in.
    low: Option<(Pep440, bool)>,
    /// The greatest version, and whether it is in.
    high: Option<(Pep440, bool)>,
    /// Spans that are left out: from the first up to, and without, the second.
    holes: Vec<(Pep440, Pep440)>,
    /// Single versions that are left out.
    not: Vec<Pep440>,
}

impl Specifiers {
    /// Reads specifiers joined by commas; Poetry's `^` and `~` too. The empty text is every version.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut found = Self::default();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty() && *part != "*")
        {
            found.narrow(part)?;
        }
        Some(found)
    }

    fn narrow(&mut self, part: &str) -> Option<()> {
        const OPERATORS: [&str; 10] = ["===", "==", "~=", "!=", ">=", "<=", ">", "<", "^", "~"];
        let operator = OPERATORS
            .into_iter()
            .find(|operator| part.starts_with(operator))
            .unwrap_or("");
        let text = part[operator.len()..].trim();
        let (text, is_prefix) = match text.strip_suffix(".*") {
            Some(prefix) => (prefix, true),
            None => (text, false),
        };
        let version = Pep440::parse(text)?;
        let length = text.trim_start_matches(['v', 'V']).split('.').count();
        match (operator, is_prefix) {
            ("==" | "", true) => {
                self.raise(version.first_of(), true);
                self.lower(version.after_prefix(length), false);
            }
            ("!=", true) => self.holes.push((version.first_of(), version.after_prefix(length))),
            ("==" | "===" | "", false) => {
                self.raise(version.clone(), true);
                self.lower(version, true);
            }
            ("!=", false) => self.not.push(version),
            (">=", false) => self.raise(version, true),
            // PEP 440: `>` leaves out the version's own post-releases, `<` its own pre-releases.
            (">", false) => self.raise(version, false),
            ("<=", false) => self.lower(version, true),
            ("<", false) => self.lower(version.first_of(), false),
            ("~=", false) if length >= 2 => {
                self.lower(version.after_prefix(length - 1), false);
                self.raise(version, true);
            }
            ("^", false) => {
                let first = version.release.iter().position(|number| *number > 0);
                let kept = first.map_or(length, |index| index + 1);
                self.lower(version.after_prefix(kept), false);
                self.raise(version, true);
            }
            ("~", false) => {
                self.lower(version.after_prefix(length.min(2)), false);
                self.raise(version, true);
            }
            _ => return None,
        }
        Some(())
    }

    fn raise(&mut self, version: Pep440, is_in: bool) {
        let tighter = match &self.low {
            None => true,
            Some((known, known_in)) => version > *known || version == *known && *known_in && !is_in,
        };
        if tighter {
            self.low = Some((version, is_in));
        }
    }

    fn lower(&mut self, version: Pep440, is_in: bool) {
        let tighter = match &self.high {
            None => true,
            Some((known, known_in)) => version < *known || version == *known && *known_in && !is_in,
        };
        if tighter {
            self.high = Some((version, is_in));
        }
    }

    /// Whether a version is among them.
    pub(super) fn contains(&self, version: &Pep440) -> bool {
        let above = self
            .low
            .as_ref()
            .is_none_or(|(low, is_in)| version > low || *is_in && version == low);
        let below = self
            .high
            .as_ref()
            .is_none_or(|(high, is_in)| version < high || *is_in && version == high);
        let in_hole = self.holes.iter().any(|(from, to)| version >= from && version < to);
        above && below && !in_hole && !self.not.contains(version)
    }

    /// Whether all of another's versions are among these (`Some(true)`), none is (`Some(false)`), or it depends.
    pub(super) fn covers(&self, other: &Self) -> Option<bool> {
        if apart(&self.high, &other.low) || apart(&other.high, &self.low) {
            return Some(false);
        }
        let low_covers = match (&self.low, &other.low) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((mine, mine_in)), Some((theirs, theirs_in))) => {
                mine < theirs || mine == theirs && (*mine_in || !*theirs_in)
            }
        };
        let high_covers = match (&self.high, &other.high) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((mine, mine_in)), Some((theirs, theirs_in))) => {
                mine > theirs || mine == theirs && (*mine_in || !*theirs_in)
            }
        };
        let is_whole = self.holes.is_empty() && self.not.is_empty();
        (low_covers && high_covers && is_whole).then_some(true)
    }
}

/// Whether an upper bound lies below a lower one.
fn apart(high: &Option<(Pep440, bool)>, low: &Option<(Pep440, bool)>) -> bool {
    match (high, low) {
        (Some((high, high_in)), Some((low, low_in))) => high < low || high == low && !(*high_in && *low_in),
        (None, _) | (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Pep440 {
        Pep440::parse(text).expect("a version")
    }

    #[test]
    fn the_order_is_that_of_pep_440() {
        // The example of PEP 440, "Summary of permitted suffixes and relative ordering".
        let ordered = [
            "1.dev0",
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
            "1!0.1",
        ];
        for pair in ordered.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{} < {}", pair[0], pair[1]);
        }
        assert_eq!(version("1.0"), version("v1.0.0"));
        assert_eq!(version("1.0-1"), version("1.0.post1"));
    }

    #[test]
    fn specifiers_take_what_they_should() {
        for (specifiers, inside, outside) in [
            ("==4.2.*", "4.2.9", "4.3"),
            ("~=4.2", "4.9", "5.0"),
            ("~=4.2.1", "4.2.8", "4.3.0"),
            ("^1.2", "1.9", "2.0"),
            ("^0.2.3", "0.2.9", "0.3.0"),
            ("~1.2", "1.2.9", "1.3"),
            (">=1,<2,!=1.5", "1.6", "1.5.0"),
            ("<2", "1.9", "2.0rc1"),
            ("", "1", ""),
        ] {
            let found = Specifiers::parse(specifiers).expect("specifiers");
            assert!(found.contains(&version(inside)), "{specifiers} takes {inside}");
            if !outside.is_empty() {
                assert!(!found.contains(&version(outside)), "{specifiers} refuses {outside}");
            }
        }
        assert_eq!(Specifiers::parse(">=banana"), None);
    }

    #[test]
    fn covering_is_said_only_where_it_is_certain() {
        let covers = |mine: &str, theirs: &str| {
            Specifiers::parse(mine)
                .expect("mine")
                .covers(&Specifiers::parse(theirs).expect("theirs"))
        };
        assert_eq!(covers(">=4.2", "==4.2.1"), Some(true));
        assert_eq!(covers(">=4.2", ">=4.1"), None);
        assert_eq!(covers(">=4.2", "<4"), Some(false));
        assert_eq!(covers(">=4.2", "~=4.2"), Some(true));
        assert_eq!(covers(">=4.2", ""), None);
    }
}
