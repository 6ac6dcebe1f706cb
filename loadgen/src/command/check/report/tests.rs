use super::*;
use crate::command::check::case;
use crate::command::check::seen::samples::{requests, seen};

fn report(cases: &[(&str, End)], cut_short: bool) -> Report {
    let runs = cases.iter().map(|(name, end)| {
        let mut all = case::all().into_iter();
        CaseRun {
            case: all.find(|case| case.name == *name).expect("a case"),
            seen: seen(*end, requests(&[(0, 503), (10, 200)])),
        }
    });
    let runs: Vec<CaseRun> = runs.collect();
    let limit = Duration::from_mins(1);
    Report::new(
        vec!["a".to_owned()],
        Protocol::Imds,
        limit,
        &runs,
        cut_short,
    )
}

#[test]
fn only_what_is_required_decides() {
    let advised = report(
        &[("reset", End::Code(1)), ("server-errors", End::Code(0))],
        false,
    );
    assert_eq!((advised.required.failed, advised.advised.failed), (0, 2));
    assert_eq!(advised.verdict, Verdict::Passed);
    let required = report(&[("server-errors", End::Code(1))], false);
    assert_eq!(required.required.failed, 1);
    assert_eq!(required.verdict, Verdict::Failed);
}

#[test]
fn a_check_that_was_cut_short_is_not_passed() {
    let report = report(&[("reset", End::Code(0))], true);
    assert_eq!(report.verdict, Verdict::Failed);
}

#[test]
fn requests_count_from_the_first() {
    let report = report(&[("reset", End::TimedOut)], false);
    let case = &report.cases[0];
    assert_eq!(
        (case.requests[1].at_ms, case.requests[1].status),
        (10.0, Some(200))
    );
    assert!(case.runs[0].timed_out && case.runs[0].exit_code.is_none());
    assert!(case.has_failed());
}

#[test]
fn what_rests_on_requests_that_are_kept_no_more_is_neither_passed_nor_failed() {
    for end in [End::Code(0), End::Code(1)] {
        let mut all = case::all().into_iter();
        let case = all.find(|case| case.name == "server-errors");
        let mut seen = seen(end, requests(&[(0, 503), (10, 200)]));
        seen.forgotten = 5;
        let run = CaseRun {
            case: case.expect("a case"),
            seen,
        };
        let limit = Duration::from_mins(1);
        let report = Report::new(vec!["a".to_owned()], Protocol::Imds, limit, &[run], false);
        let Tally {
            passed,
            failed,
            undecided,
            ..
        } = report.required;
        assert_eq!((passed, failed), (0, 0));
        assert!(undecided > 0);
        assert_eq!(report.verdict, Verdict::Failed);
        assert_eq!(report.cases[0].requests_forgotten, 5);
        let told = "more than 2 requests came, and 5 of them are kept no more; of the latest: ";
        let evidence = &report.cases[0].grades[0].evidence;
        assert!(evidence.starts_with(told), "{evidence}");
    }
}
