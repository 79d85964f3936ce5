//! The names of the formats.

use std::str::FromStr;

use crate::text::nearest;

/// A format that a report can be rendered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// The contract with scripts.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub's Markdown.
    Markdown,
    /// GitHub's workflow commands.
    Github,
}

impl Format {
    /// All formats, the default first.
    pub const ALL: [Self; 5] = [Self::Human, Self::Json, Self::Sarif, Self::Markdown, Self::Github];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
            Self::Github => "github",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    /// # Errors
    /// What is wrong with the name, and which names there are.
    fn from_str(name: &str) -> Result<Self, String> {
        if let Some(format) = Self::ALL.into_iter().find(|format| format.as_str() == name) {
            return Ok(format);
        }
        let names = Self::ALL.map(Self::as_str);
        let list = names.join(", ");
        if matches!(name, "junit" | "html") {
            return Err(format!(
                "the format `{name}` is not there yet, it comes later; use one of {list}"
            ));
        }
        Err(match nearest(name, names) {
            Some(near) => format!("there is no format `{name}`; did you mean `{near}`? There are {list}"),
            None => format!("there is no format `{name}`; use one of {list}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn every_name_is_read_back_and_others_are_explained() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        let later = "junit".parse::<Format>().expect_err("comes later");
        assert!(later.contains("`junit` is not there yet"), "{later}");
        let near = "jsn".parse::<Format>().expect_err("misspelt");
        assert!(near.contains("did you mean `json`?"), "{near}");
    }
}
