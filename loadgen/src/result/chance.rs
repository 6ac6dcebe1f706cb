//! Whether two samples of runs differ by more than chance. Every test here asks only which figure is greater: no
//! distribution is assumed, equal figures and "never" (infinity) need no rule of their own.

mod counts;
mod holm;
mod ranks;
mod samples;

pub(crate) use self::counts::{beyond, counts};
pub(crate) use self::holm::holm;
pub(crate) use self::ranks::location;
pub(crate) use self::samples::{Samples, TestName, Tested};

/// The least two-sided p that a test of ranks can have with so many runs on each side: all of one side greater.
pub(crate) fn least_p(base: u32, new: u32, paired: bool) -> f64 {
    // So many make more ways than a float holds.
    let (fewer, more) = (base.min(new).min(1100), base.max(new));
    let ways: f64 = if paired {
        (0..fewer).map(|_| 2.0).product()
    } else {
        let of = |k: u32| (f64::from(more) + f64::from(k)) / f64::from(k);
        (1..=fewer).map(of).product()
    };
    (2.0 / ways).min(1.0)
}

#[cfg(test)]
mod tests;
