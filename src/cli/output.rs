//! Where each format goes: one of them to standard output, the others to files.

use std::path::PathBuf;

use crate::report::Format;

/// `FORMAT` or `FORMAT=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatArgument {
    /// The format.
    pub format: Format,
    /// The file; `None` for standard output.
    pub file: Option<PathBuf>,
}

impl std::str::FromStr for FormatArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err("a file name is missing after `=`".to_owned()),
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (text, None),
        };
        Ok(Self {
            format: format.parse().map_err(|error: String| error)?,
            file,
        })
    }
}

/// At most one format goes to standard output; without any, it is `human`.
///
/// # Errors
/// The formats that would mix there.
pub fn arrange(asked: &[FormatArgument]) -> Result<Vec<FormatArgument>, String> {
    let to_output = asked.iter().filter(|argument| argument.file.is_none()).count();
    if to_output > 1 {
        return Err(
            "only one format can go to standard output; give the others a file: --format json=report.json".into(),
        );
    }
    if asked.is_empty() {
        return Ok(vec![FormatArgument {
            format: Format::Human,
            file: None,
        }]);
    }
    Ok(asked.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_formats_to_standard_output_are_refused() {
        let parse = |text: &str| text.parse::<FormatArgument>().expect("parses");
        assert!(arrange(&[parse("json"), parse("human")]).is_err());
        assert_eq!(
            arrange(&[parse("json=a.json"), parse("human")]).map(|all| all.len()),
            Ok(2)
        );
        assert_eq!(arrange(&[]).map(|all| all[0].format), Ok(Format::Human));
        assert!("json=".parse::<FormatArgument>().is_err());
    }
}
