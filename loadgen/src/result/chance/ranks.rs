//! Whether figures of one sample tend to be greater: Mann and Whitney's test, and of pairs Wilcoxon's of signed ranks.
//!
//! Of few runs the distribution under chance is counted out; of more it is taken for normal, with the variance that the
//! ranks at hand have (which corrects for ties) and half a step off (continuity).

use super::samples::{Samples, TestName, Tested};

/// So many runs are counted out: both sides together, or pairs that differ.
const COUNTED_OUT: usize = 40;

/// Differences of a pair are equal up to this: figures have at most four decimals.
const STEPS_IN_ONE: f64 = 1e6;

/// Tests whether the new figures tend to be greater, or smaller.
pub(crate) fn location(samples: &Samples) -> Tested {
    match samples {
        Samples::Apart { base, new } => mann_whitney(base, new),
        Samples::Paired(pairs) => signed_rank(pairs),
    }
}

fn mann_whitney(base: &[f64], new: &[f64]) -> Tested {
    let pooled: Vec<f64> = new.iter().chain(base).copied().collect();
    let ranks = doubled_ranks(&pooled);
    let sum: u64 = ranks[..new.len()].iter().sum();
    let (part, all) = (number(new.len()), number(pooled.len()));
    let mean = part * (all + 1.0);
    let squares = ranks.iter().map(|rank| (real(*rank) - all - 1.0).powi(2));
    let variance = part * number(base.len()) / (all * (all - 1.0)).max(1.0) * squares.sum::<f64>();
    let p = if pooled.len() <= COUNTED_OUT {
        as_far(&sums_of(&ranks, new.len()), sum, mean)
    } else {
        normal(real(sum) - mean, variance)
    };
    Tested {
        name: TestName::MannWhitney,
        p,
        greater: real(sum) > mean,
    }
}

fn signed_rank(pairs: &[(f64, f64)]) -> Tested {
    let differences: Vec<f64> = pairs.iter().map(difference).filter(|d| *d != 0.0).collect();
    let lengths: Vec<f64> = differences.iter().map(|d| d.abs()).collect();
    let ranks = doubled_ranks(&lengths);
    let grown = ranks.iter().zip(&differences).filter(|(_, d)| **d > 0.0);
    let sum: u64 = grown.map(|(rank, _)| *rank).sum();
    let mean = real(ranks.iter().sum()) / 2.0;
    let variance = ranks.iter().map(|rank| real(*rank).powi(2)).sum::<f64>() / 4.0;
    let p = if ranks.len() <= COUNTED_OUT {
        as_far(&sums_of_any(&ranks), sum, mean)
    } else {
        normal(real(sum) - mean, variance)
    };
    Tested {
        name: TestName::WilcoxonSignedRank,
        p,
        greater: real(sum) > mean,
    }
}

/// From "never" to "never" nothing has changed.
fn difference((base, new): &(f64, f64)) -> f64 {
    if base.total_cmp(new).is_eq() {
        0.0
    } else {
        ((new - base) * STEPS_IN_ONE).round()
    }
}

/// Twice the rank of each figure, from 1; of equal ones the middle of their ranks, of which the double is whole.
fn doubled_ranks(figures: &[f64]) -> Vec<u64> {
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by(|a, b| figures[*a].total_cmp(&figures[*b]));
    let mut ranks = vec![0; figures.len()];
    let mut before = 0;
    for equal in order.chunk_by(|a, b| figures[*a].total_cmp(&figures[*b]).is_eq()) {
        let count = equal.len() as u64;
        for index in equal {
            ranks[*index] = 2 * before + count + 1;
        }
        before += count;
    }
    ranks
}

/// How many subsets of so many ranks have each sum.
fn sums_of(ranks: &[u64], size: usize) -> Vec<f64> {
    let most = index(ranks.iter().sum());
    let mut ways = vec![vec![0.0; most + 1]; size + 1];
    ways[0][0] = 1.0;
    for rank in ranks.iter().map(|rank| index(*rank)) {
        for taken in (1..=size).rev() {
            let (fewer, more) = ways.split_at_mut(taken);
            for sum in rank..=most {
                more[0][sum] += fewer[taken - 1][sum - rank];
            }
        }
    }
    ways.swap_remove(size)
}

/// How many subsets of any size have each sum.
fn sums_of_any(ranks: &[u64]) -> Vec<f64> {
    let most = index(ranks.iter().sum());
    let mut ways = vec![0.0; most + 1];
    ways[0] = 1.0;
    for rank in ranks.iter().map(|rank| index(*rank)) {
        for sum in (rank..=most).rev() {
            ways[sum] += ways[sum - rank];
        }
    }
    ways
}

/// The share of the ways that are as far from the mean as the sum is, or farther.
fn as_far(ways: &[f64], sum: u64, mean: f64) -> f64 {
    let far = (real(sum) - mean).abs();
    let all: f64 = ways.iter().sum();
    let sums = (0_u64..).zip(ways);
    let as_far = sums.filter(|(sum, _)| (real(*sum) - mean).abs() >= far);
    as_far.map(|(_, ways)| ways).sum::<f64>() / all
}

/// Two-sided; a step of doubled ranks is at least 2 without ties, so half of one is 1.
fn normal(distance: f64, variance: f64) -> f64 {
    if variance > 0.0 {
        let z = (distance.abs() - 1.0).max(0.0) / variance.sqrt();
        libm::erfc(z / std::f64::consts::SQRT_2)
    } else {
        1.0
    }
}

fn index(sum: u64) -> usize {
    usize::try_from(sum).expect("ranks of a few runs")
}

fn number(count: usize) -> f64 {
    real(count as u64)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sums of ranks of 10,000 runs stay far below 2^52"
)]
fn real(number: u64) -> f64 {
    number as f64
}
