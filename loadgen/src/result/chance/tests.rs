use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::*;

const NEVER: f64 = f64::INFINITY;

fn apart(base: &[f64], new: &[f64]) -> Samples {
    Samples::new(base, new, false)
}

fn near(p: f64, expected: f64) -> bool {
    (p - expected).abs() < 1e-6 * expected.max(1e-3)
}

fn counting(from: u32, to: u32) -> Vec<f64> {
    (from..to).map(f64::from).collect()
}

/// The expected figures are those of scipy 1.16's `mannwhitneyu`, or counted out over all subsets with `rankdata`.
#[test]
fn mann_whitney_is_as_others_have_it() {
    let p = |base: &[f64], new: &[f64]| location(&apart(base, new)).p;
    let few = p(&[1.0, 2.0, 3.0, 4.0, 5.0], &[6.0, 7.0, 8.0, 9.0, 10.5]);
    assert!(near(few, 0.007_936_507_9), "{few}");
    let ties = p(&counting(1, 9), &counting(3, 11));
    assert!(near(ties, 0.155_244_755_2), "{ties}");
    let base = [1.0, 2.0, NEVER, 3.0, 4.0, 5.0];
    let never = p(&base, &[2.0, NEVER, NEVER, 6.0, 7.0, NEVER]);
    assert!(near(never, 0.114_718_614_7), "{never}");
    let round = |more: u32| {
        (0..60)
            .map(|i| f64::from(i % 17 + more))
            .collect::<Vec<_>>()
    };
    let many = p(&round(0), &round(3));
    assert!(near(many, 0.001_959_975_959), "{many}");
}

#[test]
fn signed_ranks_are_as_others_have_them() {
    let paired = |differences: &[f64]| {
        let base = vec![20.0; differences.len()];
        let new: Vec<f64> = differences.iter().map(|d| 20.0 + d).collect();
        location(&Samples::new(&base, &new, true))
    };
    let few = paired(&[1.0, -2.0, 3.0, 4.0, 5.0, -6.0, 7.0, 8.0, 9.0, 10.0]);
    assert!(near(few.p, 0.048_828_125) && few.greater, "{few:?}");
    let sign = |i: u32| if i.is_multiple_of(3) { -1.0 } else { 1.0 };
    let many: Vec<f64> = (1..=60).map(|i| sign(i) * f64::from(i)).collect();
    let many = paired(&many);
    assert!(near(many.p, 0.036_226_494_179), "{many:?}");
    let same = location(&Samples::new(&[NEVER, 1.0], &[NEVER, 1.0], true));
    assert!(near(same.p, 1.0), "from never to never nothing changed");
}

/// Each table of up to nine runs a side: twice the rarer of both sums over all tables with its margins.
#[test]
fn fishers_test_is_the_sum_over_all_tables() {
    let choose =
        |n: u32, k: u32| (0..k).fold(1.0, |ways, i| ways * f64::from(n - i) / f64::from(i + 1));
    for (of_base, of_new) in [(9_u32, 9_u32), (4, 9), (9, 3), (1, 1)] {
        for (base, new) in (0..=of_base).flat_map(|base| (0..=of_new).map(move |new| (base, new))) {
            let hits = base + new;
            let (least, most) = (hits.saturating_sub(of_base), hits.min(of_new));
            let chance = |k: u32| {
                choose(of_new, k) * choose(of_base, hits - k) / choose(of_base + of_new, hits)
            };
            let (up_to, from) = ((least..=new).map(chance), (new..=most).map(chance));
            let p = (2.0 * up_to.sum::<f64>().min(from.sum())).min(1.0);
            let tested = counts((base.into(), of_base.into()), (new.into(), of_new.into()));
            assert!(
                near(tested.p, p),
                "{base} of {of_base}, {new} of {of_new}: {tested:?}, {p}"
            );
        }
    }
}

/// A file may hold any number of runs.
#[test]
fn fishers_test_of_billions_of_runs_is_no_sum_of_billions() {
    let all = u64::from(u32::MAX);
    assert!(counts((all / 2, all), (all / 2, all)).p > 0.99);
    for (base, new) in [(0, all), (all, 0), (all / 3, all / 2)] {
        assert!(counts((base, all), (new, all)).p < 1e-9, "{base} {new}");
    }
}

