use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::*;
use crate::cache::Life;
use crate::shared::lease::LEASE;
use crate::shared::record::TokenRecord;
use crate::wire::Token;

const DAY: Duration = Duration::from_hours(24);
/// When the token was obtained, by the wall clock.
const THEN: Duration = Duration::from_hours(500_000);

fn token() -> TokenRecord {
    let life = Life::begin(THEN, DAY, &mut ChaCha8Rng::seed_from_u64(1));
    TokenRecord::of(&Token::bare("a"), TokenLife::new(life, THEN))
}

type Seen = Snapshot<TokenRecord, ()>;

fn seen(token: Option<TokenRecord>, leased: bool) -> Seen {
    Seen {
        token: token.map(|token| (token.life, token)),
        lease: leased.then(|| Lease::begin(1, THEN)),
        ..Seen::default()
    }
}

#[test]
fn one_asks_and_the_others_wait() {
    assert_eq!(seen(None, false).decide(THEN), Decision::Ask);
    assert_eq!(seen(None, true).decide(THEN), Decision::Wait);
}

#[test]
fn a_lease_that_is_not_renewed_is_over() {
    assert_eq!(seen(None, true).decide(THEN + LEASE), Decision::Ask);
}

#[test]
fn no_process_asks_before_a_hold_has_ended() {
    let refused = || Seen {
        hold: Some(Hold::until(THEN + Duration::from_secs(5))),
        ..Seen::default()
    };
    assert_eq!(refused().decide(THEN), Decision::Wait);
    assert_eq!(
        refused().decide(THEN + Duration::from_secs(5)),
        Decision::Ask
    );
}

#[test]
fn one_refreshes_and_the_others_use_the_old_token() {
    let later = THEN + DAY * 6 / 10;
    assert_eq!(
        seen(Some(token()), false).decide(THEN),
        Decision::Use(token())
    );
    assert_eq!(
        seen(Some(token()), false).decide(later),
        Decision::Refresh(token())
    );
    let leased = Seen {
        lease: Some(Lease::begin(1, later)),
        ..seen(Some(token()), false)
    };
    assert_eq!(leased.decide(later), Decision::Use(token()));
}

proptest! {
    #[test]
    fn whatever_the_clock_does_a_token_is_used_within_its_life_only(shift in -200_000_i64..200_000) {
        let now = THEN.as_secs().saturating_add_signed(shift);
        let used = seen(Some(token()), true).decide(Duration::from_secs(now)) != Decision::Ask
            && seen(Some(token()), false).decide(Duration::from_secs(now)) != Decision::Ask;
        let alive = (0..86_400 - 30).contains(&shift);
        prop_assert_eq!(used, alive);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_process_wait(back in 1_u64..200_000) {
        let earlier = THEN.checked_sub(Duration::from_secs(back)).expect("after 1970");
        let seen = Seen {
            token: None,
            lease: Some(Lease::begin(1, THEN)),
            hold: Some(Hold::until(THEN + Duration::from_mins(1))),
            failure: None,
        };
        prop_assert_eq!(seen.decide(earlier), Decision::Ask);
    }

    #[test]
    fn a_token_from_a_file_has_the_life_that_is_left(passed in 0_u64..86_400) {
        let token = token().token(THEN + Duration::from_secs(passed));
        prop_assert_eq!(token.expires_in, Some(86_400 - passed));
        prop_assert_eq!(token.expires_on, Some(THEN.as_secs() + 86_400));
    }
}

#[test]
fn its_debug_form_hides_the_secret() {
    assert!(!format!("{:?}", token()).contains("\"a\""));
}
