use super::*;
use crate::record::attempt::{Answer, RequestKind};
use crate::scenario::script::StepKind;

fn attempt(trace: &mut SessionTrace, retry_index: u32, at: Duration) {
    let waited = Duration::from_millis(7);
    trace.sent(&Sending {
        kind: RequestKind::Token,
        path: None,
        retry_index,
        at,
        waited,
    });
    trace.answered(&Attempt {
        kind: RequestKind::Token,
        retry_index,
        sent: at,
        ended: at,
        answer: Answer::Refused(None),
    });
}

fn connected() -> Finished {
    Finished {
        token_at: None,
        kind: StepKind::Connect,
        began: Duration::ZERO,
        tries: 1,
        failure: None,
    }
}

#[test]
fn a_story_is_cut_but_its_counts_are_not() {
    let mut trace = SessionTrace::new(0, "all", Duration::ZERO);
    trace.step("connect", String::new(), Duration::ZERO);
    for (retry, index) in (0..150).zip(0_u64..) {
        attempt(&mut trace, retry, Duration::from_secs(index));
    }
    let kind = "imds_429".to_owned();
    trace.session_ended(Some(&kind), Duration::from_secs(200));
    assert_eq!(trace.steps[0].attempts.len(), MOST_KEPT);
    assert_eq!((trace.attempts, trace.attempts_left_out), (150, 50));
    assert_eq!(trace.steps[0].attempts[99].ended_ms, Some(99_000.0));
    assert!((trace.waiting_ms - 1050.0).abs() < 1e-9);
}

#[test]
fn attempts_of_steps_left_out_are_left_out_too() {
    let mut trace = SessionTrace::new(0, "all", Duration::ZERO);
    for index in 0..101 {
        let at = Duration::from_secs(index);
        trace.step("connect", String::new(), at);
        if index >= 99 {
            attempt(&mut trace, 0, at);
        }
        trace.end_step(&connected(), None, at + Duration::from_secs(1));
    }
    trace.session_ended(None, Duration::from_mins(5));
    assert_eq!((trace.steps.len(), trace.steps_left_out), (100, 1));
    assert_eq!((trace.attempts, trace.attempts_left_out), (2, 1));
    assert_eq!(trace.steps[99].ended_ms, Some(100_000.0));
}

#[test]
fn a_step_that_the_run_s_end_cuts_short_tells_how_often_it_was_tried() {
    let mut trace = SessionTrace::new(0, "all", Duration::ZERO);
    trace.step("connect", String::new(), Duration::ZERO);
    attempt(&mut trace, 0, Duration::ZERO);
    trace.waits(Duration::from_secs(1));
    assert_eq!(trace.steps[0].tries, 1, "it waits for its second try");
    attempt(&mut trace, 0, Duration::from_secs(1));
    attempt(&mut trace, 1, Duration::from_secs(2));
    assert_eq!(trace.steps[0].tries, 2);
}

#[test]
fn a_wait_at_a_gate_is_part_of_the_story() {
    let mut trace = SessionTrace::new(0, "all", Duration::ZERO);
    assert_eq!(trace.at_gate_ms, None);
    trace.started(Duration::ZERO, Duration::ZERO);
    trace.admitted(Duration::from_millis(1500));
    assert_eq!(trace.at_gate_ms, Some(1500.0));
}
