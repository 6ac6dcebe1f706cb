//! How one of several that share a pacer comes to its turn. It is given the time.

use std::time::Duration;

use super::limits::Pace;
use super::pacer::{Pacer, Turn};

/// How often a reserved turn is asked for: once more if the attempt before it was a little late.
const ASKS: u8 = 2;

/// The way to a turn of a [`Pacer`] whose users have no queue among them: processes that share it in a file.
///
/// It reserves a turn and asks for it when it has come. So the pacer is asked about as often as attempts may go,
/// however many wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TurnSearch {
    /// How often the turn that is reserved may still be asked for; 0: none is reserved.
    asks: u8,
}

impl TurnSearch {
    /// The next step at `now`: the turn, or when to call this again.
    pub fn next(&mut self, pacer: &mut Pacer, pace: &Pace, now: Duration) -> Turn {
        while let Some(left) = self.asks.checked_sub(1) {
            self.asks = left;
            match pacer.ask(pace, now) {
                Turn::Wait(at) if at.saturating_sub(now) > pace.interval => self.asks = 0,
                turn => return turn,
            }
        }
        self.asks = ASKS;
        Turn::Wait(pacer.reserve(pace, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        interval: Duration::from_millis(50),
        burst: 1,
        at_once: usize::MAX,
        lease: Duration::from_millis(1),
    };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// When each of these searches, which begin at these times and are never late, comes to its turn.
    fn turns(begun: &[u64]) -> Vec<Duration> {
        let mut pacer = Pacer::default();
        let mut due: Vec<_> = begun
            .iter()
            .map(|at| (ms(*at), TurnSearch::default()))
            .collect();
        let mut turns = vec![];
        while let Some(next) = (0..due.len()).min_by_key(|index| due[*index].0) {
            let (now, search) = &mut due[next];
            match search.next(&mut pacer, &PACE, *now) {
                Turn::Wait(at) => *now = at,
                Turn::Go(_) => turns.push(due.remove(next).0),
            }
        }
        turns
    }

    #[test]
    fn those_that_are_on_time_go_an_interval_apart() {
        assert_eq!(turns(&[0, 0, 0, 70]), [0, 50, 100, 150].map(ms));
    }

    #[test]
    fn one_that_comes_after_a_pause_goes_at_once() {
        assert_eq!(turns(&[0, 500]), [0, 500].map(ms));
    }

    #[test]
    fn one_whose_forerunner_was_late_goes_an_interval_after_it() {
        let (mut pacer, mut first, mut second) = Default::default();
        let next =
            |search: &mut TurnSearch, pacer: &mut Pacer, at| search.next(pacer, &PACE, ms(at));
        let _: (TurnSearch, TurnSearch) = (first, second);
        assert_eq!(next(&mut first, &mut pacer, 0), Turn::Wait(ms(0)));
        assert_eq!(next(&mut second, &mut pacer, 0), Turn::Wait(ms(50)));
        assert_eq!(next(&mut first, &mut pacer, 7), Turn::Go(1));
        assert_eq!(next(&mut second, &mut pacer, 50), Turn::Wait(ms(57)));
        assert_eq!(next(&mut second, &mut pacer, 57), Turn::Go(2));
    }

    #[test]
    fn one_that_has_missed_its_turn_reserves_another() {
        let mut pacer = Pacer::default();
        let mut late = TurnSearch::default();
        assert_eq!(late.next(&mut pacer, &PACE, ms(0)), Turn::Wait(ms(0)));
        for at in [ms(100), ms(150)] {
            pacer.ask(&PACE, at);
        }
        assert_eq!(late.next(&mut pacer, &PACE, ms(151)), Turn::Wait(ms(200)));
        pacer.ask(&PACE, ms(200));
        assert_eq!(late.next(&mut pacer, &PACE, ms(200)), Turn::Wait(ms(250)));
        assert_eq!(late.next(&mut pacer, &PACE, ms(250)), Turn::Wait(ms(250)));
        assert_eq!(late.next(&mut pacer, &PACE, ms(250)), Turn::Go(4));
    }
}
