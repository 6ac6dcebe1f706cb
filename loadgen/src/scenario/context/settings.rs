//! What a scenario says about the context file that its sessions share.

use std::sync::Arc;
use std::time::Duration;

use imds_client::policy::{ModelledRelease, Version};

use crate::scenario::context::autosave::Environment;
use crate::scenario::context::generation::Generation;
use crate::scenario::script::Pause;

/// The context file, and how processes wait for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    /// What the file holds when the run starts; an empty text: there is none.
    pub saved: String,
    /// Whether processes read and save contexts by default, as `Enable-` and
    /// `Disable-AzContextAutosave -Scope CurrentUser` have left it.
    pub autosave: bool,
    /// How long a process sleeps when it finds the file open (500 ms, read in source).
    pub poll: Duration,
    /// How often it tries before it gives up (31, read in source).
    pub tries: u32,
    /// How long a process has the file open for nothing but reading and writing it (assumed: 5 to 30 ms).
    pub hold: Pause,
    /// How much longer the first sign-in on an empty profile has it open, beside what it lists then.
    ///
    /// Inferred from measured herds, 400 to 700 ms: 20 and 30 sessions of 2.12.1 and 5.5.0 on an empty
    /// profile took 1.5 s each (29.5 s, 48.6 s, 43.9 s), on a saved one 1.2 s: so the others found the file
    /// open twice at such a turn, which they do where it lasts between half a second and one.
    pub first_hold: Pause,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            saved: String::new(),
            autosave: true,
            poll: Duration::from_millis(500),
            tries: 31,
            hold: Pause {
                min: Duration::from_millis(5),
                max: Duration::from_millis(30),
            },
            first_hold: Pause {
                min: Duration::from_millis(400),
                max: Duration::from_millis(700),
            },
        }
    }
}

/// The processes that share a mutex, by number: those of one logon session, as Windows has it; each
/// shell is one of its own elsewhere (documented).
pub(crate) type Domain = u32;

/// Azure PowerShell's module, as its releases are called.
const AZ_ACCOUNTS: &str = "az-accounts";

/// How the sessions of a group use the context file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AzureContext {
    /// How their release of Azure PowerShell works with contexts.
    pub generation: Generation,
    /// Their logon session.
    pub domain: Domain,
    /// The process that they all are runspaces of; none: each is a process of its own.
    pub process: Option<Arc<str>>,
    /// What their environment says of saving contexts.
    pub environment: Environment,
    /// What all groups share.
    pub settings: Arc<Settings>,
}

impl AzureContext {
    /// That of a generation, where nothing else is said of it.
    #[must_use]
    pub(crate) fn of(generation: Generation, settings: &Arc<Settings>) -> Self {
        Self {
            generation,
            domain: Domain::default(),
            process: None,
            environment: Environment::default(),
            settings: Arc::clone(settings),
        }
    }

    /// The release of Azure PowerShell that sessions with this client have, or else the one that their contexts are explained by;
    /// none: its number is not known.
    pub(crate) fn release(&self, client: Option<&ModelledRelease>) -> Option<Version> {
        let release = client.map(|client| &client.release);
        let powershell = release.filter(|release| release.library == AZ_ACCOUNTS);
        let version = powershell.map(|release| release.version);
        version.or(self.generation.measured)
    }
}
