//! The Azure context in the memory of a process, and the sessions that share a process.
//!
//! A session is a process of its own, unless its group says that its sessions are runspaces of one
//! (thread jobs, `ForEach-Object -Parallel`): then there is one context for all of them, and a
//! session that sets it sets it for all (read in source: it is static; reported, too).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::tokens::Tokens;
use crate::scenario::context::{AzureContext, Contexts, Entry, Naming};
use crate::scenario::script::Scope;

/// The memory of a process. All clones are of the same process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Process(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    contexts: Contexts,
    mode: Scope,
    module: Module,
    /// Whether a connect was begun.
    connected: bool,
    /// Whether a token was asked for.
    asked: bool,
}

/// Whether `Az.Accounts` is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Module {
    /// No session has imported it.
    #[default]
    Absent,
    /// A session is importing it.
    Loading,
    /// It has been imported.
    Loaded,
    /// It could not be imported.
    Failed,
}

impl Process {
    /// The state of the import of the module; the first call begins it.
    #[must_use]
    pub(crate) fn begin_import(&self) -> Module {
        let mut memory = self.lock();
        let found = memory.module;
        if found == Module::Absent {
            memory.module = Module::Loading;
        }
        found
    }

    /// Ends the import: the contexts of the context file, and where commands keep contexts from now on.
    pub(crate) fn end_import(&self, contexts: Contexts, mode: Scope) {
        let mut memory = self.lock();
        (memory.contexts, memory.mode) = (contexts, mode);
        memory.module = Module::Loaded;
    }

    /// Whether the connect that begins now is the first of the process.
    #[must_use]
    pub(crate) fn begin_connect(&self) -> bool {
        !std::mem::replace(&mut self.lock().connected, true)
    }

    /// Whether the token that is asked for now is the first of the process.
    #[must_use]
    pub(crate) fn begin_token(&self) -> bool {
        !std::mem::replace(&mut self.lock().asked, true)
    }

    /// Ends the import without the module.
    pub(crate) fn fail_import(&self) {
        self.lock().module = Module::Failed;
    }

    /// Whether the import of the module has failed.
    #[must_use]
    pub(crate) fn lacks_module(&self) -> bool {
        self.lock().module == Module::Failed
    }

    /// Where commands keep contexts unless they or the environment say otherwise.
    #[must_use]
    pub(crate) fn mode(&self) -> Scope {
        self.lock().mode
    }

    /// `Disable-AzContextAutosave -Scope Process`.
    pub(crate) fn disable_autosave(&self) {
        self.lock().mode = Scope::Process;
    }

    /// The context that commands use.
    #[must_use]
    pub(crate) fn current(&self) -> Option<Entry> {
        self.lock().contexts.current().cloned()
    }

    /// Makes this the context that commands use.
    pub(crate) fn set(&self, entry: Entry, naming: Naming) {
        self.lock().contexts.set(entry, naming);
    }

    /// Adds a context.
    pub(crate) fn add(&self, entry: Entry, naming: Naming) {
        self.lock().contexts.add(entry, naming);
    }

    /// Removes the context that commands use.
    pub(crate) fn remove_current(&self) {
        self.lock().contexts.remove_current();
    }

    #[must_use]
    pub(crate) fn known(&self) -> Contexts {
        self.lock().contexts.clone()
    }

    /// Removes all contexts.
    pub(crate) fn clear(&self) {
        self.lock().contexts = Contexts::default();
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        let memory = self.0.lock();
        memory.expect("no holder of the lock panics")
    }
}

/// The memory and the tokens of the process that a session runs in.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProcessState {
    pub process: Process,
    /// The tokens of its process.
    pub tokens: Tokens,
    /// The tokens that are saved beside the context file.
    pub saved: Tokens,
}

/// What the sessions of a run share.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    processes: BTreeMap<Arc<str>, ProcessState>,
    saved: Tokens,
}

impl Sharing {
    /// The process of a session with this Azure context.
    pub(crate) fn process_state(&mut self, azure_context: Option<&AzureContext>) -> ProcessState {
        let fresh = || ProcessState {
            saved: self.saved.clone(),
            ..ProcessState::default()
        };
        let Some(azure_context) = azure_context else {
            return self.without_context();
        };
        match &azure_context.process {
            None => fresh(),
            Some(name) => {
                let name = Arc::clone(name);
                self.processes.entry(name).or_insert_with(fresh).clone()
            }
        }
    }

    /// The process of a session that keeps no tokens: each request is made anew.
    fn without_context(&self) -> ProcessState {
        ProcessState {
            process: Process::default(),
            tokens: self.saved.clone(),
            saved: self.saved.clone(),
        }
    }
}
