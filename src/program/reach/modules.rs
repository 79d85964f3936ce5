//! A set of modules, a bit for each: there is one of these for each route of a server.

use crate::program::linked::ModuleId;

/// Modules of one program.
#[derive(Debug, Default)]
pub(super) struct Modules(Vec<u64>);

impl Modules {
    /// Takes one in; whether it was not there.
    pub(super) fn insert(&mut self, module: ModuleId) -> bool {
        let (word, bit) = place_of(module);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let is_new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        is_new
    }

    pub(super) fn contains(&self, module: ModuleId) -> bool {
        let (word, bit) = place_of(module);
        self.0.get(word).is_some_and(|known| known & bit != 0)
    }

    /// Each, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = ModuleId> + '_ {
        let words = self.0.iter().zip(0_u32..);
        words.flat_map(|(word, index)| {
            let bits = (0..u64::BITS).filter(move |bit| word >> bit & 1 == 1);
            bits.map(move |bit| ModuleId(index * u64::BITS + bit))
        })
    }
}

fn place_of(module: ModuleId) -> (usize, u64) {
    let place = module.0;
    ((place / u64::BITS) as usize, 1 << (place % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
