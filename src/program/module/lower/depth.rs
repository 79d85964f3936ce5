//! How deeply a text is nested, before anything recursive looks at it.

/// What walking a text takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Any stack will do.
    Usual,
    /// A large stack is needed.
    Deep,
    /// It is not to be walked.
    Hostile,
}

/// Nesting of brackets and elements, and operators in a row, up to which any stack will do; and what nobody writes.
const NESTING: (usize, usize) = (40, 1_000);
const ELEMENTS: (usize, usize) = (200, 5_000);
const CHAIN: (usize, usize) = (150, 40_000);

impl Depth {
    /// Counts without parsing: what stands in strings and comments counts as well, so the answer is rarely too low.
    pub(super) fn of(text: &str) -> Self {
        let (mut nesting, mut elements, mut chain) = (Peak::default(), Peak::default(), Peak::default());
        let bytes = text.as_bytes();
        for (index, byte) in bytes.iter().enumerate() {
            match byte {
                b'(' | b'[' | b'{' => nesting.up(),
                b')' | b']' | b'}' => nesting.down(),
                b'<' if bytes.get(index + 1).is_some_and(u8::is_ascii_alphabetic) => elements.up(),
                b'<' if bytes.get(index + 1) == Some(&b'/') => elements.down(),
                b'/' if bytes.get(index + 1) == Some(&b'>') => elements.down(),
                _ => {}
            }
            match byte {
                b';' | b',' => chain.now = 0,
                byte if byte.is_ascii_punctuation() && !matches!(byte, b'_' | b'$' | b'"' | b'\'') => chain.up(),
                _ => {}
            }
        }
        let is_over = |which: fn((usize, usize)) -> usize| {
            nesting.most > which(NESTING) || elements.most > which(ELEMENTS) || chain.most > which(CHAIN)
        };
        if is_over(|(_, hostile)| hostile) {
            Self::Hostile
        } else if is_over(|(usual, _)| usual) {
            Self::Deep
        } else {
            Self::Usual
        }
    }
}

#[derive(Default)]
struct Peak {
    now: usize,
    most: usize,
}

impl Peak {
    fn up(&mut self) {
        self.now += 1;
        self.most = self.most.max(self.now);
    }

    fn down(&mut self) {
        self.now = self.now.saturating_sub(1);
    }
}