#[test]
fn counts_are_as_others_have_them() {
    let fisher = counts((3, 100), (14, 100));
    assert!(near(fisher.p, 0.009_329_427_189), "{fisher:?}");
    assert!(fisher.greater && near(counts((0, 9), (0, 9)).p, 1.0));
    let pairs = |grown: u32, fallen: u32| {
        let base = (0..100).map(|i| f64::from(u32::from(i < fallen)));
        let new = (0..100).map(|i| f64::from(u32::from((10..10 + grown).contains(&i))));
        beyond(
            &Samples::new(&base.collect::<Vec<_>>(), &new.collect::<Vec<_>>(), true),
            950,
        )
    };
    let mcnemar = pairs(10, 2);
    assert!(near(mcnemar.p, 0.038_574_218_75), "{mcnemar:?}");
    assert_eq!(
        (mcnemar.name, mcnemar.greater),
        (TestName::McNemarExact, true)
    );
}

#[test]
fn a_tail_is_cut_off_where_its_share_is_nearest() {
    let base = [vec![1.0; 94], vec![2.0; 6]].concat();
    let new = [vec![1.0; 70], vec![2.0; 30]].concat();
    let tested = beyond(&apart(&base, &new), 950);
    assert!(tested.p < 1e-4 && tested.greater, "{tested:?}");
    let constant = beyond(&apart(&[1.0; 100], &[1.0; 100]), 950);
    assert!(near(constant.p, 1.0), "{constant:?}");
}

#[test]
fn holm_is_as_in_the_book() {
    let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
    for (p, expected) in adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]) {
        assert!(near(*p, expected), "{adjusted:?}");
    }
}

#[test]
fn so_few_runs_cannot_show_anything() {
    assert!(near(least_p(3, 3, false), 0.1));
    assert!(near(least_p(5, 5, true), 1.0 / 16.0));
    assert!(near(least_p(1, u32::MAX, false), 2.0 / 4_294_967_296.0));
    for (most, paired) in [(10_000, false), (u32::MAX, false), (u32::MAX, true)] {
        assert!(least_p(most, most, paired) < 1e-300);
    }
}

/// Figures as runs have them: many equal ones, some that are "never", and a scale.
fn runs(rng: &mut ChaCha8Rng, count: usize, times: f64) -> Vec<f64> {
    let figure = |rng: &mut ChaCha8Rng| match rng.random_range(0.0..1.0) {
        x if x < 0.1 => NEVER,
        x if x < 0.5 => 400.0,
        x => (1000.0 * (1.0 + x + rng.random_range(0.0..1.0)) * times).round(),
    };
    (0..count).map(|_| figure(rng)).collect()
}

/// Of 4000 samples of one distribution each test may find a difference at one in a hundred: here at most as many as
/// such a test does with a chance of 99.9 %.
#[test]
fn chance_is_found_no_oftener_than_promised() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut alarms = [0; 4];
    for round in 0..4000 {
        let size = [8, 30, 60, 100][round % 4];
        let (base, new) = (runs(&mut rng, size, 1.0), runs(&mut rng, size, 1.0));
        let samples = [false, true].map(|paired| Samples::new(&base, &new, paired));
        let found = samples
            .iter()
            .flat_map(|samples| [location(samples), beyond(samples, 950)]);
        for (alarm, tested) in alarms.iter_mut().zip(found) {
            *alarm += u32::from(tested.p <= 0.01);
        }
    }
    assert!(alarms.iter().all(|alarms| *alarms <= 61), "{alarms:?}");
}

proptest! {
    /// Either side may be the base, and only the order of figures counts.
    #[test]
    fn sides_and_scales_do_not_matter(seed in any::<u64>(), size in 1_usize..50, paired in any::<bool>()) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (base, new) = (runs(&mut rng, size, 1.0), runs(&mut rng, size, 1.3));
        let both = location(&Samples::new(&base, &new, paired));
        let back = location(&Samples::new(&new, &base, paired));
        prop_assert!((0.0..=1.0 + 1e-9).contains(&both.p) && near(both.p, back.p));
        let doubled = |figures: &[f64]| figures.iter().map(|f| f * 2.0).collect::<Vec<_>>();
        let scaled = location(&Samples::new(&doubled(&base), &doubled(&new), paired));
        prop_assert!(near(scaled.p, both.p));
    }
}
