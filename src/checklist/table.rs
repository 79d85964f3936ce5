//! Rows of tables: a box or a state in a cell, words in another.

use super::State;
use super::line::tick_box;
use super::marks::{Sign, has_word, normal, sign};

/// A row that says a state.
pub(super) struct Row {
    /// What it says.
    pub state: State,
    /// Where its words begin and end, in bytes of the line.
    pub words: std::ops::Range<usize>,
}

/// The columns of a table that say a state, by its header.
pub(super) fn state_columns(header: &str) -> Vec<usize> {
    let names = [
        "status",
        "state",
        "done",
        "complete",
        "completed",
        "implemented",
        "estado",
        "statut",
        "zustand",
        "ready",
        "상태",
        "완료",
    ];
    let cells = cells(header).into_iter().enumerate();
    let is_state = |range: &std::ops::Range<usize>| {
        let words = normal(&header[range.clone()]);
        names.iter().any(|name| has_word(&words, name))
    };
    cells
        .filter(|(_, cell)| is_state(cell))
        .map(|(index, _)| index)
        .collect()
}

/// The columns of a table that number its rows, by its header or by what stands in them: `DB-03`, `7`.
pub(super) fn id_columns<'a>(header: &str, rows: impl Iterator<Item = &'a str>) -> Vec<usize> {
    const NAMES: [&str; 13] = [
        "#", "id", "ids", "no", "no.", "nr", "nr.", "nº", "n°", "ref", "编号", "序号", "番号",
    ];
    let heads = cells(header);
    let is_named = |index: &usize| {
        let head = heads.get(*index).map_or("", |cell| &header[cell.clone()]);
        NAMES.contains(&head.trim_matches(['*', '_']).to_lowercase().as_str())
    };
    let rows: Vec<(&str, Vec<std::ops::Range<usize>>)> = rows.map(|row| (row, cells(row))).collect();
    let numbers = |index: &usize| {
        let mut all = rows
            .iter()
            .map(|(row, cells)| cells.get(*index).is_some_and(|cell| is_id(&row[cell.clone()])));
        rows.len() > 1 && all.all(|is_id| is_id)
    };
    (0..heads.len())
        .filter(|index| is_named(index) || numbers(index))
        .collect()
}

/// Whether a cell is a number of its row: `DB-03`, `SEC2.1`.
fn is_id(cell: &str) -> bool {
    let cell = cell.trim_matches(['*', '`', '_']);
    let rest = cell.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    let is_numbered = rest
        .trim_start_matches(['-', '.', '_'])
        .starts_with(|letter: char| letter.is_ascii_digit());
    let is_plain = |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '.' | '_');
    is_numbered && cell.len() - rest.len() <= 10 && rest.chars().all(is_plain)
}

/// Where a table's rows say what they ask for, and what they belong to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The column of the words; the first one that holds any where no other is known.
    words: Option<usize>,
    /// The column of what a row belongs to: `Area`.
    area: Option<usize>,
}

/// What the column is headed that says what is asked for.
const ITEMS: [&str; 24] = [
    "action item",
    "anforderung",
    "aufgabe",
    "check",
    "check item",
    "checklist item",
    "control",
    "controle",
    "contrôle",
    "exigence",
    "item",
    "prüfpunkt",
    "prüfung",
    "requirement",
    "requisito",
    "tarea",
    "tarefa",
    "task",
    "tâche",
    "verificación",
    "verificação",
    "vérification",
    "检查项",
    "任务",
];
/// And where that may only tell more of what another names.
const BROADER: [&str; 8] = [
    "beschreibung",
    "descripción",
    "description",
    "descriptions",
    "descrição",
    "details",
    "what",
    "描述",
];

/// The columns that are looked at: each is held against every row, and a table that people read has few.
const MOST_COLUMNS: usize = 32;

