//! Paths of the API, with every segment percent-encoded: octocrab encodes none.

/// The path and query of one call, relative to the API's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    path: String,
    query: String,
}

impl Route {
    /// A route of these segments. Each is encoded as a whole: a `/` in a branch name becomes `%2F`.
    pub fn new(segments: &[&str]) -> Self {
        let route = Self {
            path: String::new(),
            query: String::new(),
        };
        route.then(segments)
    }

    /// `/repos/OWNER/NAME`.
    pub fn repository(owner: &str, name: &str) -> Self {
        Self::new(&["repos", owner, name])
    }

    /// The same with further segments.
    #[must_use]
    pub fn then(mut self, segments: &[&str]) -> Self {
        for segment in segments {
            self.path.push('/');
            self.path.push_str(&encode(segment));
        }
        self
    }

    /// The same with a query parameter.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        self.query.push_str(&format!("{}={}", encode(key), encode(value)));
        self
    }

    /// Whether a query parameter is set.
    pub(super) fn has(&self, key: &str) -> bool {
        self.query
            .trim_start_matches('?')
            .split('&')
            .any(|pair| pair.split('=').next() == Some(key))
    }

    /// The path without the query: what messages name.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}{}", self.path, self.query)
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters. `.` and `..` would be steps in a path.
fn encode(segment: &str) -> String {
    let is_step = segment == "." || segment == "..";
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') || byte == b'.' && !is_step;
        if is_plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn no_name_can_leave_its_segment() {
        let route = Route::repository("o", "n").then(&["branches", "a/b#c?d%e f"]);
        assert_eq!(route.to_string(), "/repos/o/n/branches/a%2Fb%23c%3Fd%25e%20f");
        let steps = Route::repository("..", ".").with("ref", "x&y=ü");
        assert_eq!(steps.to_string(), "/repos/%2E%2E/%2E?ref=x%26y%3D%C3%BC");
        assert!(steps.has("ref") && !steps.has("per_page"));
    }
}
