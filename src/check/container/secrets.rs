//! Whether variables of images hold secrets.

use super::files::Image;
use super::tally::Tally;

/// Words in names of variables that hold secrets.
const SECRET: [&str; 11] = [
    "ACCESS_KEY",
    "API_KEY",
    "APIKEY",
    "CREDENTIALS",
    "ENCRYPTION_KEY",
    "PASSPHRASE",
    "PASSWORD",
    "PASSWD",
    "PRIVATE_KEY",
    "SECRET",
    "TOKEN",
];

/// Whether a variable of this name with this value is a secret written out.
pub(super) fn is_secret(name: &str, value: &str) -> bool {
    const NOT: [&str; 9] = [
        "PUBLIC", "_FILE", "_PATH", "EXPIRES", "EXPIRY", "_TTL", "_LENGTH", "_URL", "_NAME",
    ];
    const STAND_IN: [&str; 14] = [
        "changeme",
        "change-me",
        "change_me",
        "dummy",
        "example",
        "placeholder",
        "your-",
        "your_",
        "<",
        "xxx",
        "todo",
        "replace",
        "build",
        "not-",
    ];
    let name = name.to_ascii_uppercase();
    let lower = value.to_ascii_lowercase();
    let is_named = SECRET.iter().any(|word| name.contains(word)) && !NOT.iter().any(|word| name.contains(word));
    let is_plain = value.is_empty()
        || value.starts_with('$')
        || value.contains("${") && !value.contains(":-")
        || value.len() < 4
        || value.bytes().all(|byte| byte.is_ascii_digit())
        || matches!(lower.as_str(), "true" | "false" | "none" | "null" | "test" | "fake");
    is_named && !is_plain && !STAND_IN.iter().any(|word| lower.contains(word))
}

pub(super) fn no_secrets(image: &Image, tally: &mut Tally) {
    for stage in image.stages() {
        let sets = stage.instructions.iter();
        for instruction in sets.filter(|found| matches!(found.keyword.as_str(), "ENV" | "ARG")) {
            for (name, value) in instruction.settings() {
                let place = image.place(&instruction.span);
                if value.is_some_and(|value| is_secret(&name, &value)) {
                    let message = format!("`{}` writes the value of `{name}` into the image", image.path);
                    tally.bad(place, &format!("{} {name}", instruction.keyword), message);
                } else {
                    tally.good(place, &format!("{} {name}", instruction.keyword));
                }
            }
        }
    }
}
