//! The gates of a live run: the queue of `imds-client exec`, in a folder of the run's own.

use std::path::PathBuf;

use imds_client::{CommandPermit, CommandQueue, SharedCacheError};
use rand::rngs::ChaCha8Rng;
use tempfile::TempDir;

use crate::scenario::definition::Scenario;
use crate::scenario::through::Gate;

/// The folder of a run's queues, which is removed with this.
#[derive(Debug)]
pub(super) struct GateFolder(TempDir);

/// A session's way through a gate.
#[derive(Debug)]
pub(super) struct LiveGate {
    gate: Gate,
    folder: PathBuf,
    rng: ChaCha8Rng,
}

impl GateFolder {
    /// A folder, if the scenario has a gate.
    pub(super) fn of(scenario: &Scenario) -> std::io::Result<Option<Self>> {
        let gated = scenario.groups.iter().any(|group| group.gate().is_some());
        gated.then(|| TempDir::new().map(Self)).transpose()
    }

    /// The way of one session; its ticket and its pauses are drawn from `rng`.
    pub(super) fn way(&self, gate: &Gate, rng: ChaCha8Rng) -> LiveGate {
        LiveGate {
            gate: gate.clone(),
            folder: self.0.path().join("gates"),
            rng,
        }
    }
}

impl LiveGate {
    /// Waits for the session's turn. What it holds while it runs: nothing, where the gate only spaces starts.
    pub(super) async fn pass(self) -> Result<Option<CommandPermit>, SharedCacheError> {
        let Self { gate, folder, rng } = self;
        let queue = CommandQueue::open(folder, &gate.name, gate.most(), gate.interval(), rng)?;
        let permit = queue.turn(|_| {}).await?;
        Ok(gate.at_once.map(|_| permit))
    }
}
