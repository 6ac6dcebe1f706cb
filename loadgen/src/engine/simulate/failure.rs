//! Why there is no run in virtual time.

use thiserror::Error;

/// Why a scenario cannot be simulated.
#[derive(Debug, Error)]
pub(crate) enum SimulateError {
    /// Refusals take no virtual time, so a client that hardly waits asks next to for ever.
    #[error(
        "one session made {MOST_ATTEMPTS} attempts with the policy \"{policy}\": \
         give its rules a longer delay, or a limit of retries"
    )]
    HardlyWaits { policy: String },
}

/// So many attempts of one session show that its policy hardly waits: at ten a second they would take
/// three hours.
pub(super) const MOST_ATTEMPTS: u32 = 100_000;
