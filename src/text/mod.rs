//! Text and places in it: documents, spans, lines and diagnostics.
//!
//! Law: this room knows nothing of readiness. It may use no other room. It does no IO.

mod comment;
mod diagnostic;
mod document;
mod hash;
mod hidden;
mod mask;
mod minified;
mod nearest;
mod redact;

pub use comment::is_in_comment;
pub use diagnostic::{Diagnostic, Label, Level};
pub use document::{Document, NotText, Position, Span, View};
pub use hash::{HashMap, HashSet};
pub use hidden::is_hidden;
pub use mask::mask;
pub use minified::{is_generated, is_minified, is_workbox};
pub use nearest::nearest;
pub use redact::redact;
