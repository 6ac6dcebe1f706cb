//! Counts by what was counted.

use std::collections::BTreeMap;

/// Adds each count to that of the same key.
pub(super) fn add_all(sums: &mut BTreeMap<String, u64>, counts: &BTreeMap<String, u64>) {
    for (key, count) in counts {
        *sums.entry(key.clone()).or_default() += count;
    }
}
