//! Which parameters of a handler hold what was sent, or the request that does.

use super::taken::{Found, Taking, doubt};
use crate::program::module::{BindingId, Expr, ExprId};
use crate::program::path_of;

impl Taking<'_, '_> {
    /// A parameter of a handler: the request, or what is taken out of it, `({ body }, response) => …`.
    pub(super) fn seeded(&mut self, name: BindingId, index: usize) {
        const REQUESTS: [&str; 8] = ["_req", "_request", "c", "context", "ctx", "event", "req", "request"];
        let binding = self.module().binding(name);
        let path = binding.given.first().map_or(&[][..], |given| given.path.as_slice());
        match path {
            [] if index == 0 || REQUESTS.contains(&&*binding.name) => drop(self.requests.insert(name)),
            [first] if &**first == "body" => drop(self.wholes.insert(name)),
            [first, ..] if &**first == "body" => {
                self.parts.insert(name);
                self.raw.insert(name);
            }
            _ => {}
        }
    }

    /// A parameter of a method of Nest's: `@Body() body: any`, of which no pipe knows what it is to be.
    pub(super) fn decorated(&mut self, names: &[BindingId], decorators: &[ExprId], found: &mut Found) {
        let module = self.module();
        let decorator = decorators.iter().find_map(|decorator| {
            let Expr::Call(callee, arguments) = module.expr(*decorator) else {
                return None;
            };
            let values = self.values(*callee);
            let path = values.iter().find_map(path_of)?.1;
            Some((path, arguments))
        });
        match decorator {
            Some((path, arguments)) if path == "Body" => match (arguments.is_empty(), names) {
                (true, [name]) if self.is_loose(*name) => drop(self.wholes.insert(*name)),
                _ => {
                    found.is_taken = true;
                    let why = "whether a pipe looks at what it is handed is not followed";
                    doubt(found, why);
                }
            },
            Some((path, _)) if path == "Req" || path == "Request" => self.requests.extend(names),
            Some((path, _)) if matches!(&*path, "Param" | "Query" | "Headers" | "Res" | "Response" | "Ip") => {}
            // One of its own may hand over anything.
            _ => {}
        }
    }

    /// Whether a parameter is of a type that says nothing at run time: `any`, `{ … }`, `Partial<…>`.
    fn is_loose(&self, name: BindingId) -> bool {
        const LOOSE: [&str; 5] = ["{", "Record<", "Partial<", "Omit<", "Pick<"];
        let binding = self.module().binding(name);
        let linked = self.asked.program.linked(self.at.module);
        let Some(behind) = linked
            .document
            .text()
            .ok()
            .and_then(|text| text.get(binding.span.end..))
        else {
            return false;
        };
        let behind = behind.trim_start().trim_start_matches('?').trim_start();
        let Some(of) = behind.strip_prefix(':').map(str::trim_start) else {
            return false;
        };
        let word: String = of
            .chars()
            .take_while(|one| one.is_alphanumeric() || *one == '_')
            .collect();
        LOOSE.iter().any(|loose| of.starts_with(loose)) || matches!(&*word, "any" | "unknown" | "object")
    }
}
