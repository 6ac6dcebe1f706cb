//! How a session reads and writes the file in the user's profile.

use std::time::Duration;

use super::commands::Intent;
use super::performance::Performance;
use super::{Effect, Heard, Why};
use crate::context::{Access, Contexts, Entry, Profile, Scope};

/// What happens to sessions on their way, for counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The file could not be had at the start: the session goes on with no context, in memory only.
    ImportDegraded,
    /// What the file held could not be read, and is going to be lost.
    FileDamaged,
    /// It was waited for the file; how long, how often it was found open, and whether in vain.
    Waited {
        /// From the first wish to the open file, or to giving up.
        waited: Duration,
        /// How often another had it open.
        busy: u32,
        /// Whether the session gave up.
        timed_out: bool,
    },
    /// The file was open for writing for so long.
    Held(Duration),
    /// The file was read at the start: who is signed in now, if anybody.
    Imported(Option<Entry>),
    /// A command works as this one, while the script wants to work as that one.
    Works(Entry, Intent),
}

/// The kind of failure of a command that did not get the file.
const LOCK_TIMEOUT: &str = "file_lock_timeout";

impl Performance {
    /// Reads the file as a process does once, at its start.
    pub(super) async fn import(&mut self) {
        let Some(profile) = self.profile.clone() else {
            return;
        };
        let Ok(contexts) = self.acquire(&profile, Access::Shared).await else {
            self.mode = Scope::Process;
            return self.note(Fact::ImportDegraded).await;
        };
        self.hold(&profile).await;
        self.exchange.ask(Effect::Close(None)).await;
        self.contexts = contexts;
        let current = self.contexts.current().cloned();
        self.note(Fact::Imported(current)).await;
    }

    /// Opens the file as the session's version does; what it holds.
    pub(super) async fn acquire(
        &self,
        profile: &Profile,
        access: Access,
    ) -> Result<Contexts, String> {
        let began = self.exchange.now();
        if profile.version.has_mutex() {
            self.exchange.ask(Effect::Enter(profile.domain)).await;
        }
        let (text, busy) = self.poll(profile, access).await;
        if profile.version.has_mutex() {
            self.exchange.ask(Effect::Leave(profile.domain)).await;
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
    async fn poll(&self, profile: &Profile, access: Access) -> (Option<String>, u32) {
        let settings = &profile.settings;
        for busy in 0..settings.tries {
            match self.exchange.ask(Effect::Open(access)).await {
                Heard::Opened(Some(text)) => return (Some(text), busy),
                Heard::Opened(None) => self.exchange.wait(settings.poll, Why::Lock).await,
                other => panic!("opened the profile, heard {other:?}"),
            }
        }
        (None, settings.tries)
    }

    /// Takes the time that reading and writing take.
    pub(super) async fn hold(&mut self, profile: &Profile) {
        let length = profile.settings.hold.draw(&mut self.chances.holds);
        self.exchange.wait(length, Why::Lock).await;
    }

    pub(super) async fn note(&self, fact: Fact) {
        self.exchange.ask(Effect::Note(fact)).await;
    }

    /// Whether a command of this scope writes the file.
    pub(super) fn writes(&self, scope: Scope) -> Option<Profile> {
        let writes = scope == Scope::CurrentUser && self.mode == Scope::CurrentUser;
        self.profile.clone().filter(|_| writes)
    }
}
