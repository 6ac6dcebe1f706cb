//! Many tests at once.

/// Holm's adjustment: if each adjusted p is held against a level, the chance of one false alarm or more among all
/// tests is at most that level, however the tests depend on each other. In the order given.
pub(crate) fn holm(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_by(|a, b| ps[*a].total_cmp(&ps[*b]));
    let mut adjusted = vec![1.0; ps.len()];
    let mut least = 0.0_f64;
    for (left, index) in (1..=order.len()).rev().zip(order) {
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        least = least.max((ps[index] * f64::from(left)).min(1.0));
        adjusted[index] = least;
    }
    adjusted
}
