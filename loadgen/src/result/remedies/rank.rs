//! In which order remedies are told, and which is recommended: pure functions of what their runs came to.

use std::cmp::Ordering;

use super::{Kind, Outcome, Row};

/// The rows in their order, and the remedy that is recommended: the first row, if it holds.
///
/// A remedy that holds comes before one that does not. Of those that hold the one with the least change comes first; of
/// those with the same change the one that stops holding with the fewest other values of assumptions; and of those the
/// one that is done first, its work included. Of those that do not hold the one with which more sessions succeed comes first. What
/// can be applied to no group comes last.
pub(crate) fn ranked(mut rows: Vec<Row>) -> (Vec<Row>, Option<Kind>) {
    rows.sort_by(order);
    let recommended = rows.first().filter(|row| row.holds());
    let recommended = recommended.map(|row| row.remedy);
    (rows, recommended)
}

/// Whether what came of a setting takes the place of what came of the settings of the same remedy before it: it holds and that
/// does not, or neither holds and more sessions succeed. Nothing came of a setting that can be applied to no group.
#[must_use]
pub(crate) fn replaces(found: Option<&Outcome>, before: Option<&Outcome>) -> bool {
    let rank = |outcome: &Outcome| (outcome.holds, outcome.success_ratio);
    found.map(rank) > before.map(rank)
}

fn order(a: &Row, b: &Row) -> Ordering {
    let by_outcome = match (&a.outcome, &b.outcome) {
        (Some(one), Some(other)) => match (one.holds, other.holds) {
            (true, true) => {
                let change = a.change.cmp(&b.change);
                let safer = change.then(a.depends_on.len().cmp(&b.depends_on.len()));
                safer.then_with(|| done(one).total_cmp(&done(other)))
            }
            (false, false) => other.success_ratio.total_cmp(&one.success_ratio),
            (one, other) => other.cmp(&one),
        },
        (one, other) => other.is_some().cmp(&one.is_some()),
    };
    by_outcome.then_with(|| a.remedy.cmp(&b.remedy))
}

/// When the last session was done that succeeded, in milliseconds. Where none succeeds that never comes.
pub(crate) fn done(outcome: &Outcome) -> f64 {
    outcome.last_done_ms.unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::result::remedies::Dependence;

    fn row(remedy: Kind, holds: bool, success_ratio: f64, last_done_ms: f64) -> Row {
        Row {
            remedy,
            setting: String::new(),
            change: remedy.change(),
            to_change: String::new(),
            left_out: BTreeMap::new(),
            in_place_of: BTreeMap::new(),
            outcome: Some(Outcome {
                holds,
                share: if holds { 1.0 } else { 0.0 },
                sessions: 0,
                succeeded: 0,
                succeeded_least: 0,
                success_ratio,
                // A job that works after its token is done later.
                last_token_ms: Some(0.0),
                last_done_ms: Some(last_done_ms),
                requests: Some(0),
            }),
            depends_on: vec![],
        }
    }

    fn kinds(rows: Vec<Row>) -> Vec<Kind> {
        let rows = ranked(rows).0;
        rows.into_iter().map(|row| row.remedy).collect()
    }

    #[test]
    fn the_least_change_that_holds_is_recommended_and_not_the_fastest() {
        let rows = vec![
            row(Kind::Broker, true, 1.0, 300.0),
            row(Kind::Nothing, false, 0.7, 24_000.0),
            row(Kind::SpacedStarts, true, 1.0, 6000.0),
            row(Kind::OtherClient, true, 1.0, 5000.0),
            row(Kind::Gate, true, 1.0, 4000.0),
        ];
        assert_eq!(ranked(rows.clone()).1, Some(Kind::Gate));
        let order = [
            Kind::Gate,
            Kind::SpacedStarts,
            Kind::Broker,
            Kind::OtherClient,
            Kind::Nothing,
        ];
        assert_eq!(kinds(rows), order);
    }

    #[test]
    fn of_the_same_change_that_which_rests_on_less_comes_before_the_faster_one() {
        let mut faster = row(Kind::FewerAtOnce, true, 1.0, 3000.0);
        faster.depends_on.push(Dependence {
            assumption: "service_time".to_owned(),
            value: "50ms".to_owned(),
            share: 0.0,
        });
        let rows = vec![
            faster,
            row(Kind::Gate, true, 1.0, 4000.0),
            row(Kind::Broker, true, 1.0, 300.0),
        ];
        assert_eq!(kinds(rows), [Kind::Gate, Kind::FewerAtOnce, Kind::Broker]);
    }

    #[test]
    fn where_nothing_has_to_be_changed_that_is_recommended() {
        let rows = vec![
            row(Kind::Gate, true, 1.0, 4000.0),
            row(Kind::Nothing, true, 1.0, 24_000.0),
        ];
        assert_eq!(ranked(rows).1, Some(Kind::Nothing));
    }

    #[test]
    fn where_nothing_holds_nothing_is_recommended_and_the_most_successful_is_first() {
        let mut none = row(Kind::SharedCache, false, 1.0, 1.0);
        none.outcome = None;
        let rows = vec![
            none,
            row(Kind::Nothing, false, 0.2, 100.0),
            row(Kind::Retry, false, 0.9, 9000.0),
        ];
        let (rows, recommended) = ranked(rows);
        assert_eq!(recommended, None);
        assert_eq!(kinds(rows), [Kind::Retry, Kind::Nothing, Kind::SharedCache]);
    }

    #[test]
    fn a_setting_that_holds_takes_the_place_of_one_with_which_more_sessions_succeed() {
        let outcome = |holds, ratio| row(Kind::EvenSpacing, holds, ratio, 0.0).outcome;
        let (more, holds) = (outcome(false, 0.9), outcome(true, 0.8));
        assert!(replaces(holds.as_ref(), more.as_ref()));
        assert!(!replaces(more.as_ref(), holds.as_ref()));
        assert!(replaces(more.as_ref(), outcome(false, 0.8).as_ref()));
        assert!(!replaces(more.as_ref(), more.as_ref()));
        assert!(replaces(more.as_ref(), None) && !replaces(None, more.as_ref()));
    }

    #[test]
    fn one_of_which_no_session_is_done_comes_after_the_others() {
        let mut never = row(Kind::FewerAtOnce, true, 1.0, 0.0);
        if let Some(outcome) = &mut never.outcome {
            outcome.last_done_ms = None;
        }
        let rows = vec![never, row(Kind::Gate, true, 1.0, 9000.0)];
        assert_eq!(kinds(rows), [Kind::Gate, Kind::FewerAtOnce]);
    }

    proptest! {
        /// The order depends on what is in the rows alone.
        #[test]
        fn the_order_of_the_rows_before_does_not_matter(
            seeds in prop::collection::vec((any::<bool>(), 0_u8..4, 0_u8..4), 10), turn in 0_usize..10,
        ) {
            let rows: Vec<Row> = Kind::ALL.iter().zip(seeds).map(|(kind, (holds, ratio, token))| {
                row(*kind, holds, f64::from(ratio), f64::from(token))
            }).collect();
            let mut turned = rows.clone();
            turned.rotate_left(turn);
            prop_assert_eq!(ranked(rows), ranked(turned));
        }
    }
}
