//! Why a `code` question may have no answer: a manifest that says nothing, an edge that could not be followed.

use std::collections::BTreeSet;

use crate::artifact::{Declared, Ecosystem, above, brought_along, declared};
use crate::model::{Cause, Examined, Unread};
use crate::program::module::{Expr, Property, Request};
use crate::program::{At, Linked, Lost, Target};

use super::judged::{Asked, at};
use super::parameters::{SideParameter, What, bare, is_like};
use super::spot::Spot;
use super::truth::Truth;

impl Asked<'_> {
    /// Whether a manifest above the use declares the package: without one, a clean installation may not have it.
    /// Where no manifest could be read, nothing is said of it.
    pub(super) fn is_declared(&self, spot: &Spot) -> bool {
        let Some(package) = spot.package.as_deref() else {
            return true;
        };
        let name = package_name(package);
        // Node.js has these itself.
        if package.starts_with("node:") {
            return true;
        }
        let from = spot.place.path.parent();
        let own = self.components.iter().map(|component| component.folder());
        let folders: BTreeSet<&str> = std::iter::once(from)
            .chain(above(from))
            .chain(own.flat_map(|folder| std::iter::once(folder).chain(above(folder))))
            .collect();
        let mut manifests = 0;
        for folder in folders {
            for (_, result) in declared(self.view.snapshot, folder) {
                // What could not be read may declare it.
                let Ok(found) = result else { return true };
                if found.ecosystem != Ecosystem::Npm {
                    continue;
                }
                manifests += 1;
                let is_own = found.manifest().name.as_deref() == Some(name);
                if is_own || found.dependencies().any(|(dependency, _)| dependency.name == name) {
                    return true;
                }
            }
        }
        manifests == 0
            || self.components.iter().any(|component| {
                let brought = brought_along(self.view.snapshot, component.folder());
                let mut all = brought.packages.iter().flat_map(|one| one.declared.dependencies());
                all.any(|(dependency, _)| dependency.name == name)
            })
    }

    /// It is used and nothing declares it: it may come along with another package, or be missing.
    pub(super) fn undeclared(&self, spot: &Spot) -> Examined {
        let name = package_name(spot.package.as_deref().unwrap_or_default());
        let what = format!(
            "{} is used in {}, and no `package.json` declares `{name}`: a clean installation may lack it",
            spot.what,
            at(&spot.place)
        );
        Examined::unknown(Unread::new(
            Cause::Unmodelled,
            what,
            format!("declare `{name}` in `package.json`"),
        ))
    }

    /// The manifest that declares a package that is asked for.
    pub(super) fn declaring(&self) -> Option<String> {
        self.declaring.get_or_init(|| self.find_declaring()).clone()
    }

    fn find_declaring(&self) -> Option<String> {
        let What::Package { names, .. } = &self.question.what else {
            return None;
        };
        let asked: BTreeSet<&str> = names.iter().map(|name| bare(name)).collect();
        let is_asked = |name: &str| asked.iter().any(|asked| is_like(asked, name));
        let told = |declared: &Declared| {
            let mut all = declared.dependencies();
            let has = all.any(|(dependency, _)| is_asked(&dependency.name));
            has.then(|| format!("`{}`", declared.path))
        };
        self.components.iter().find_map(|component| {
            let all = declared(self.view.snapshot, component.folder());
            let known = all.into_iter().filter_map(|(_, result)| result.ok());
            let mut own = known.filter(|declared| declared.ecosystem == Ecosystem::Npm);
            own.find_map(|declared| told(&declared)).or_else(|| {
                let brought = brought_along(self.view.snapshot, component.folder());
                let is_loaded = |name: &str| self.reaches.iter().any(|reach| reach.loads_package(self.program, name));
                brought.packages.iter().find_map(|one| {
                    let mut all = one.declared.dependencies();
                    all.find(|(dependency, _)| is_asked(&dependency.name) && is_loaded(&dependency.name))?;
                    Some(format!("`{}`", one.declared.path))
                })
            })
        })
    }

    /// What was not followed and may hold what is missing.
    pub(super) fn unseen(&self, dead: &[Spot]) -> Option<Unread> {
        let words = self.telling_words();
        if let Some(unread) = self.reaches.iter().find_map(|reach| reach.unread(self.program, &words)) {
            return Some(unread);
        }
        if self.declaring().is_some()
            && let Some(path) = self.reaches.iter().find_map(|reach| reach.foreign().next())
        {
            let what = format!("`{path}` is loaded, and what files of this kind do is not followed");
            return Some(Unread::new(Cause::Unmodelled, what, "attest it"));
        }
        if let Some(unread) = self.lost() {
            return Some(unread);
        }
        let Some(first) = dead.first() else {
            return self.behind_an_edge();
        };
        if !self.reaches.iter().any(|reach| reach.has_entry()) {
            return self.reaches.first().map(|reach| reach.nowhere());
        }
        // What is out of reach may be reached by an edge that could lead anywhere.
        let edge = self.reaches.iter().find_map(|reach| reach.open_edge())?;
        let what = format!(
            "{} stands in {}, and an edge in {} was not followed: {}",
            self.question.what.shown(),
            at(&first.place),
            at(&edge.place),
            edge.why
        );
        Some(Unread::new(
            Cause::Unmodelled,
            what,
            "load a file of this repository by a constant name, or attest it",
        ))
    }

    /// A module out of reach that loads what is asked for, where an edge could lead to it.
    fn behind_an_edge(&self) -> Option<Unread> {
        let edge = self.reaches.iter().find_map(|reach| reach.open_edge())?;
        let is_out_of_reach = |id, linked: &Linked| {
            let is_loaded = self.reaches.iter().any(|reach| reach.is_loaded(id));
            let folders = self.components.iter().map(|component| component.folder());
            !is_loaded && folders.into_iter().any(|folder| linked.path.is_within(folder))
        };
        let mut modules = self.program.modules();
        let (_, linked) = modules.find(|(id, linked)| {
            is_out_of_reach(*id, linked) && linked.targets.iter().any(|target| self.is_asked_for(target))
        })?;
        let what = format!(
            "`{}` loads {}, and an edge in {} was not followed: {}",
            linked.path,
            self.question.what.shown(),
            at(&edge.place),
            edge.why
        );
        let settle = "load it by a constant name, or attest it";
        Some(Unread::new(Cause::Unmodelled, what, settle))
    }

    fn is_package_asked_for(&self, name: &str, within: &str) -> bool {
        match within.is_empty() {
            true => self.question.what.names_package(name),
            false => self.question.what.names_package(&format!("{name}/{within}")),
        }
    }

    /// Whether a request leads to a package that is asked for.
    pub(super) fn is_asked_for(&self, target: &Target) -> bool {
        match target {
            Target::Package(name, within) => self.is_package_asked_for(name, within),
            Target::Builtin(name) => self.question.what.names_package(&format!("node:{name}")),
            Target::Module(_) | Target::File(_) | Target::Erased | Target::Missing(_) | Target::Unresolved(_) => false,
        }
    }

    /// A live call of a method of that name, on something that could not be traced: it may be what is asked for, where
    /// some module loads the package.
    pub(super) fn lost(&self) -> Option<Unread> {
        let What::Package { paths, .. } = &self.question.what else {
            return None;
        };
        self.declaring()?;
        if !self.is_loaded_somewhere() {
            return None;
        }
        let apart = paths.iter().filter_map(|path| path.rsplit_once('.'));
        let is_telling = |last: &str| !last.contains("()") && last.trim_matches('*').len() > 2;
        let telling: Vec<(&str, &str)> = apart.filter(|(_, last)| is_telling(last)).collect();
        if telling.is_empty() {
            return None;
        }
        let is_wanted = |lost: &Lost| {
            telling.iter().any(|(before, last)| {
                is_like(last, &lost.name) && self.may_stand_on(lost, before) && self.may_splice(lost)
            })
        };
        let lost = self.program.usage().lost().iter().find(|lost| {
            is_wanted(lost) && self.is_live(lost.function) && !self.is_beside(lost) && !self.is_copied(lost)
        })?;
        let place = self.program.place(
            lost.function.module,
            &self.program.module(lost.function.module).span(lost.expr),
        );
        let what = format!(
            "`{}` is called in {}, of something that could not be traced",
            lost.name,
            at(&place)
        );
        Some(Unread::new(Cause::Unmodelled, what, "attest it"))
    }

    /// Whether what is asked of its arguments may hold, where that is told by what is written there alone.
    fn may_splice(&self, lost: &Lost) -> bool {
        let call = At {
            module: lost.function.module,
            expr: lost.expr,
        };
        let mut asked = self.question.with.iter().filter(|argument| argument.asks_for_splices());
        asked.all(|argument| argument.holds(self.program, call) == Truth::Yes)
    }

    /// Whether a call stands in a module for browsers, and a server is asked about: it shows the page at most.
    fn is_beside(&self, lost: &Lost) -> bool {
        let directives = &self.program.module(lost.function.module).directives;
        self.question.side == SideParameter::Server
            && directives.iter().any(|directive| directive.as_ref() == "use client")
    }

    /// Whether what is named is a value that an object takes over under its own name, and no call: `{ limit: page.limit }`.
    fn is_copied(&self, lost: &Lost) -> bool {
        let module = self.program.module(lost.function.module);
        if !matches!(module.expr(lost.expr), Expr::Member(..)) {
            return false;
        }
        let mut objects = module.expressions.iter().filter_map(|(expr, _)| match expr {
            Expr::Object(properties) => Some(properties),
            _ => None,
        });
        let is_it = |property: &Property| property.value == lost.expr && property.key.as_deref() == Some(&*lost.name);
        objects.any(|properties| properties.iter().any(is_it))
    }

    /// Whether any module loads a package that is asked for: what it gives can't come from elsewhere.
    fn is_loaded_somewhere(&self) -> bool {
        if self
            .program
            .packages()
            .iter()
            .any(|(name, within)| self.is_package_asked_for(name, within))
        {
            return true;
        }
        let is_loaded = |id| self.reaches.iter().any(|reach| reach.is_loaded(id));
        // What can't be followed may be anything.
        let is_asked = |id, target: &Target| match target {
            Target::Unresolved(_) => is_loaded(id),
            Target::Package(..) => false,
            target => self.is_asked_for(target),
        };
        // Who names its types has something of it from elsewhere.
        let is_named = |request: &Request, target: &Target| {
            let specifier = request.specifier.as_deref().filter(|_| *target == Target::Erased);
            specifier.is_some_and(|specifier| self.question.what.names_package(specifier))
        };
        let mut modules = self.program.modules();
        modules.any(|(id, linked)| {
            let mut requests = linked.module.requests.iter().zip(&linked.targets);
            requests.any(|(request, target)| is_asked(id, target) || is_named(request, target))
        })
    }

    /// Whether the object of a call may be what a path names before the method: `x.offer.create` is none of `audit`.
    fn may_stand_on(&self, lost: &Lost, before: &str) -> bool {
        let wanted = before.rsplit('.').next().unwrap_or(before);
        if wanted.contains("()") || wanted == "**" {
            return true;
        }
        let module = self.program.module(lost.function.module);
        let (Expr::Call(callee, _) | Expr::New(callee, _)) = module.expr(lost.expr) else {
            return true;
        };
        let Expr::Member(object, _) = module.expr(*callee) else {
            return true;
        };
        match module.expr(*object) {
            Expr::Member(_, name) => is_like(wanted, name),
            // A property of that name is none of the object itself.
            Expr::This => false,
            _ => true,
        }
    }

    /// Words that a file must hold to be of interest, as far as there are any.
    pub(super) fn telling_words(&self) -> Vec<String> {
        match &self.question.what {
            What::Text(_) => Vec::new(),
            What::Package { names, .. } => names
                .iter()
                .map(|name| bare(name).trim_matches('*').to_owned())
                .collect(),
        }
    }
}

/// The package of what is loaded: `next` of `next/image`, `@sentry/node` of `@sentry/node/init`.
fn package_name(loaded: &str) -> &str {
    let parts = if loaded.starts_with('@') { 2 } else { 1 };
    let end = loaded.match_indices('/').nth(parts - 1).map(|(at, _)| at);
    end.map_or(loaded, |end| &loaded[..end])
}
