//! The clock of a VM.

#![expect(clippy::disallowed_methods, reason = "a driver: reads the clocks")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::model::epoch::Epoch;

/// Counts from a run's start, and follows the wall clock where that steps or the machine sleeps.
///
/// The monotonic clock stands still while a machine sleeps (Linux, macOS), and no step of the wall clock moves it.
/// Tokens and documents are dated by the wall clock, so their time has to go on with it:
/// where it is ahead, the run's time makes up for it; where it was set back, the run's start is earlier by as much, since
/// the run's own time never goes back.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    started: Instant,
    epoch: Epoch,
    skipped: Arc<Skipped>,
}

/// What the run's time is ahead of the monotonic clock.
#[derive(Debug, Default)]
struct Skipped {
    nanoseconds: AtomicU64,
    /// When the wall clock is to be read again, in milliseconds of the monotonic clock.
    due: AtomicU64,
    changing: Mutex<()>,
}

impl Skipped {
    fn get(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }

    /// Whether the wall clock is to be read, which is then put off for [`BETWEEN_READINGS`].
    fn is_due(&self, monotonic: Duration) -> bool {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let is_due = milliseconds(monotonic) >= self.due.load(Ordering::Relaxed);
        if is_due {
            let next = milliseconds(monotonic + BETWEEN_READINGS);
            self.due.store(next, Ordering::Relaxed);
        }
        is_due
    }

    fn add(&self, more: Duration) {
        let more = u64::try_from(more.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(more, Ordering::Relaxed);
    }
}

/// Both clocks are read one after the other. If that takes longer, nothing is said of the wall clock.
const LONGEST_READING: Duration = Duration::from_millis(100);

/// A request reads the time a few times; the wall clock is read not more often than so.
const BETWEEN_READINGS: Duration = Duration::from_millis(50);

impl Clock {
    /// One that starts now.
    pub(crate) fn start() -> Clock {
        Clock {
            started: Instant::now(),
            epoch: since_1970().into(),
            skipped: Arc::default(),
        }
    }

    /// The time since the run's start.
    pub(crate) fn now(&self) -> Duration {
        let monotonic = self.started.elapsed();
        if self.skipped.is_due(monotonic) {
            self.follow(|| self.read());
        }
        monotonic + self.skipped.get()
    }

    /// From 1970 to the run's start.
    pub(crate) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// The time since the run's start and since 1970; `None` if reading took too long.
    fn read(&self) -> Option<(Duration, Duration)> {
        let monotonic = self.started.elapsed();
        let wall = since_1970();
        let reading = self.started.elapsed().saturating_sub(monotonic);
        (reading < LONGEST_READING).then_some((monotonic, wall))
    }

    /// One thread follows at a time, and others go on. Clocks are read while no other thread can follow: what was read
    /// before another followed a step forward would be taken for a step back.
    fn follow(&self, read: impl FnOnce() -> Option<(Duration, Duration)>) {
        let _changing = match self.skipped.changing.try_lock() {
            Ok(changing) => changing,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let step = read().map_or(Step::None, |(monotonic, wall)| self.step(monotonic, wall));
        match step {
            Step::None => {}
            Step::Ahead(by) => self.skipped.add(by),
            Step::Back(by) => self.epoch.set_back(by),
        }
    }

    fn step(&self, monotonic: Duration, wall: Duration) -> Step {
        let expected = self.epoch.get() + monotonic + self.skipped.get();
        Step::between(expected, wall)
    }
}

/// How far the wall clock is from where it is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    None,
    Ahead(Duration),
    Back(Duration),
}

impl Step {
    /// The least that counts. A wall clock that is adjusted, and not set, drifts by less than half a millisecond in a second
    /// (adjtimex(2)), and is followed when it is so far away.
    const LEAST: Duration = Duration::from_secs(1);

    fn between(expected: Duration, wall: Duration) -> Step {
        let (ahead, back) = (wall.checked_sub(expected), expected.checked_sub(wall));
        match (ahead, back) {
            (Some(by), _) if by >= Self::LEAST => Step::Ahead(by),
            (_, Some(by)) if by >= Self::LEAST => Step::Back(by),
            _ => Step::None,
        }
    }
}

/// The time since 1970; zero if the system's clock is set before that.
pub(crate) fn since_1970() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    /// The time since 1970 by the clock's own account, when the monotonic clock shows this.
    fn dated(clock: &Clock, monotonic: Duration) -> Duration {
        clock.epoch().get() + monotonic + clock.skipped.get()
    }

    #[test]
    fn the_time_of_documents_follows_the_wall_clock_and_the_runs_own_never_goes_back() {
        let clock = Clock::start();
        let start = clock.epoch().get();
        let at = Duration::from_secs(10);
        clock.follow(|| Some((at, start + at + HOUR)));
        assert_eq!(dated(&clock, at), start + at + HOUR);
        assert_eq!(clock.skipped.get(), HOUR);
        let earlier = (start + at).saturating_sub(HOUR);
        clock.follow(|| Some((at, earlier)));
        assert_eq!(dated(&clock, at), earlier);
        assert_eq!(clock.skipped.get(), HOUR, "the run's own time stays");
        assert_eq!(clock.epoch().get(), start.saturating_sub(2 * HOUR));
    }

    #[test]
    fn a_small_difference_is_no_step() {
        let clock = Clock::start();
        let start = clock.epoch().get();
        for by in [-999_i32, 0, 999] {
            let wall = start + Duration::from_millis(u64::try_from(5000 + by).unwrap());
            clock.follow(|| Some((Duration::from_secs(5), wall)));
        }
        assert_eq!(clock.skipped.get(), Duration::ZERO);
        assert_eq!(clock.epoch().get(), start);
    }

    /// The second thread stalls after it has read, while the first follows a step forward: with what it had read before, it
    /// would set the start back by an hour.
    #[test]
    fn clocks_are_read_while_no_other_thread_follows() {
        let clock = Clock::start();
        let start = clock.epoch().get();
        let at = Duration::from_secs(10);
        clock.follow(|| {
            clock
                .clone()
                .follow(|| panic!("read while another follows"));
            Some((at, start + at + HOUR))
        });
        assert_eq!(clock.skipped.get(), HOUR);
        clock.follow(|| {
            let is_held = clock.skipped.changing.try_lock().is_err();
            assert!(
                is_held,
                "what is read here is followed before another reads"
            );
            Some((at, start + at + HOUR))
        });
        assert_eq!(clock.epoch().get(), start);
    }

    #[test]
    fn copies_follow_together() {
        let clock = Clock::start();
        let copy = clock.clone();
        assert!(clock.skipped.is_due(Duration::ZERO));
        assert!(!copy.skipped.is_due(Duration::from_millis(49)));
        assert!(copy.skipped.is_due(Duration::from_millis(50)));
        clock.follow(|| Some((Duration::ZERO, clock.epoch().get() + HOUR)));
        assert!(copy.now() >= HOUR);
    }
}
