//! The secret that opens the API.

/// A token for GitHub's API. Its `Debug` prints `***`, and nothing else prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token from its text; `None` for an empty one, which is what an unset input gives.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The kind that its first letters tell.
    pub fn kind(&self) -> Option<super::TokenKind> {
        super::TokenKind::of(&self.0)
    }

    /// The header that carries it; `None` when it has characters that no token has.
    pub(super) fn header(&self) -> Option<http::HeaderValue> {
        let mut value = http::HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn a_token_is_never_printed() {
        let token = Token::new(" ghs_abc\n");
        assert_eq!(format!("{token:?}"), "Some(***)");
        let header = token.and_then(|token| token.header());
        assert_eq!(format!("{header:?}"), "Some(Sensitive)");
        assert_eq!(Token::new(" \n"), None);
    }
}
