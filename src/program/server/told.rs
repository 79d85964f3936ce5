//! What functions are told by those that call them: what their parameters are.

use super::RouterId;
use super::collect::Collector;
use super::doubt::MOST;
use crate::program::linked::FunctionAt;
use crate::program::module::Expr;
use crate::program::values::{Literal, Value, once};

const OF_SEVERAL: &str = "the same code makes several routers, and which of them has it is not known";

impl Collector<'_> {
    /// What a function's parameter is, where all that call it do so by name: `routes(app, auth)`.
    pub(super) fn told(&self, function: FunctionAt, index: u32, depth: u32) -> Option<Vec<Value>> {
        self.told_or(function, index, &[], depth)
    }

    /// The same; where a call hands over nothing it is the parameter's own default, or the one of where it is handed on.
    fn told_or(&self, function: FunctionAt, index: u32, outer: &[Value], depth: u32) -> Option<Vec<Value>> {
        const DEEPEST: u32 = 4;
        let sites = self.sites.get(&function)?;
        if depth > DEEPEST || sites.len() > MOST {
            return None;
        }
        let own = self.default_of(function, index);
        let default = if own.is_empty() { outer } else { &own };
        let mut found = Vec::new();
        for site in sites {
            let arguments = site.arguments.as_ref()?;
            let module = self.module(site.at.module);
            if arguments
                .iter()
                .any(|argument| matches!(module.expr(*argument), Expr::Spread(_)))
            {
                return None;
            }
            let Some(argument) = arguments.get(usize::try_from(index).ok()?) else {
                found.extend((!default.is_empty()).then(|| default.to_vec())?);
                continue;
            };
            let values = self.values(site.at.module, *argument);
            if let Some((outer, index)) = self.handed_alone(&values) {
                found.extend(self.told_or(outer, index, default, depth + 1)?);
                continue;
            }
            for value in values {
                match value {
                    Value::Parameter(outer, index) => found.extend(self.told_or(outer, index, default, depth + 1)?),
                    other => found.push(other),
                }
            }
        }
        Some(found)
    }

    /// The parameter that values are, where they are nothing else but its default.
    pub(super) fn handed_alone(&self, values: &[Value]) -> Option<(FunctionAt, u32)> {
        let [Value::Parameter(function, index), default @ ..] = values else {
            return None;
        };
        (self.default_of(*function, *index) == default).then_some((*function, *index))
    }

    /// What stands for a parameter where a call hands over nothing: `docsPath = "/docs"`.
    fn default_of(&self, function: FunctionAt, index: u32) -> Vec<Value> {
        let module = self.module(function.module);
        let parameters = &module.function(function.function).parameters;
        let parameter = usize::try_from(index).ok().and_then(|index| parameters.get(index));
        let given = parameter.and_then(|parameter| match parameter.bindings.as_slice() {
            [binding] => module.binding(*binding).given.first(),
            _ => None,
        });
        let default = given
            .filter(|given| given.path.is_empty())
            .and_then(|given| given.default);
        default.map_or_else(Vec::new, |default| self.values(function.module, default))
    }

    /// Whether a router is one of several that the same code makes: a constructor that more than one place calls. What is
    /// done to one of them may not be done to the others.
    pub(super) fn of_several(&self, router: RouterId) -> Option<&'static str> {
        let RouterId::Made(at) = router else { return None };
        let module = self.module(at.module);
        let span = module.span(at.expr);
        let around = module
            .classes
            .iter()
            .filter(|class| class.span.start <= span.start && span.end <= class.span.end);
        let function = around.min_by_key(|class| class.span.len())?.constructor?;
        let made = FunctionAt {
            module: at.module,
            function,
        };
        if self.sites.get(&made)?.len() < 2 {
            return None;
        }
        let mut is_within = false;
        module.each_expr(function, &mut |expr| is_within |= expr == at.expr);
        is_within.then_some(OF_SEVERAL)
    }

    /// What a text is that a function may be handed: what all that call it hand over, or its default where they hand over
    /// nothing.
    pub(super) fn known_text(&self, values: Vec<Value>) -> Vec<Value> {
        let Some((function, index)) = self.handed_alone(&values) else {
            return values;
        };
        match self.told(function, index, 0).map(once).as_deref() {
            Some([known @ Value::Literal(Literal::Text(_))]) => vec![known.clone()],
            // Its default stands for some calls at most.
            _ => vec![Value::Parameter(function, index)],
        }
    }
}
