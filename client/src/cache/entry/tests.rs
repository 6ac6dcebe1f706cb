use super::*;
use crate::error::OperationError;
use crate::outcome::Outcome;

const LIFE: Life = Life {
    refresh_at: seconds(500),
    usable_until: seconds(990),
    expires_at: seconds(1000),
};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn token() -> Arc<Token> {
    Arc::new(Token::bare("a"))
}

fn failure(again_in: Duration) -> NoToken {
    let error = OperationError::of_one(Outcome::Malformed);
    NoToken {
        error: Arc::new(error),
        again_in,
    }
}

fn holding() -> Entry {
    let mut entry = <Entry>::default();
    entry.granted(token(), Some(LIFE), Duration::ZERO);
    entry
}

fn cached(left: u64) -> CachedToken {
    CachedToken {
        token: token(),
        expires_in: Some(seconds(left)),
    }
}

#[test]
fn what_is_not_held_is_asked_for() {
    assert_eq!(<Entry>::default().decide(seconds(0), false), Decision::Ask);
    assert_eq!(<Entry>::default().decide(seconds(0), true), Decision::Ask);
}

#[test]
fn a_token_is_handed_out_with_its_remaining_life_until_it_is_hardly_usable() {
    let entry = holding();
    assert_eq!(
        entry.decide(seconds(499), false),
        Decision::Serve(cached(501))
    );
    assert_eq!(
        entry.decide(seconds(500), false),
        Decision::Refresh(cached(500))
    );
    assert_eq!(
        entry.decide(seconds(989), false),
        Decision::Refresh(cached(11))
    );
    assert_eq!(entry.decide(seconds(990), false), Decision::Ask);
}

#[test]
fn while_a_refresh_runs_the_old_token_is_handed_out() {
    assert_eq!(
        holding().decide(seconds(500), true),
        Decision::Serve(cached(500))
    );
}

#[test]
fn a_token_of_unknown_life_is_not_kept() {
    let mut entry = holding();
    let granted = entry.granted(token(), None, seconds(1));
    assert_eq!(granted.expires_in, None);
    assert_eq!(entry.decide(seconds(1), false), Decision::Ask);
}

#[test]
fn a_failure_is_shared_until_its_pause_is_over() {
    let mut entry = <Entry>::default();
    entry.failed(failure(seconds(3)), seconds(10));
    assert_eq!(
        entry.decide(seconds(12), false),
        Decision::Refuse(failure(seconds(1)))
    );
    assert_eq!(entry.decide(seconds(13), false), Decision::Ask);
}

#[test]
fn a_failed_refresh_is_no_failure_and_is_not_tried_again_at_once() {
    let mut entry = holding();
    entry.failed(failure(seconds(1)), seconds(500));
    assert_eq!(
        entry.decide(seconds(549), false),
        Decision::Serve(cached(451))
    );
    assert_eq!(
        entry.decide(seconds(550), false),
        Decision::Refresh(cached(450))
    );
}

#[test]
fn a_refresh_is_not_tried_before_the_service_wants_it() {
    let mut entry = holding();
    entry.failed(failure(seconds(60)), seconds(500));
    assert_eq!(
        entry.decide(seconds(559), false),
        Decision::Serve(cached(441))
    );
}

#[test]
fn a_token_ends_the_failure_before_it() {
    let mut entry = <Entry>::default();
    entry.failed(failure(seconds(60)), seconds(0));
    entry.granted(token(), Some(LIFE), seconds(1));
    assert_eq!(
        entry.decide(seconds(1), false),
        Decision::Serve(cached(999))
    );
}
