//! Which controls of a pack are taken in, where not all are.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::Node;
use crate::text::Span;

use super::file::File;
use super::mistakes::{Mistakes, Words, shown};

/// By a pack's name the controls that are wanted of it: the file that says so, each id, and its place. A pack that
/// somebody wants all of has no part.
#[derive(Default)]
pub(super) struct Parts(BTreeMap<String, Option<Vec<(usize, String, Span)>>>);

/// The ids of a list, with their places.
pub(super) fn ids(list: &Node) -> Vec<(String, Span)> {
    let ids = list.items().iter();
    ids.filter_map(|id| Some((id.as_str()?.to_owned(), id.span.clone())))
        .collect()
}

impl Parts {
    /// A file wants these controls of a pack, or all.
    pub(super) fn mention(&mut self, pack: &str, from: usize, only: Option<&[(String, Span)]>) {
        let wanted = only.map(|only| only.iter().map(|(id, span)| (from, id.clone(), span.clone())));
        match (self.0.get_mut(pack), wanted) {
            (Some(Some(known)), Some(wanted)) => known.extend(wanted),
            (Some(known), None) => *known = None,
            (Some(None), Some(_)) => {}
            (None, wanted) => {
                self.0.insert(pack.to_owned(), wanted.map(Iterator::collect));
            }
        }
    }

    /// Says so to the packs, and reports what they have not.
    pub(super) fn apply(self, files: &mut [File], mistakes: &mut Mistakes) {
        for (pack, wanted) in self.0 {
            let (Some(wanted), Some(at)) = (wanted, files.iter().position(|file| file.name == pack)) else {
                continue;
            };
            let controls = files[at].root.get("control").map_or(&[][..], Node::items);
            let known: BTreeSet<&str> = controls
                .iter()
                .filter_map(|control| control.get("id")?.as_str())
                .collect();
            for (from, id, span) in wanted.iter().filter(|(_, id, _)| !known.contains(id.as_str())) {
                let near = mistakes.nearest(id, known.iter().copied());
                let help = near.map_or_else(
                    || "`only` names controls that this pack itself writes".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                let title = format!("`{}` has no control `{}`", shown(&pack), shown(id));
                mistakes.push(&files[*from], span, Words::new(title, "this one", help));
            }
            files[at].only = Some(wanted.into_iter().map(|(_, id, _)| id).collect());
        }
    }
}
