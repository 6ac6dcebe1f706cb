//! The file of the module's own settings, `PSConfig.json`, which one release opens for itself alone at its
//! import.
//!
//! Measured with 2.8.0: of 20 processes that imported it at once 8 failed, since another had the file open;
//! no cmdlet exists afterwards. Such an import does not wait for the file, and does not try again.

use std::time::Duration;

use super::execution::Execution;
use super::fact::Fact;
use super::outcome::IMPORT_FAILED;
use super::question::{Question, WaitFor};
use crate::scenario::context::AzureContext;
use crate::scenario::script::Pause;

/// Within how long the imports of processes that start together come to the file (assumed).
const REACHED: Pause = Pause {
    min: Duration::ZERO,
    max: Duration::from_millis(600),
};

/// How long one has it open (assumed). A thirtieth of [`REACHED`]: then 8 of 20 fail, as measured.
const HELD: Duration = Duration::from_millis(20);

impl Execution {
    /// Whether the import gets the file of the settings, if it opens it for itself alone.
    pub(super) async fn opens_settings(&mut self, azure_context: &AzureContext) -> bool {
        if !azure_context.generation.locks_its_settings() {
            return true;
        }
        let reached = REACHED.draw(self.chances.holds());
        self.exchange.wait(reached, WaitFor::Lock).await;
        let opened = self.exchange.ask(Question::OpenSettings).await;
        if opened {
            self.exchange.wait(HELD, WaitFor::Lock).await;
            self.exchange.ask(Question::CloseSettings).await;
        } else {
            self.exchange.note_failure(IMPORT_FAILED.into());
            self.note(Fact::ImportFailed).await;
        }
        opened
    }
}
