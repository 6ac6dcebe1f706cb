//! Random streams of a run: one seed, a separate stream for each purpose, so that one more draw in
//! one place does not shift the others.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use crate::session::chances::{Chance, Chances};

/// Makes the random streams of one run. The generator is `ChaCha8`, whose output is the same on every
/// platform; a stream is one of its 2^64 independent streams.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    key: [u8; 32],
}

impl Streams {
    /// The streams of the run with this seed.
    #[must_use]
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            key: ChaCha8Rng::seed_from_u64(seed).get_seed(),
        }
    }

    /// When the sessions of one group start.
    #[must_use]
    pub(crate) fn arrivals(&self, group: usize) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Arrivals, group as u64, 0)
    }

    /// The order of sessions that start at the same instant.
    #[must_use]
    pub(crate) fn ties(&self) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Ties, 0, 0)
    }

    /// The jitter of one session's retry policy.
    #[must_use]
    pub(crate) fn policy(&self, session: u32) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Policy, session.into(), 0)
    }

    /// The service time of one attempt of one session.
    #[must_use]
    pub(crate) fn service(&self, session: u32, attempt: u32) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Service, session.into(), attempt)
    }

    /// Whether and how a fault strikes one attempt of one session.
    #[must_use]
    pub(crate) fn faults(&self, session: u32, attempt: u32) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Faults, session.into(), attempt)
    }

    /// Which sessions leave their story behind.
    #[must_use]
    pub(crate) fn traces(&self) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Traces, 0, 0)
    }

    /// What one session draws itself.
    #[must_use]
    pub(crate) fn of_session(&self, session: u32) -> Chances<&[u8; 32]> {
        Chances::new(&self.key, part(session.into(), 0))
    }

    /// The ticket and the pauses of one session at a gate in real time.
    #[must_use]
    pub(crate) fn gate(&self, session: u32) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Gate, session.into(), 0)
    }

    /// What a broker draws: the lives of its tokens, and its pauses after failures.
    #[must_use]
    pub(crate) fn broker(&self) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Broker, 0, 0)
    }

    /// What the client of one session draws that shares tokens: its pauses, and the lives of tokens.
    #[must_use]
    pub(crate) fn sharing(&self, session: u32) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Sharing, session.into(), 0)
    }

    /// How long Resource Manager takes for one request of one session.
    #[must_use]
    pub(crate) fn manager(&self, session: u32, request: u32) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Manager, session.into(), request)
    }

    /// The seed of one VM of a fleet.
    #[must_use]
    pub(crate) fn vm(&self, vm: usize) -> u64 {
        self.stream(Purpose::Vms, vm as u64, 0).next_u32().into()
    }

    /// The order of VMs of which something happens at one instant.
    #[must_use]
    pub(crate) fn fleet(&self) -> Chance<&[u8; 32]> {
        self.stream(Purpose::Fleet, 0, 0)
    }

    fn stream(&self, purpose: Purpose, index: u64, attempt: u32) -> Chance<&[u8; 32]> {
        Chance::new(&self.key, number(purpose, index, attempt))
    }
}

/// The number of a stream.
fn number(purpose: Purpose, index: u64, attempt: u32) -> u64 {
    (purpose as u64) << 56 | part(index, attempt)
}

/// All of the number of a stream but its purpose.
fn part(index: u64, attempt: u32) -> u64 {
    let attempt = u64::from(attempt) & 0x00ff_ffff;
    index << 24 | attempt
}

/// What a stream is for: the top byte of its number. A new purpose takes the next number, so that
/// the streams of the others stay as they are. What [`Chances`] draw has 4, 8, 9 and 11.
#[derive(Clone, Copy)]
enum Purpose {
    Arrivals = 1,
    Ties = 2,
    Policy = 3,
    Service = 5,
    Faults = 6,
    Traces = 7,
    Manager = 10,
    Gate = 12,
    Broker = 13,
    Sharing = 14,
    Vms = 15,
    Fleet = 16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_stream() {
        let first = Streams::new(7).service(3, 2).next_u64();
        assert_eq!(first, Streams::new(7).service(3, 2).next_u64());
        assert_ne!(first, Streams::new(8).service(3, 2).next_u64());
    }

    #[test]
    fn each_purpose_session_and_attempt_has_its_own_stream() {
        let streams = Streams::new(7);
        let mut draws = vec![
            streams.arrivals(0).next_u64(),
            streams.arrivals(1).next_u64(),
            streams.ties().next_u64(),
            streams.policy(0).next_u64(),
            streams.policy(1).next_u64(),
            streams.of_session(0).pauses().next_u64(),
            streams.service(0, 0).next_u64(),
            streams.service(0, 1).next_u64(),
            streams.service(1, 0).next_u64(),
            streams.faults(0, 0).next_u64(),
        ];
        draws.sort_unstable();
        draws.dedup();
        assert_eq!(draws.len(), 10);
    }
}
