//! Sets of modules and of functions, a bit for each: there is one of these for each route of a server.

use std::sync::Arc;

use crate::program::linked::{FunctionAt, ModuleId};

#[derive(Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    /// Takes one in; whether it was not there.
    fn insert(&mut self, place: u32) -> bool {
        let (word, bit) = place_of(place);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let is_new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        is_new
    }

    fn contains(&self, place: u32) -> bool {
        let (word, bit) = place_of(place);
        self.0.get(word).is_some_and(|known| known & bit != 0)
    }

    /// Each, in order.
    fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let words = self.0.iter().zip(0_u32..);
        words.flat_map(|(word, index)| {
            let bits = (0..u64::BITS).filter(move |bit| word >> bit & 1 == 1);
            bits.map(move |bit| index * u64::BITS + bit)
        })
    }
}

fn place_of(place: u32) -> (usize, u64) {
    ((place / u64::BITS) as usize, 1 << (place % u64::BITS))
}

/// Modules of one program.
#[derive(Debug, Default)]
pub(super) struct Modules(Bits);

impl Modules {
    /// Takes one in; whether it was not there.
    pub(super) fn insert(&mut self, module: ModuleId) -> bool {
        self.0.insert(module.0)
    }

    pub(super) fn contains(&self, module: ModuleId) -> bool {
        self.0.contains(module.0)
    }

    /// Each, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = ModuleId> + '_ {
        self.0.iter().map(ModuleId)
    }
}

/// Functions of one program: millions of times it is asked whether one is among them.
#[derive(Debug, Default)]
pub(super) struct Functions {
    /// How many functions stand before those of each module.
    before: Arc<[u32]>,
    bits: Bits,
}

impl Functions {
    pub(super) fn of(before: &Arc<[u32]>, functions: impl Iterator<Item = FunctionAt>) -> Self {
        let mut these = Self {
            before: Arc::clone(before),
            bits: Bits::default(),
        };
        for function in functions {
            if let Some(place) = these.place(function) {
                these.bits.insert(place);
            }
        }
        these
    }

    pub(super) fn contains(&self, function: FunctionAt) -> bool {
        self.place(function).is_some_and(|place| self.bits.contains(place))
    }

    fn place(&self, function: FunctionAt) -> Option<u32> {
        let before = self.before.get(function.module.0 as usize)?;
        Some(before + function.function.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::module::FunctionId;

    #[test]
    fn modules_are_kept_once_and_in_order() {
        let mut modules = Modules::default();
        let new: Vec<bool> = [130, 0, 63, 64, 0, 130].map(|id| modules.insert(ModuleId(id))).into();
        assert_eq!(new, [true, true, true, true, false, false]);
        assert!(modules.contains(ModuleId(64)) && !modules.contains(ModuleId(65)) && !modules.contains(ModuleId(999)));
        assert_eq!(
            modules.iter().collect::<Vec<_>>(),
            [0, 63, 64, 130].map(ModuleId).to_vec()
        );
    }

    #[test]
    fn functions_of_one_module_are_none_of_another() {
        let at = |module, function| FunctionAt {
            module: ModuleId(module),
            function: FunctionId(function),
        };
        let functions = Functions::of(&[0, 2, 70].into(), [at(0, 1), at(1, 0), at(2, 3)].into_iter());
        let known = [at(0, 0), at(0, 1), at(1, 0), at(1, 1), at(2, 3), at(3, 0)];
        assert_eq!(
            known.map(|function| functions.contains(function)),
            [false, true, true, false, true, false]
        );
    }
}
