//! What is wrong with the set-up: one line each, or JSON.

use serde_json::{Value, json};

use crate::judge::{Diagnosis, Grade, is_stopped};

use super::escape::{self, visible};

/// One line for each diagnosis (how grave, what, where, what to do), and one that counts them.
pub fn diagnoses(all: &[Diagnosis]) -> String {
    if all.is_empty() {
        return "nothing is wrong with the set-up\n".to_owned();
    }
    let mut text = String::new();
    for Diagnosis {
        grade,
        what,
        place,
        remedy,
    } in all
    {
        let place = place
            .as_ref()
            .map_or_else(String::new, |(path, line)| format!(" ({path}:{line})"));
        let line = format!("{}: {what}{place}. {}.", grade.as_str(), sentence(remedy));
        text.push_str(&visible(&line));
        text.push('\n');
    }
    let grades = [
        (Grade::Stops, "stops the gate", "stop the gate"),
        (Grade::Weakens, "weakens it", "weaken it"),
        (Grade::Unknown, "is unknown", "are unknown"),
        (Grade::Notice, "is a notice", "are notices"),
    ];
    let counts = grades.into_iter().filter_map(|(grade, one, several)| {
        match all.iter().filter(|diagnosis| diagnosis.grade == grade).count() {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {several}")),
        }
    });
    let counts: Vec<String> = counts.collect();
    text.push_str(&format!("\n{}\n", counts.join(", ")));
    text
}

/// The same for scripts.
pub fn diagnoses_json(all: &[Diagnosis]) -> String {
    let one = |diagnosis: &Diagnosis| -> Value {
        let place = diagnosis.place.as_ref();
        json!({
            "grade": diagnosis.grade.as_str(),
            "what": diagnosis.what,
            "path": place.map(|(path, _)| path.as_str()),
            "line": place.map(|(_, line)| *line),
            "remedy": diagnosis.remedy,
        })
    };
    let whole = json!({
        "version": 1,
        "stops": is_stopped(all),
        "diagnoses": all.iter().map(one).collect::<Vec<_>>(),
    });
    escape::json(&format!("{whole:#}")) + "\n"
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
