//! From bytes to a lowered module: parsed and bound with oxc, then copied out of its arena.

mod call;
mod class;
mod computed;
mod depth;
mod desk;
mod export;
mod expression;
mod jsx;
mod pattern;
mod started;
mod statement;
mod unused;

use std::collections::{BTreeMap, BTreeSet};

use oxc_allocator::Allocator;
use oxc_ast::ast::{IdentifierReference, Program};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Scoping, SemanticBuilder, Stats};
use oxc_span::{SourceType, Span as OxcSpan};

use crate::text::{Document, NotText, Span, is_generated, is_minified};

use super::{
    Binding, BindingId, BindingKind, Expr, ExprId, Function, FunctionId, FunctionKind, Given, Module, Request,
    RequestId, RequestKind, Step, TOP_LEVEL,
};
use depth::Depth;
use desk::Words;
pub(in crate::program) use desk::{Desk, spread};

/// Files above this many bytes are not read: no hand-written module comes near.
const LARGEST: usize = 1 << 20;
/// A module that is deeper than this is unread, so that nobody who walks one needs a deep stack.
const DEEPEST: u32 = 300;
const TOO_DEEP: &str = "it is nested too deeply";

/// The language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// JavaScript, which may hold JSX.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
}

impl Language {
    /// The language of a path; `None` for anything else, and for declarations of types alone.
    pub fn of(path: &str) -> Option<Self> {
        let (stem, extension) = path
            .rsplit_once('.')
            .filter(|(_, extension)| !extension.contains('/'))?;
        match extension {
            "js" | "jsx" | "mjs" | "cjs" => Some(Self::JavaScript),
            "ts" | "mts" | "cts" if !stem.ends_with(".d") => Some(Self::TypeScript),
            "tsx" => Some(Self::Tsx),
            _ => None,
        }
    }

    fn source_type(self) -> SourceType {
        match self {
            Self::JavaScript => SourceType::unambiguous().with_jsx(true),
            Self::TypeScript => SourceType::ts(),
            Self::Tsx => SourceType::tsx(),
        }
    }
}

impl Module {
    /// Lowers a document. What can't be read as a whole says why, and holds nothing.
    pub fn parse(document: &Document, language: Language) -> Self {
        Self::parse_on(&mut Desk::default(), document, language)
    }

    /// The same, where others were lowered before.
    pub(in crate::program) fn parse_on(desk: &mut Desk, document: &Document, language: Language) -> Self {
        // TypeScript's compiler reads UTF-16; Node does not.
        let text = match language {
            Language::JavaScript => document.text(),
            Language::TypeScript | Language::Tsx => document.decoded(),
        };
        let text = match text {
            Ok(text) => text,
            Err(NotText::Binary) => return Self::unread("it is binary"),
            Err(NotText::Encoding) => return Self::unread("it is not UTF-8"),
            Err(NotText::LfsPointer) => return Self::unread("its content is kept by Git LFS"),
        };
        if text.len() > LARGEST {
            return Self::unread("it is larger than 1 MiB");
        }
        if is_minified(document) {
            return Self::unread("it is minified");
        }
        if is_generated(document) {
            return Self::unread("a tool made it");
        }
        match desk.depth(text, language) {
            Depth::Usual => desk.lower(text, language),
            Depth::Deep => desk::on_deep_stack(text, language),
            Depth::Hostile => Self::unread(TOO_DEEP),
        }
    }
}

fn lower(allocator: &Allocator, words: &mut Words, text: &str, language: Language) -> Module {
    let options = ParseOptions {
        preserve_parens: false,
        allow_return_outside_function: true,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(allocator, text, language.source_type())
        .with_options(options)
        .parse();
    if parsed.panicked {
        return Module::unread("it can't be parsed");
    }
    let semantic = SemanticBuilder::new()
        .with_stats(room_for(text))
        .build(&parsed.program)
        .semantic;
    let mut lowerer = Lowerer::new(text.len(), language, semantic.scoping(), words);
    lowerer.program(&parsed.program);
    lowerer.finish()
}

/// Room for the names of a text, as many as most texts of this length have: to count them takes another walk over the tree.
fn room_for(text: &str) -> Stats {
    let of_each = |bytes: usize| u32::try_from(text.len() / bytes).unwrap_or(u32::MAX);
    Stats::new(0, of_each(96), of_each(64), of_each(24))
}

/// What a module is put together with.
struct Lowerer<'a> {
    length: usize,
    language: Language,
    scoping: &'a Scoping,
    words: &'a mut Words,
    module: Module,
    function: FunctionId,
    /// What classes do when they are made, until the statement that makes them is kept.
    before: Vec<Step>,
    depth: u32,
    is_cut: bool,
    /// Whether the class whose constructor is being lowered has decorators: then a framework makes it.
    is_injected: bool,
    /// The names of types that the compiler may write down for decorators, and so keep.
    described: BTreeSet<BindingId>,
}

impl<'a> Lowerer<'a> {
    fn new(length: usize, language: Language, scoping: &'a Scoping, words: &'a mut Words) -> Self {
        let bindings = scoping.symbol_ids().map(|id| Binding {
            name: words.get(scoping.symbol_name(id)),
            span: to_span(scoping.symbol_span(id)),
            kind: BindingKind::Other,
            function: TOP_LEVEL,
            given: Vec::new(),
        });
        let module = Module {
            bindings: bindings.collect(),
            expressions: std::mem::take(&mut words.room),
            ..Module::default()
        };
        Self {
            length,
            language,
            scoping,
            words,
            module,
            function: TOP_LEVEL,
            before: Vec::new(),
            depth: 0,
            is_cut: false,
            is_injected: false,
            described: BTreeSet::new(),
        }
    }

