//! The account that a session works as, and its token.
//!
//! By what is read in source it is the account that its own process has in memory, and a token that the
//! process has got. By the article's own explanation it is the account that the context file has now, with the
//! token that is saved there, unless a command with `-Scope Process` has given the process a context of its own.

use std::sync::Arc;
use std::time::Duration;

use imds_client::wire::TokenRequest;

use super::execution::{Done, Execution};
use super::fact::Fact;
use super::lock::Access;
use super::outcome::NOT_LOGGED_IN;
use super::question::WaitFor;
use super::tokens::{Bearer, Tokens};
use crate::scenario::context::{
    AzureContext, Contexts, Entry, Generation, Lookup, Naming, TokenUse,
};
use crate::scenario::script::Scope;

/// The first sign-in of a process: it lists everything once more.
pub(super) struct Population<'a> {
    pub(super) request: &'a Arc<TokenRequest>,
    /// Why the sign-in could not have the token of its tenant, which it only warned of; none: it could.
    pub(super) unlisted: Option<String>,
}

/// The account and the subscription that a command works with.
pub(super) struct Standing {
    pub(super) entry: Entry,
    /// Whether that is read from the context file, with its token.
    pub(super) shared: bool,
}

impl Standing {
    /// From the memory of the process.
    pub(super) fn alone(entry: Entry) -> Self {
        let shared = false;
        Self { entry, shared }
    }
}

impl Execution {
    /// What a command works with now; none: no account is signed in.
    pub(super) async fn standing(&mut self) -> Result<Option<Standing>, String> {
        if let Some(entry) = self.process.current() {
            return Ok(Some(Standing::alone(entry)));
        }
        let Some(azure_context) = self.follows() else {
            return Ok(None);
        };
        let current = self.read(&azure_context).await?.current().cloned();
        let shared = true;
        Ok(current.map(|entry| Standing { entry, shared }))
    }

    /// Works in this context from now on: in memory first, then in the file. What the first sign-in lists
    /// once more it lists with the file open, if it writes it.
    pub(super) async fn adopt(
        &mut self,
        entry: Entry,
        scope: Option<Scope>,
        population: Option<Population<'_>>,
    ) -> Done {
        self.remember(&entry, scope);
        match (self.writes(scope), population) {
            (Some(azure_context), population) => self.save(&azure_context, entry, population).await,
            (None, Some(population)) => self.add_all(&population, None).await,
            (None, None) => Ok(()),
        }
    }

    fn remember(&mut self, entry: &Entry, scope: Option<Scope>) {
        self.own = Some(entry.clone());
        if self.shares(scope) {
            self.process.clear();
        } else {
            self.process.set(entry.clone(), self.naming());
        }
    }

    async fn save(
        &mut self,
        azure_context: &AzureContext,
        entry: Entry,
        population: Option<Population<'_>>,
    ) -> Done {
        let mut file = self.acquire(azure_context, Access::Exclusive).await?;
        let held_from = self.exchange.now();
        file.set(entry, self.naming());
        let done = match population {
            Some(population) => {
                self.hold_longer(azure_context).await;
                self.add_all(&population, Some(&mut file)).await
            }
            None => Ok(()),
        };
        self.release(azure_context, file, held_from).await;
        done
    }

    /// Takes the time by which the first sign-in has the file open longer.
    async fn hold_longer(&mut self, azure_context: &AzureContext) {
        let length = azure_context.settings.first_hold;
        let length = length.draw(self.chances.holds());
        self.exchange.wait(length, WaitFor::Lock).await;
    }

    /// Adds the contexts of all subscriptions, in memory and in the file.
    async fn add_all(
        &mut self,
        population: &Population<'_>,
        mut file: Option<&mut Contexts>,
    ) -> Done {
        let naming = self.naming();
        for entry in self.populate(population).await? {
            if let Some(file) = &mut file {
                file.add(entry.clone(), naming);
            }
            self.process.add(entry, naming);
        }
        match &population.unlisted {
            Some(cause) => Err(self.remove_current(file, cause)),
            None => Ok(()),
        }
    }

    /// Nobody is signed in any more: the kind of failure, with the cause behind it.
    fn remove_current(&self, file: Option<&mut Contexts>, cause: &str) -> String {
        self.process.remove_current();
        if let Some(file) = file {
            file.remove_current();
        }
        format!("{NOT_LOGGED_IN}_{cause}")
    }

    /// Closes the file with what it is to hold.
    pub(super) async fn release(
        &mut self,
        azure_context: &AzureContext,
        file: Contexts,
        held_from: Duration,
    ) {
        self.hold(azure_context).await;
        self.close(Some(file)).await;
        let held = self.exchange.now().saturating_sub(held_from);
        self.note(Fact::Held(held)).await;
    }

    /// The Azure context, if a command of this scope writes the context file.
    pub(super) fn writes(&self, scope: Option<Scope>) -> Option<AzureContext> {
        let azure_context = self.azure_context.as_ref()?;
        let scope = azure_context.environment.scope(scope, self.process.mode());
        (scope == Scope::CurrentUser).then(|| azure_context.clone())
    }

    /// Whether a command of this scope shares its context and its token with all that follow the context file.
    pub(super) fn shares(&self, scope: Option<Scope>) -> bool {
        let azure_context = self.writes(scope);
        azure_context.is_some_and(|azure_context| azure_context.generation.follows_file)
    }

    /// The Azure context, if the process works with the account in the context file.
    fn follows(&self) -> Option<AzureContext> {
        let azure_context = self.writes(None);
        azure_context.filter(|azure_context| azure_context.generation.follows_file)
    }

    /// Where a command looks for tokens and keeps them; none: each request is made anew.
    pub(super) fn keeping(&self, shared: bool) -> Option<Tokens> {
        let azure_context = self.azure_context.as_ref()?;
        let tokens = if shared { &self.saved } else { &self.tokens };
        let keeps = azure_context.generation.tokens == TokenUse::OncePerProcess;
        keeps.then(|| tokens.clone())
    }

    /// A token that is kept, or a new one.
    pub(super) async fn token_for(
        &mut self,
        request: &Arc<TokenRequest>,
        keeping: Option<&Tokens>,
    ) -> Result<Bearer, String> {
        let now = self.exchange.now();
        match keeping.and_then(|tokens| tokens.find(request, now)) {
            Some(bearer) => {
                self.had_token();
                Ok(bearer)
            }
            None => self.renew(request, keeping).await,
        }
    }

    /// A new token, which is kept.
    pub(super) async fn renew(
        &mut self,
        request: &Arc<TokenRequest>,
        keeping: Option<&Tokens>,
    ) -> Result<Bearer, String> {
        let (bearer, half_life) = self.token(request).await?;
        if let Some(tokens) = keeping {
            tokens.keep(request, half_life, bearer.clone());
        }
        Ok(bearer)
    }

    pub(super) fn naming(&self) -> Naming {
        self.generation()
            .map_or(Naming::Account, |generation| generation.naming)
    }

    pub(super) fn lookup(&self) -> Lookup {
        self.generation()
            .map_or(Lookup::List, |generation| generation.lookup)
    }

    fn generation(&self) -> Option<&Generation> {
        let azure_context = self.azure_context.as_ref()?;
        Some(&azure_context.generation)
    }
}
