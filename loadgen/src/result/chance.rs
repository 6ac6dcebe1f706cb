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
    let ways = |k: u32| f64::from(base.saturating_add(k)) / f64::from(k);
    let ways: f64 = if paired {
        (0..base.min(new)).map(|_| 2.0).product()
    } else {
        (1..=new).map(ways).product()
    };
    (2.0 / ways).min(1.0)
}

#[cfg(test)]
mod tests;
