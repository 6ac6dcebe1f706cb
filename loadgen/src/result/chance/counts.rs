//! Whether more runs of one sample lie beyond a value: Fisher's exact test, and of pairs `McNemar`'s exact one.

use super::samples::{Samples, TestName, Tested};
use crate::record::distribution::rank;

/// Tests whether more of the new runs lie beyond the value that so many thousandths of all runs do not exceed. The value
/// is that of both samples together, so that it favours neither.
pub(crate) fn beyond(samples: &Samples, thousandths: u32) -> Tested {
    let beyond = Split::of(&samples.pooled(), thousandths);
    match samples {
        Samples::Apart { base, new } => {
            let count = |figures: &[f64]| figures.iter().filter(|f| beyond.holds(**f)).count();
            counts(
                (count(base) as u64, base.len() as u64),
                (count(new) as u64, new.len() as u64),
            )
        }
        Samples::Paired(pairs) => {
            let sides = pairs
                .iter()
                .map(|(b, n)| (beyond.holds(*b), beyond.holds(*n)));
            let changed: Vec<bool> = sides.filter(|(b, n)| b != n).map(|(_, n)| n).collect();
            let grown = changed.iter().filter(|grown| **grown).count() as u64;
            mcnemar(grown, changed.len() as u64)
        }
    }
}

/// Where a sorted sample is cut in two.
#[derive(Clone, Copy)]
struct Split {
    at: f64,
    /// Whether the value itself lies beyond.
    from: bool,
}

impl Split {
    /// Of many equal values either all or none lie beyond, whichever share is nearer to the one asked for.
    fn of(pooled: &[f64], thousandths: u32) -> Self {
        let all = pooled.len() as u64;
        let place = rank(all, thousandths.into());
        let at = usize::try_from(place.max(1) - 1).ok();
        let at = at.and_then(|index| pooled.get(index).copied());
        let at = at.unwrap_or_default();
        let below = pooled.iter().filter(|figure| **figure < at).count() as u64;
        let up_to = pooled.iter().filter(|figure| **figure <= at).count() as u64;
        let from = below > 0 && (up_to == all || place.abs_diff(below) < place.abs_diff(up_to));
        Self { at, from }
    }

    fn holds(self, figure: f64) -> bool {
        figure > self.at || self.from && figure >= self.at
    }
}

/// Fisher's exact test of how many of all there are on each side: base, then new.
pub(crate) fn counts((base, of_base): (u64, u64), (new, of_new): (u64, u64)) -> Tested {
    let (hits, all) = (base + new, of_base + of_new);
    let whole = ln_choose(all, hits);
    let chance = |k: u64| (ln_choose(of_new, k) + ln_choose(of_base, hits - k) - whole).exp();
    let least = hits.saturating_sub(of_base);
    let most = hits.min(of_new);
    let at_most = || tail((least..=new).rev().map(chance));
    let at_least = || tail((new..=most).map(chance));
    // The side that leads away from the expected number is the rarer one; only near the middle it may be the other.
    let is_below = u128::from(new) * u128::from(all) < u128::from(hits) * u128::from(of_new);
    let away = if is_below { at_most() } else { at_least() };
    let toward = match away {
        0.5.. if is_below => at_least(),
        0.5.. => at_most(),
        _ => 1.0,
    };
    Tested {
        name: TestName::FisherExact,
        p: two_sided(away, toward),
        greater: new * of_base > base * of_new,
    }
}

/// Of so many pairs that changed sides, so many went beyond.
fn mcnemar(grown: u64, changed: u64) -> Tested {
    let whole = real(changed) * std::f64::consts::LN_2;
    let chance = |k: u64| (ln_choose(changed, k) - whole).exp();
    let at_most: f64 = (0..=grown).map(chance).sum();
    let at_least: f64 = (grown..=changed).map(chance).sum();
    Tested {
        name: TestName::McNemarExact,
        p: two_sided(at_most, at_least),
        greater: 2 * grown > changed,
    }
}

/// The sum of chances with one maximum, to the last digit: what falls off after it adds no more.
fn tail(chances: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut last) = (0.0, 0.0);
    for chance in chances {
        sum += chance;
        let adds_nothing = chance <= last && chance < sum * f64::EPSILON;
        if adds_nothing || sum == 0.0 {
            break;
        }
        last = chance;
    }
    sum
}

/// Twice the rarer side.
fn two_sided(at_most: f64, at_least: f64) -> f64 {
    (2.0 * at_most.min(at_least)).min(1.0)
}

/// The logarithm of the number of ways to take `k` of `n`.
fn ln_choose(n: u64, k: u64) -> f64 {
    let ln_factorial = |n: u64| libm::lgamma(real(n) + 1.0);
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of runs stay far below 2^52"
)]
fn real(count: u64) -> f64 {
    count as f64
}
