//! Commands that ask a service of compose files for something.

/// `docker compose exec SERVICE …` or `docker compose run SERVICE …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCall {
    /// The compose files that it names with `-f`, as written.
    pub files: Vec<String>,
    /// The service, as written.
    pub service: String,
}

/// Options before the word `exec` that take a value.
const GLOBAL: [&str; 8] = [
    "-p",
    "--project-name",
    "--profile",
    "--env-file",
    "--project-directory",
    "--ansi",
    "--parallel",
    "--progress",
];
/// Options behind it that do.
const OWN: [&str; 19] = [
    "-e",
    "--env",
    "--env-from-file",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--index",
    "--entrypoint",
    "-l",
    "--label",
    "-v",
    "--volume",
    "-p",
    "--publish",
    "--name",
    "--pull",
    "--cap-add",
    "--cap-drop",
];

impl ServiceCall {
    /// The call whose command stands at the end of this text, or goes on behind it. `None` where it is none.
    pub fn before(text: &str) -> Option<Self> {
        let starts = ["docker compose ", "docker-compose "].map(|name| text.rfind(name).map(|at| at + name.len()));
        let rest = &text[starts.into_iter().flatten().max()?..];
        let mut words = rest.split_ascii_whitespace();
        let mut files = Vec::new();
        let mut is_asked = false;
        let service = loop {
            let word = words.next()?;
            let is_end = matches!(word, "&&" | "||" | ";" | "|" | "&") || word.ends_with(';');
            match word {
                _ if is_end => return None,
                "-f" | "--file" if !is_asked => files.push(unquoted(words.next()?).to_owned()),
                _ if !is_asked && GLOBAL.contains(&word) => drop(words.next()?),
                _ if is_asked && OWN.contains(&word) => drop(words.next()?),
                _ if word.starts_with('-') => {
                    let file = word.strip_prefix("--file=").filter(|_| !is_asked);
                    files.extend(file.map(|file| unquoted(file).to_owned()));
                }
                "exec" | "run" if !is_asked => is_asked = true,
                _ if !is_asked => return None,
                _ => break unquoted(word).to_owned(),
            }
        };
        // What follows on the line is another command, unless it stands in quotes.
        let is_over = |word: &str| matches!(word, "&&" | "||" | ";" | "|" | "&") || word.ends_with(';');
        let inner: Vec<&str> = words.collect();
        let end = inner.iter().position(|word| is_over(word));
        let is_quoted = |end: usize| inner[..end].iter().any(|word| word.starts_with(['\'', '"']));
        match end {
            Some(end) if !is_quoted(end) => None,
            Some(_) | None => Some(Self { files, service }),
        }
    }
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(text: &str) -> Option<(String, Vec<String>)> {
        ServiceCall::before(text).map(|call| (call.service, call.files))
    }

    #[test]
    fn a_service_is_named_behind_the_options() {
        let of = |service: &str, files: &[&str]| {
            let files = files.iter().map(|file| (*file).to_owned()).collect();
            Some((service.to_owned(), files))
        };
        assert_eq!(call("docker compose exec api npx prisma "), of("api", &[]));
        assert_eq!(
            call("ssh x 'cd y && docker-compose -f a.yml --file=b.yml exec -T -u root api npm run "),
            of("api", &["a.yml", "b.yml"])
        );
        assert_eq!(
            call("docker compose --profile x run --rm -e A=B api sh -c \"a && npx "),
            of("api", &[])
        );
    }

    #[test]
    fn another_command_is_none() {
        for text in [
            "npx prisma ",
            "docker compose up -d && npx prisma ",
            "docker compose exec api ls && npx prisma ",
            "docker compose exec ",
            "docker compose exec -u",
        ] {
            assert_eq!(call(text), None, "{text}");
        }
    }
}
