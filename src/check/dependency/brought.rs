//! What a component has for production by other packages of the repository.

use std::sync::Arc;

use crate::artifact::{BroughtAlong, Ecosystem, brought_along};
use crate::model::{Component, Evidence, Examined, Place, Strength};

use super::super::View;
use super::declared::Names;
use super::{Found, GroupFilter};

/// A question about one component's production.
pub(super) struct Asked<'a> {
    component: &'a Component,
    brought: Arc<BroughtAlong>,
}

impl<'a> Asked<'a> {
    /// `None` where other packages of the repository bring nothing that is asked about.
    pub(super) fn of(view: &View<'a>, found: &Found, group: GroupFilter, version: Option<&str>) -> Option<Self> {
        let component = view.component?;
        let is_of_npm = found.ecosystem.is_none_or(|asked| asked == Ecosystem::Npm);
        // A version is asked for where it is declared.
        let is_asked = is_of_npm && group == GroupFilter::Runtime && version.is_none();
        is_asked.then(|| Self {
            component,
            brought: brought_along(view.snapshot, component.folder()),
        })
    }

    /// What they bring of these names; `None` where they surely bring nothing.
    pub(super) fn examine(&self, names: &Names) -> Option<Examined> {
        for brought in &self.brought.packages {
            let declared = &brought.declared;
            // A peer is brought by who installs the package.
            let hit = declared.dependencies().find(|(dependency, group)| {
                let is_brought = GroupFilter::Runtime.takes(*group) && *group != crate::artifact::Group::Peer;
                is_brought && names.has(declared.ecosystem, dependency)
            });
            if let Some((dependency, _)) = hit {
                let by: Vec<String> = brought.by.iter().map(|name| format!("`{name}`")).collect();
                let reason = format!(
                    "`{}` depends on {}, and `{}` declares `{}`",
                    self.component.path,
                    by.join(", by that on "),
                    declared.path,
                    dependency.name
                );
                let place = Place::span(&declared.path, &declared.document, &dependency.span);
                let words = declared.document.words(&dependency.span);
                let evidence = Evidence::new(place, &words, Strength::Present, names.subject());
                return Some(Examined::pass(reason, vec![evidence]));
            }
        }
        self.brought.unread.clone().map(Examined::unknown)
    }
}
