//! Text that was damaged as a whole: UTF-8 once read with another encoding and stored again.

use encoding_rs::{EUC_KR, MACINTOSH};

/// How a text was damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// Its UTF-8 was read as Mac Roman.
    MacRoman,
    /// Its UTF-8 was read as Korean Johab (code page 1361).
    Johab,
}

impl Damage {
    /// The encoding's name, as a person knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MacRoman => "Mac Roman",
            Self::Johab => "Johab",
        }
    }

    /// The bytes that a character stood for before the damage; `None` if it can't come from this damage.
    fn bytes(self, character: char) -> Option<Vec<u8>> {
        if character.is_ascii() {
            return u8::try_from(character).ok().map(|byte| vec![byte]);
        }
        match self {
            Self::MacRoman => {
                let mut buffer = [0; 4];
                let (bytes, _, is_lossy) = MACINTOSH.encode(character.encode_utf8(&mut buffer));
                (!is_lossy).then(|| bytes.into_owned())
            }
            Self::Johab => johab(character).map(Vec::from),
        }
    }

    /// The text as it was, if every character comes from this damage and what comes out is text again.
    fn undo(self, text: &str) -> Option<String> {
        let mut bytes = Vec::with_capacity(text.len());
        for character in text.chars() {
            if character.is_ascii() {
                bytes.push(u8::try_from(character).ok()?);
            } else {
                bytes.extend(self.bytes(character)?);
            }
        }
        String::from_utf8(bytes).ok()
    }

    /// The column (in characters, from 1) of a damaged line at which the word stands whose bytes begin after
    /// `before` bytes of the line as it was.
    pub fn column(self, damaged_line: &str, before: usize) -> u32 {
        let mut seen = 0;
        for (index, character) in damaged_line.chars().enumerate() {
            let length = self.bytes(character).map_or(1, |bytes| bytes.len());
            // Johab's second byte may be a character of its own: then the word begins within this one.
            if seen + length > before {
                return u32::try_from(index + 1).unwrap_or(u32::MAX);
            }
            seen += length;
        }
        u32::try_from(damaged_line.chars().count() + 1).unwrap_or(u32::MAX)
    }
}

/// The text as it was before it was damaged; `None` for a text that is not damaged in a way known here.
///
/// Each encoding is tried on the whole text, and counts only if every character comes from it and the result is
/// UTF-8 with fewer characters: text that people wrote has some character or sequence that has no such origin.
/// Line breaks are the same in all of them, so lines keep their numbers.
pub fn restore(text: &str) -> Option<(String, Damage)> {
    if text.is_ascii() {
        return None;
    }
    let foreign = |text: &str| text.chars().filter(|character| !character.is_ascii()).count();
    let before = foreign(text);
    [Damage::MacRoman, Damage::Johab].into_iter().find_map(|damage| {
        let restored = damage.undo(text)?;
        let after = foreign(&restored);
        (0 < after && after < before).then_some((restored, damage))
    })
}

/// A character's two bytes in Johab (KS X 1001:1992, annex 3).
fn johab(character: char) -> Option<[u8; 2]> {
    let code = u32::from(character);
    if (0xAC00..=0xD7A3).contains(&code) {
        let index = code - 0xAC00;
        return Some(syllable(index / 588, index / 28 % 21, index % 28).to_be_bytes());
    }
    let mut buffer = [0; 4];
    let (bytes, _, is_lossy) = EUC_KR.encode(character.encode_utf8(&mut buffer));
    let [row, cell] = <[u8; 2]>::try_from(bytes.as_ref()).ok().filter(|_| !is_lossy)?;
    let (row, cell) = (row.checked_sub(0x80)?, cell.checked_sub(0x80)?);
    // Rows of symbols and rows of Chinese characters; two rows share one leading byte.
    let pair = match row {
        0x21..=0x2C => u16::from(row - 0x21) + 0x1B2,
        0x4A..=0x7D => u16::from(row - 0x21) + 0x197,
        _ => return None,
    };
    let place = u16::from(cell.checked_sub(0x21)?) + if pair % 2 == 1 { 0x5E } else { 0 };
    let second = place + if place < 0x4E { 0x31 } else { 0x43 };
    Some([u8::try_from(pair / 2).ok()?, u8::try_from(second).ok()?])
}

/// A syllable of its parts' numbers in Unicode: five bits each, with gaps.
fn syllable(initial: u32, medial: u32, last: u32) -> u16 {
    let medial = medial + 3 + [0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 6, 6, 6, 6][medial as usize % 21];
    let last = last + if last < 17 { 1 } else { 2 };
    u16::try_from(0x8000 | (initial + 2) << 10 | medial << 5 | last).unwrap_or(0x8000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_undone_and_lines_stay() {
        let mac = "# √úber\n- [ ] \u{201a}\u{00fa}\u{00d6} done\n";
        let (restored, damage) = restore(mac).expect("damaged");
        assert_eq!(
            (restored.as_str(), damage),
            ("# Über\n- [ ] ✅ done\n", Damage::MacRoman)
        );
        let (restored, damage) = restore("- [九늏 first\n游댮 second\n").expect("damaged");
        assert_eq!((restored.as_str(), damage), ("- [✓] first\n🔴 second\n", Damage::Johab));
    }

    #[test]
    fn text_that_people_wrote_is_left_alone() {
        for text in [
            "plain",
            "déjà vu – naïve",
            "Não há",
            "✅ fertig",
            "한국어 문서",
            "漢字",
            "日本語のリスト",
            "«été»",
            "Ünïcödé £5 ©",
            "“quoted”",
        ] {
            assert_eq!(restore(text), None, "{text}");
        }
    }

    #[test]
    fn columns_are_those_of_the_damaged_line() {
        assert_eq!(Damage::Johab.column("- [九늏 first", "- [✓] ".len()), 7);
        assert_eq!(Damage::MacRoman.column("‚úÖ done", "✅ ".len()), 5);
    }
}
