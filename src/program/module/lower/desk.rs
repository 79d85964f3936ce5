//! Where modules are lowered: the parser's memory, which is used again for each file, and a stack that is deep enough.

use std::ops::Range;
use std::sync::Arc;
#[cfg(not(target_family = "wasm"))]
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::text::HashSet;
use oxc_allocator::Allocator;

#[cfg(target_family = "wasm")]
use super::TOO_DEEP;
use super::depth::Depth;
use super::{Expr, Language, Module, lower};

/// What lowering one file after the other takes.
#[derive(Default)]
pub(in crate::program) struct Desk {
    allocator: Allocator,
    words: Words,
    /// Whether any file that may be walked at all may be walked here.
    is_deep: bool,
}

/// The words of the files that were lowered here: most are names that come again and again, and are held once. And the
/// room that the expressions of the last file took.
#[derive(Default)]
pub(super) struct Words {
    known: HashSet<Arc<str>>,
    pub(super) room: Vec<(Expr, Range<u32>)>,
}

impl Words {
    pub(super) fn get(&mut self, word: &str) -> Arc<str> {
        if let Some(known) = self.known.get(word) {
            return Arc::clone(known);
        }
        let word: Arc<str> = word.into();
        self.known.insert(Arc::clone(&word));
        word
    }
}

impl Desk {
    pub(super) fn depth(&self, text: &str, language: Language) -> Depth {
        if self.is_deep && !Depth::may_be_hostile(text) {
            return Depth::Usual;
        }
        match Depth::of(text, language) {
            Depth::Deep if self.is_deep => Depth::Usual,
            depth => depth,
        }
    }

    pub(super) fn lower(&mut self, text: &str, language: Language) -> Module {
        let module = lower(&self.allocator, &mut self.words, text, language);
        self.allocator.reset();
        module
    }
}

/// Long chains and deep nesting are walked recursively, also by the parser, so they get a stack of their own, of which
/// only what is walked on is ever taken from the system.
#[cfg(not(target_family = "wasm"))]
const STACK: usize = 1 << 30;

/// A thread of its own for one file.
#[cfg(not(target_family = "wasm"))]
pub(super) fn on_deep_stack(text: &str, language: Language) -> Module {
    let failed = || Module::unread("there was no memory to parse it");
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        let thread = builder.spawn_scoped(scope, || {
            lower(&Allocator::default(), &mut Words::default(), text, language)
        });
        thread.map_or_else(|_| failed(), |thread| thread.join().unwrap_or_else(|_| failed()))
    })
}

#[cfg(target_family = "wasm")]
pub(super) fn on_deep_stack(_text: &str, _language: Language) -> Module {
    Module::unread(TOO_DEEP)
}

/// The most threads that files are spread over.
#[cfg(not(target_family = "wasm"))]
const MOST_THREADS: usize = 16;

/// What `work` makes of each, in order, on as many threads as there are cores. Most files are long enough to need a
/// deep stack, so each thread has one and does many.
#[cfg(not(target_family = "wasm"))]
pub(in crate::program) fn spread<T: Sync, R: Send>(all: &[T], work: impl Fn(&mut Desk, &T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = AtomicUsize::new(0);
    let take = |mut desk: Desk| {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(index) else { return done };
            done.push((index, work(&mut desk, one)));
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads = 0..cores.min(MOST_THREADS).min(all.len());
        let spread: Vec<_> = threads
            .filter_map(|_| {
                let deep = || {
                    take(Desk {
                        is_deep: true,
                        ..Desk::default()
                    })
                };
                let builder = std::thread::Builder::new().stack_size(STACK);
                builder.spawn_scoped(scope, deep).ok()
            })
            .collect();
        // Without memory for any such stack, each file that needs one asks for its own.
        let here = if spread.is_empty() {
            take(Desk::default())
        } else {
            Vec::new()
        };
        let joined = spread.into_iter().flat_map(|thread| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        here.into_iter().chain(joined).collect()
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, one)| one).collect()
}

#[cfg(target_family = "wasm")]
pub(in crate::program) fn spread<T: Sync, R: Send>(all: &[T], work: impl Fn(&mut Desk, &T) -> R + Sync) -> Vec<R> {
    let mut desk = Desk::default();
    all.iter().map(|one| work(&mut desk, one)).collect()
}
