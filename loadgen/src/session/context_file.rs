//! How a session reads and writes the context file.

use std::time::Duration;

use super::execution::Execution;
use super::fact::Fact;
use super::lock::Access;
use super::process::Module;
use super::question::{Question, WaitFor};
use crate::scenario::context::{AzureContext, Contexts};
use crate::scenario::processor::Work;
use crate::scenario::script::Scope;

/// How often a runspace checks whether another has imported the module (assumed; it costs nothing).
const IMPORT_POLL: Duration = Duration::from_millis(10);

/// The kind of failure of a command that did not get the file.
const LOCK_TIMEOUT: &str = "file_lock_timeout";

impl Execution {
    /// Imports the modules, which a process does once, in its first session.
    pub(super) async fn import(&mut self) {
        match self.process.begin_import() {
            Module::Absent => {
                self.work(Work::Import).await;
                if let Some(azure_context) = self.azure_context.clone() {
                    Box::pin(self.import_first(&azure_context)).await;
                }
            }
            Module::Loading => self.await_import().await,
            Module::Loaded | Module::Failed => {}
        }
    }

    /// Opens the settings and reads the file, as the import does at its end.
    async fn import_first(&mut self, azure_context: &AzureContext) {
        if !self.opens_settings(azure_context).await {
            return self.process.fail_import();
        }
        let autosave = azure_context.settings.autosave;
        let mut mode = Scope::saving(autosave);
        let mut contexts = Contexts::default();
        let loads = azure_context.environment.loads(autosave);
        if loads && !azure_context.generation.follows_file {
            if let Ok(found) = self.read(azure_context).await {
                contexts = found;
                let current = contexts.current().cloned();
                self.note(Fact::Imported(current)).await;
            } else {
                mode = Scope::Process;
                self.note(Fact::ImportDegraded).await;
            }
        }
        self.process.end_import(contexts, mode);
    }

    /// Runspaces of one process wait for the one that imports.
    async fn await_import(&self) {
        while self.process.begin_import() == Module::Loading {
            self.exchange.wait(IMPORT_POLL, WaitFor::Lock).await;
        }
    }

    /// What the file holds now.
    pub(super) async fn read(&mut self, azure_context: &AzureContext) -> Result<Contexts, String> {
        let contexts = self.acquire(azure_context, Access::Shared).await?;
        self.hold(azure_context).await;
        self.close(None).await;
        Ok(contexts)
    }

    /// Opens the file as the session's release does; what it holds.
    pub(super) async fn acquire(
        &self,
        azure_context: &AzureContext,
        access: Access,
    ) -> Result<Contexts, String> {
        let (began, domain) = (self.exchange.now(), azure_context.domain);
        if azure_context.generation.has_mutex {
            let enter = move |session| Question::Enter(domain, session);
            self.exchange.ask(enter).await;
        }
        let (text, busy) = self.poll(azure_context, access).await;
        if azure_context.generation.has_mutex {
            let leave = move |session| Question::Leave(domain, session);
            self.exchange.ask(leave).await;
        }
        let waited = self.exchange.now().saturating_sub(began);
        let timed_out = text.is_none();
        let fact = Fact::Waited {
            waited,
            busy,
            timed_out,
        };
        self.note(fact).await;
        let contexts = Contexts::from_json(&text.ok_or(LOCK_TIMEOUT)?);
        if contexts.is_none() {
            self.note(Fact::FileDamaged).await;
        }
        Ok(contexts.unwrap_or_default())
    }

    /// Tries as often as the settings say; the text, and how often another had it open.
    async fn poll(&self, azure_context: &AzureContext, access: Access) -> (Option<String>, u32) {
        let settings = &azure_context.settings;
        for busy in 0..settings.tries {
            let open = move |session| Question::Open(access, session);
            match self.exchange.ask(open).await {
                Some(text) => return (Some(text), busy),
                None => self.exchange.wait(settings.poll, WaitFor::Lock).await,
            }
        }
        (None, settings.tries)
    }

    /// Takes the time that reading and writing take.
    pub(super) async fn hold(&mut self, azure_context: &AzureContext) {
        let length = azure_context.settings.hold.draw(self.chances.holds());
        self.exchange.wait(length, WaitFor::Lock).await;
    }

    /// Closes the file, with what is to be written if anything is.
    pub(super) async fn close(&self, write: Option<Contexts>) {
        let question = |session| Question::Close(write, session);
        self.exchange.ask(question).await;
    }

    pub(super) async fn note(&self, fact: Fact) {
        let question = |session| Question::Note(fact, session);
        self.exchange.ask(question).await;
    }
}
