//! A bar for each second of a run.

use std::fmt::Write;

use crate::record::timeline::Second;

/// The longest bar.
const WIDTH: u64 = 60;

/// More seconds than that are left out of the text; they are in the document.
const MOST: usize = 40;

/// What was granted (`#`) and refused (`-` by the rate, `=` at once, `?` unnamed, `x` anything else)
/// in each second in which anything was sent or answered.
pub(super) fn chart(seconds: &[Second]) -> String {
    let busiest = seconds.iter().map(answers).max().unwrap_or_default().max(1);
    let mut out =
        "second  granted #, refused - by rate = at once ! penalty ? unnamed, other x\n".to_owned();
    for second in seconds.iter().take(MOST) {
        let bar = bar(second, busiest);
        writeln!(out, "{:>6}  {bar} {}", second.second, counts(second))
            .expect("a string takes it all");
    }
    if seconds.len() > MOST {
        writeln!(out, "        … and {} more seconds", seconds.len() - MOST)
            .expect("a string takes it all");
    }
    out
}

fn answers(second: &Second) -> u64 {
    parts(second).iter().map(|(_, count)| count).sum()
}

fn parts(second: &Second) -> [(char, u64); 6] {
    [
        ('#', second.granted),
        ('-', second.refused_rate),
        ('=', second.refused_concurrency),
        ('!', second.refused_penalty),
        ('?', second.refused_unnamed),
        ('x', second.other),
    ]
}

/// One character an answer, or fewer where the busiest second would not fit.
fn bar(second: &Second, busiest: u64) -> String {
    let scale = |count: u64| {
        if busiest <= WIDTH {
            count
        } else {
            (count * WIDTH).div_ceil(busiest)
        }
    };
    let parts = parts(second).into_iter();
    parts
        .flat_map(|(mark, count)| (0..scale(count)).map(move |_| mark))
        .collect()
}

fn counts(second: &Second) -> String {
    let by_limit = second.refused_rate + second.refused_concurrency;
    let refused = by_limit + second.refused_penalty + second.refused_unnamed;
    format!("{}/{refused}", second.granted)
}
