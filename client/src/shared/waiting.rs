//! How long a process waits for another that asks for the same token.

use std::time::Duration;

use rand::{Rng, RngExt};

use crate::policy::Policy;

/// The longest wait for another process. A restart of IMDS takes up to 70 s (documented), in which one
/// process asks and the others wait. (Ours.)
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// A refresh of a token that is still valid is abandoned after so long, and tried again later. (Ours.)
pub const REFRESH_WAIT: Duration = Duration::from_secs(2);

/// The pause between two reads of the files: growing, between these.
const READ_PAUSES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(200)];

/// The longest wait for another process under this policy, whose deadline includes it.
#[must_use]
pub fn longest_wait(policy: Option<&Policy>) -> Duration {
    let deadline = policy.and_then(|policy| policy.deadline);
    LONGEST_WAIT.min(deadline.unwrap_or(LONGEST_WAIT))
}

/// The pauses of a process between its reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadPauses {
    longest: Duration,
}

impl ReadPauses {
    /// The next pause, drawn so that processes that came together do not read together.
    pub fn next(&mut self, rng: &mut dyn Rng) -> Duration {
        let longest = self.longest;
        self.longest = longest.mul_f64(1.5).min(READ_PAUSES[1]);
        rng.random_range(longest / 2..longest)
    }
}

impl Default for ReadPauses {
    fn default() -> Self {
        let longest = READ_PAUSES[0];
        Self { longest }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    #[test]
    fn pauses_grow_from_milliseconds_to_a_fifth_of_a_second() {
        let (mut pauses, mut rng) = (ReadPauses::default(), ChaCha8Rng::seed_from_u64(1));
        let drawn: Vec<_> = (0..20).map(|_| pauses.next(&mut rng)).collect();
        assert!(drawn[0] <= READ_PAUSES[0] && drawn[0] >= READ_PAUSES[0] / 2);
        assert!(drawn[19] <= READ_PAUSES[1] && drawn[19] >= READ_PAUSES[1] / 2);
    }

    #[test]
    fn a_deadline_ends_the_wait_for_another() {
        let mut policy = Policy::clone(&Policy::preset(Policy::DEFAULT).expect("a preset"));
        policy.deadline = Some(Duration::from_secs(3));
        assert_eq!(longest_wait(Some(&policy)), Duration::from_secs(3));
        assert_eq!(longest_wait(None), LONGEST_WAIT);
    }
}
