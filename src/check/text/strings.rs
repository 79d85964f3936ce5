//! What code says and does not do: strings, the texts of templates and of elements.

use crate::check::Hit;
use crate::model::RepoPath;
use crate::program::module::{Expr, ExprId};
use crate::program::module_of;
use crate::text::{Document, Span};

/// Leaves out what stands in a string, in the text of a template or in that of an element; of a file that is no module, or
/// that no parser accepts, nothing is left out.
pub(super) fn leave_out(path: &RepoPath, document: &Document, hits: &mut Vec<Hit>) {
    if hits.is_empty() {
        return;
    }
    let Some(module) = module_of(path, document) else {
        return;
    };
    hits.retain(|hit| {
        let around = module.expressions.iter().zip(0_u32..);
        let innermost = around
            .map(|((expr, _), index)| (expr, module.span(ExprId(index))))
            .filter(|(_, span)| holds(span, &hit.span))
            .min_by_key(|(_, span)| span.end - span.start);
        !innermost.is_some_and(|(expr, _)| matches!(expr, Expr::Text(_) | Expr::Template(..) | Expr::Jsx(..)))
    });
}

fn holds(outer: &Span, inner: &Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
