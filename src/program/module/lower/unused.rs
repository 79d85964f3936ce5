//! Imports of TypeScript that are gone when it runs, as nothing uses their names as values.

use std::collections::BTreeMap;

use oxc_ast::ast::{Decorator, FormalParameters, Function, TSType, TSTypeAnnotation, TSTypeName};

use super::{BindingKind, Language, Lowerer, RequestId, RequestKind};

/// Names that elements may stand for without being written there.
const OF_ELEMENTS: [&str; 4] = ["Fragment", "React", "h", "jsx"];

impl Lowerer<'_> {
    /// Marks the imports of which no name is used as a value. What is imported without a name stays as it is.
    pub(super) fn find_unused(&mut self) {
        if self.language == Language::JavaScript {
            return;
        }
        let mut used: BTreeMap<RequestId, bool> = BTreeMap::new();
        for ((symbol, binding), id) in self.scoping.symbol_ids().zip(&self.module.bindings).zip(0_u32..) {
            let BindingKind::Import(request, _) = binding.kind else {
                continue;
            };
            let mut references = self.scoping.get_resolved_references(symbol);
            let is_used = references.any(|reference| reference.flags().is_value())
                || self.described.contains(&super::BindingId(id))
                || self.language == Language::Tsx && OF_ELEMENTS.contains(&binding.name.as_ref());
            *used.entry(request).or_default() |= is_used;
        }
        for (request, is_used) in used {
            let request = &mut self.module.requests[request.0 as usize];
            if !is_used && request.kind == RequestKind::Import {
                request.kind = RequestKind::Unused;
            }
        }
    }

    /// What the compiler writes down of a method with decorators: the types of its parameters and of what it gives.
    /// <https://www.typescriptlang.org/tsconfig/#emitDecoratorMetadata>
    pub(super) fn describe_method(&mut self, decorators: &[Decorator<'_>], method: &Function<'_>) {
        let mut parameters = method.params.items.iter();
        if !decorators.is_empty() || parameters.any(|parameter| !parameter.decorators.is_empty()) {
            self.describe_parameters(&method.params);
            self.describe(method.return_type.as_deref());
        }
    }

    /// The types of parameters, which the compiler writes down.
    pub(super) fn describe_parameters(&mut self, parameters: &FormalParameters<'_>) {
        for parameter in &parameters.items {
            self.describe(parameter.type_annotation.as_deref());
        }
    }

    /// A type that the compiler writes down, which keeps the class that it names.
    pub(super) fn describe(&mut self, annotation: Option<&TSTypeAnnotation<'_>>) {
        if let Some(annotation) = annotation {
            self.describe_type(&annotation.type_annotation);
        }
    }

    fn describe_type(&mut self, described: &TSType<'_>) {
        match described {
            TSType::TSTypeReference(reference) => {
                let mut name = &reference.type_name;
                while let TSTypeName::QualifiedName(qualified) = name {
                    name = &qualified.left;
                }
                if let TSTypeName::IdentifierReference(name) = name
                    && let Some(binding) = self.bound(name)
                {
                    self.described.insert(binding);
                }
            }
            TSType::TSUnionType(union) => {
                // One of them beside `undefined` is what is written down.
                for inner in &union.types {
                    if let TSType::TSTypeReference(_) = inner {
                        self.describe_type(inner);
                    }
                }
            }
            _ => {}
        }
    }
}
