//! What a reader of an answer should know.

use super::question::Question;
use super::requirement::Requirement;
use super::trial::Rules;
use crate::engine::simulate::sample;
use crate::scenario::definition::Scenario;

/// The runs by which other groups are looked at.
const LOOK: u32 = 20;

/// The notes on the scenario with the answer in it, or with as little as there can be.
pub(super) fn of(
    played: &Scenario,
    question: &Question,
    rules: &Rules,
    has_answer: bool,
) -> Vec<String> {
    let slowest = rules
        .requirements
        .iter()
        .filter_map(|required| slowest_of_few(required, played));
    let mut notes: Vec<String> = slowest.collect();
    if !has_answer {
        notes.extend(others_fail(played, question));
    }
    notes
}

/// The p99 of fewer than 100 is the slowest of them, so it is harder to meet with 99 than with 200.
fn slowest_of_few(required: &Requirement, played: &Scenario) -> Option<String> {
    let Requirement::OfRun { figure, .. } = required else {
        return None;
    };
    let fewest = figure.fewest()?;
    let timed = figure.timed(played, &sample(played).ok()?);
    #[expect(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
    let few = (timed as f64) < fewest - 1e-6;
    few.then(|| {
        format!(
            "{}: of fewer than {fewest:.0} it is the slowest one, and a run has {timed}; a share of all sessions of \
             all runs, such as 'p99 <= 10s', does not depend on their number",
            required.described()
        )
    })
}

/// Which groups lose sessions although the group in question has next to none.
fn others_fail(played: &Scenario, question: &Question) -> Vec<String> {
    let others = played.groups.iter().enumerate();
    let others =
        others.filter(|(number, group)| !group.background && !question.groups.contains(number));
    let samples: Vec<_> = (0..LOOK)
        .filter_map(|run| sample(&played.run(run)).ok())
        .collect();
    let lost = |number: usize| -> u64 {
        samples
            .iter()
            .map(|sample| sample.groups[number].failed())
            .sum()
    };
    let all = |number: usize| -> u64 {
        samples
            .iter()
            .map(|sample| sample.groups[number].total)
            .sum()
    };
    let losing = others.filter(|(number, _)| lost(*number) > 0);
    losing
        .map(|(number, group)| {
            format!(
                "group {name} fails already, whatever is changed: {} of its {} sessions in {LOOK} runs; \
                 'within(60s) of GROUP' asks for one group alone",
                lost(number),
                all(number),
                name = group.name
            )
        })
        .collect()
}