/// Which column says what is asked for: the one that is headed so; else, where the first one that holds words says the
/// same of several rows, the one behind it, if that tells each row from the others. The first is then an area.
pub(super) fn said<'a>(header: &str, rows: impl Iterator<Item = &'a str>, (states, ids): (&[usize], &[usize])) -> Said {
    let heads = cells(header);
    let rows: Vec<(&str, Vec<std::ops::Range<usize>>)> = rows.map(|row| (row, cells(row))).collect();
    let head = |index: usize| {
        normal(heads.get(index).map_or("", |cell| &header[cell.clone()]))
            .trim()
            .to_owned()
    };
    let texts = |index: usize| -> Vec<&str> {
        let texts = rows
            .iter()
            .map(|(row, cells)| cells.get(index).map_or("", |cell| &row[cell.clone()]));
        texts.collect()
    };
    let holds_words = |index: &usize| {
        let is_word = |text: &&str| tick_box(text, true).is_none() && text.chars().any(char::is_alphabetic);
        let all = texts(*index);
        !states.contains(index) && !ids.contains(index) && !all.is_empty() && all.iter().all(is_word)
    };
    let is_told_apart = |index: usize| {
        let all = texts(index);
        all.iter().collect::<std::collections::BTreeSet<_>>().len() == all.len()
    };
    let mut worded = (0..heads.len().min(MOST_COLUMNS)).filter(holds_words);
    let Some(first) = worded.next() else {
        return Said::default();
    };
    let is_repeated = !is_told_apart(first);
    let mut others = std::iter::once(first).chain(worded.clone());
    let named = others.find(|index| ITEMS.contains(&head(*index).as_str()));
    // A description tells more than a name, and what the name is of is lost without it.
    let named = named.or_else(|| {
        let is_broader = |index: &usize| BROADER.contains(&head(*index).as_str()) && is_told_apart(*index);
        worded.clone().find(is_broader).filter(|_| is_repeated)
    });
    let words = named.or_else(|| worded.next().filter(|next| is_repeated && is_told_apart(*next)));
    Said {
        words,
        area: words
            .is_some_and(|words| words != first && is_repeated)
            .then_some(first),
    }
}

/// What a row belongs to, as its column says it.
pub(super) fn area(line: &str, said: Said) -> Option<&str> {
    let cell = cells(line).into_iter().nth(said.area?)?;
    Some(&line[cell])
}

/// Reads a row. A sign counts only in a column that says states: elsewhere it may mean anything. A number of the row is
/// its words where there are no others.
pub(super) fn row(line: &str, columns: &[usize], ids: &[usize], said: Said) -> Option<Row> {
    let cells = cells(line);
    let own = said.words.and_then(|index| cells.get(index).cloned());
    let own = own.filter(|cell| line[cell.clone()].chars().any(char::is_alphabetic));
    let mut state = None;
    let mut words = None;
    let mut id = None;
    for (index, cell) in cells.into_iter().enumerate() {
        let text = &line[cell.clone()];
        if state.is_none() {
            if let Some((found, length)) = tick_box(text, true) {
                state = Some(found);
                let rest = text[length..].trim_start();
                if !rest.is_empty() {
                    words = Some(cell.end - rest.len()..cell.end);
                }
                continue;
            }
            if columns.contains(&index) {
                let found = match sign(text).0 {
                    Some(Sign::Decoration) | None => None,
                    Some(sign) => sign.state(),
                };
                state = found;
                continue;
            }
        }
        let is_number = !text.chars().any(char::is_alphabetic);
        if is_number || columns.contains(&index) {
            continue;
        }
        if ids.contains(&index) {
            id = id.or(Some(cell));
        } else if words.is_none() {
            words = Some(cell);
        }
    }
    Some(Row {
        state: state?,
        words: own.or(words).or(id)?,
    })
}

/// Where the state of a row stands that [`row`] reads: its box, or the cell of a column that says states.
pub(super) fn state_place(line: &str, columns: &[usize]) -> Option<std::ops::Range<usize>> {
    for (index, cell) in cells(line).into_iter().enumerate() {
        let text = &line[cell.clone()];
        if let Some((_, length)) = tick_box(text, true) {
            return Some(cell.start..cell.start + length);
        }
        let is_state = columns.contains(&index) && sign(text).0.is_some_and(|sign| sign.state().is_some());
        if is_state {
            return Some(cell);
        }
    }
    None
}

/// The cells of a row, trimmed, as ranges of its bytes.
fn cells(line: &str) -> Vec<std::ops::Range<usize>> {
    let mut cells = Vec::new();
    let mut start = line.len() - line.trim_start().trim_start_matches('|').len();
    let end = line.trim_end().len();
    let mut is_escaped = false;
    for (at, character) in line.char_indices() {
        if at < start || at >= end {
            continue;
        }
        if character == '|' && !is_escaped {
            cells.push(trimmed(line, start..at));
            start = at + 1;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    if start < end {
        cells.push(trimmed(line, start..end));
    }
    cells
}

fn trimmed(line: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let text = &line[range.clone()];
    let start = range.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}
