//! Tables by a hash that is quicker than the standard library's, and as little foreseen by who writes the keys.

use foldhash::fast::RandomState;

/// A map by hash. Its order means nothing: sort what comes out.
pub type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// A set by hash. Its order means nothing: sort what comes out.
pub type HashSet<T> = std::collections::HashSet<T, RandomState>;
