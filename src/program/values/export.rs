//! What a module gives under a name.

use smallvec::smallvec;

use crate::program::linked::{At, ModuleId, Target};
use crate::program::module::{ExportName, Exported, ExprId, Imported};

use super::search::{DEEPEST, Search};
use super::{Value, Values};

impl Search<'_> {
    pub(super) fn export(&mut self, id: ModuleId, name: &ExportName) -> Values {
        let lost = Value::Module(id);
        if self.depth >= DEEPEST || self.fuel == 0 {
            return smallvec![lost];
        }
        self.fuel -= 1;
        self.depth += 1;
        let found = self.export_within(id, name);
        self.depth -= 1;
        if found.is_empty() { smallvec![lost] } else { found }
    }

    pub(super) fn export_within(&mut self, id: ModuleId, name: &ExportName) -> Values {
        let module = self.module(id);
        let mut found = Values::new();
        for export in module.exports.iter().filter(|export| export.name == *name) {
            found.extend(self.behind(id, &export.what));
        }
        if !found.is_empty() {
            return found;
        }
        let whole: Vec<&Exported> = module
            .exports
            .iter()
            .filter(|export| export.name == ExportName::Whole)
            .map(|export| &export.what)
            .collect();
        for what in whole {
            let values = self.behind(id, what);
            match name {
                ExportName::Named(name) => {
                    let at = At {
                        module: id,
                        expr: ExprId(0),
                    };
                    found.extend(self.members(values, name, at));
                }
                ExportName::Default | ExportName::Whole | ExportName::Star => found.extend(values),
            }
        }
        if found.is_empty() && *name != ExportName::Default {
            for export in module.exports.iter().filter(|export| export.name == ExportName::Star) {
                if let Exported::From(request, _) = export.what
                    && let Target::Module(next) = self.program.target(id, request)
                {
                    let values = self.export(*next, name);
                    found.extend(values.into_iter().filter(|value| *value != Value::Module(*next)));
                }
            }
            // What no module of the program gives, a package may: `export * from "@prisma/client"`.
            if found.iter().any(|value| !matches!(value, Value::Package(..))) {
                found.retain(|value| !matches!(value, Value::Package(..)));
            } else if let (true, ExportName::Named(name)) = (found.is_empty(), name) {
                let stars = module.exports.iter().filter(|export| export.name == ExportName::Star);
                for export in stars {
                    if let Exported::From(request, _) = export.what
                        && matches!(self.program.target(id, request), Target::Package(..))
                    {
                        let at = At {
                            module: id,
                            expr: ExprId(0),
                        };
                        found.extend(self.target(at, request, &Imported::Named(name.clone())));
                    }
                }
            }
        }
        found
    }

    pub(super) fn behind(&mut self, id: ModuleId, what: &Exported) -> Values {
        let at = At {
            module: id,
            expr: ExprId(0),
        };
        match what {
            Exported::Binding(binding) => self.binding(at, *binding),
            Exported::Value(expr) => self.expr(At {
                module: id,
                expr: *expr,
            }),
            Exported::From(request, imported) => self.target(at, *request, imported),
        }
    }
}