    fn program(&mut self, program: &Program<'_>) {
        self.module.functions.push(Function {
            name: None,
            span: 0..self.length,
            kind: FunctionKind::TopLevel,
            is_async: false,
            parent: TOP_LEVEL,
            parameters: Vec::new(),
            steps: Vec::new(),
            mentions: Vec::new(),
            members: Vec::new(),
        });
        let directives = program.directives.iter();
        self.module.directives = directives
            .map(|directive| directive.directive.as_str().into())
            .collect();
        self.module.functions[0].steps = self.statements(&program.body);
    }

    fn finish(mut self) -> Module {
        if self.is_cut {
            return Module::unread(TOO_DEEP);
        }
        self.find_unused();
        export::common_js(&mut self.module);
        for function in &mut self.module.functions {
            function.mentions.sort_unstable();
            function.mentions.dedup();
            fit(&mut function.mentions);
            function.members.sort_unstable();
            function.members.dedup();
            fit(&mut function.members);
        }
        super::never::take_out(&mut self.module);
        self.module.put_in_order();
        self.words.room = fit(&mut self.module.expressions);
        fit(&mut self.module.optional);
        fit(&mut self.module.bindings);
        fit(&mut self.module.functions);
        self.module
    }

    /// Goes a level deeper if there is one left: `inside` is done there, else the module is given up.
    fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth == DEEPEST {
            self.is_cut = true;
            return None;
        }
        self.depth += 1;
        let made = inside(self);
        self.depth -= 1;
        Some(made)
    }

    /// Keeps an expression.
    fn keep(&mut self, expr: Expr, span: OxcSpan) -> ExprId {
        let id = ExprId(u32::try_from(self.module.expressions.len()).unwrap_or(u32::MAX));
        self.module.expressions.push((expr, span.start..span.end));
        id
    }

    /// Keeps a text.
    fn keep_text(&mut self, text: &str, span: OxcSpan) -> ExprId {
        let text = self.words.get(text);
        self.keep(Expr::Text(text), span)
    }

    /// Remembers the object of `object?.property`.
    fn may_be_missing(&mut self, object: ExprId, is_optional: bool) {
        if is_optional {
            self.module.optional.push(object);
        }
    }

    /// Keeps a request.
    fn request(&mut self, specifier: Option<&str>, kind: RequestKind, span: OxcSpan) -> RequestId {
        let id = RequestId(u32::try_from(self.module.requests.len()).unwrap_or(u32::MAX));
        self.module.requests.push(Request {
            specifier: specifier.map(Into::into),
            kind,
            function: self.function,
            span: to_span(span),
        });
        id
    }

    /// The name that a reference means here; `None` for one that the module does not bind.
    fn bound(&self, reference: &IdentifierReference<'_>) -> Option<BindingId> {
        let reference = self.scoping.get_reference(reference.reference_id.get()?);
        let symbol = reference.symbol_id()?;
        Some(BindingId(u32::try_from(symbol.index()).unwrap_or(u32::MAX)))
    }

    /// A name is mentioned by the function that is being lowered.
    fn mention(&mut self, binding: BindingId) {
        self.module.functions[self.function.0 as usize].mentions.push(binding);
    }

    /// A property is asked for by the function that is being lowered.
    fn ask(&mut self, member: &str) {
        let member = self.words.get(member);
        self.module.functions[self.function.0 as usize].members.push(member);
    }

    /// How many names and properties the function that is being lowered mentions so far.
    fn mentioned(&self) -> (usize, usize) {
        let function = &self.module.functions[self.function.0 as usize];
        (function.mentions.len(), function.members.len())
    }

    /// What was mentioned since counts for nothing.
    fn unmention(&mut self, mentions: usize, members: usize) {
        let function = &mut self.module.functions[self.function.0 as usize];
        function.mentions.truncate(mentions);
        function.members.truncate(members);
    }

    /// A value that is exported does not mention the names that it only hands on: itself, or a property's value.
    fn only_given(&mut self, value: ExprId, mentions: usize) {
        let names: Vec<BindingId> = match self.module.expr(value) {
            Expr::Name(binding) => vec![*binding],
            Expr::Object(properties) => {
                let names = properties.iter().filter(|property| property.key.is_some());
                names
                    .filter_map(|property| match self.module.expr(property.value) {
                        Expr::Name(binding) => Some(*binding),
                        _ => None,
                    })
                    .collect()
            }
            _ => return,
        };
        let mut given: BTreeMap<BindingId, usize> = BTreeMap::new();
        names.into_iter().for_each(|name| *given.entry(name).or_default() += 1);
        let known = &mut self.module.functions[self.function.0 as usize].mentions;
        let mut since = known.split_off(mentions);
        since.retain(|name| match given.get_mut(name) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        });
        known.append(&mut since);
    }

    /// A name is given something.
    fn give(&mut self, binding: BindingId, given: Given) {
        if let Some(binding) = self.module.bindings.get_mut(binding.0 as usize) {
            // Most are given one thing; a list that grows begins with room for four.
            if binding.given.is_empty() {
                binding.given.reserve_exact(1);
            }
            binding.given.push(given);
        }
    }
}

/// Leaves a list no room that it does not take, and gives back the room that it had. An allocator that is asked for less
/// of what it gave keeps the place as it is, unless that is less than half.
fn fit<T>(list: &mut Vec<T>) -> Vec<T> {
    if list.len() == list.capacity() {
        return Vec::new();
    }
    let mut whole = Vec::with_capacity(list.len());
    whole.append(list);
    std::mem::replace(list, whole)
}

fn to_span(span: OxcSpan) -> Span {
    span.start as usize..span.end as usize
}

#[cfg(test)]
mod tests;
