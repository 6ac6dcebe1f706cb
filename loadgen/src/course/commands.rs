//! The commands of Azure PowerShell: in memory first, then in the file (read in source).

use std::sync::Arc;

use imds_client::wire::{Identity, TokenRequest};

use super::Effect;
use super::manage::{Managed, Query};
use super::performance::{Done, Performance};
use super::profile::Fact;
use crate::context::{Access, Contexts, Entry, Profile, Scope};
use crate::script::RESOURCE_MANAGER;

/// What the VM's own identity is called in contexts.
const SYSTEM: &str = "MSI@50342";

/// The most contexts that the first sign-in adds (read in source).
const MOST_POPULATED: usize = 25;

const NOT_LOGGED_IN: &str = "not_logged_in";
const NO_SUBSCRIPTION: &str = "no_subscription";
const SUBSCRIPTION_INVALID: &str = "subscription_invalid";

impl Performance {
    /// `Connect-AzAccount -Identity`. Nothing changes unless it signs in.
    pub(super) async fn sign_in(&mut self, request: &Arc<TokenRequest>, scope: Scope) -> Done {
        let account = account(&request.identity);
        self.intent.account = Some(account.clone());
        // That the subscriptions cannot be listed is only warned of: the context has none then.
        let listed = self.list_subscriptions(request).await?.unwrap_or_default();
        let first = self.contexts.current().is_none();
        let entry = Entry {
            account: account.clone(),
            subscription: listed.first().cloned(),
        };
        let naming = self.naming();
        self.contexts.set(entry.clone(), naming);
        let Some(profile) = self.writes(scope) else {
            return Ok(());
        };
        let mut file = self.acquire(&profile, Access::Exclusive).await?;
        let held_from = self.exchange.now();
        if first {
            self.populate(request, &account, &mut file).await;
        }
        file.set(entry, naming);
        self.release(&profile, file, held_from).await;
        Ok(())
    }

    /// The first sign-in lists everything again, with the file open.
    async fn populate(&mut self, request: &Arc<TokenRequest>, account: &str, file: &mut Contexts) {
        let naming = self.naming();
        let listed = self.list_subscriptions(request).await;
        let listed = listed.flatten().unwrap_or_default();
        for subscription in listed.into_iter().take(MOST_POPULATED) {
            let entry = Entry {
                account: account.to_owned(),
                subscription: Some(subscription),
            };
            self.contexts.add(entry.clone(), naming);
            file.add(entry, naming);
        }
    }

    /// `Set-AzContext -Subscription`. Whatever is wrong, it says that the subscription is.
    pub(super) async fn set_context(&mut self, subscription: &Arc<str>, scope: Scope) -> Done {
        self.intent.subscription = Some(subscription.to_string());
        let account = self.contexts.current().map(|entry| entry.account.clone());
        let account = account.ok_or(NOT_LOGGED_IN)?;
        self.tell_who().await;
        let request = request_as(&account);
        let listed = self.list_subscriptions(&request).await.flatten();
        let listed = listed.map_err(|cause| format!("{SUBSCRIPTION_INVALID}_{cause}"))?;
        if !listed
            .iter()
            .any(|id| id.eq_ignore_ascii_case(subscription))
        {
            return Err(SUBSCRIPTION_INVALID.to_owned());
        }
        let entry = Entry {
            account,
            subscription: Some(subscription.to_string()),
        };
        let naming = self.naming();
        self.contexts.set(entry.clone(), naming);
        if let Some(profile) = self.writes(scope) {
            let mut file = self.acquire(&profile, Access::Exclusive).await?;
            let held_from = self.exchange.now();
            file.set(entry, naming);
            self.release(&profile, file, held_from).await;
        }
        Ok(())
    }

    /// `Clear-AzContext`: from the file goes only what the session knows.
    pub(super) async fn clear_context(&mut self, scope: Scope) -> Done {
        let known = std::mem::take(&mut self.contexts);
        if let Some(profile) = self.writes(scope) {
            let mut file = self.acquire(&profile, Access::Exclusive).await?;
            let held_from = self.exchange.now();
            file.remove(&known);
            self.release(&profile, file, held_from).await;
        }
        Ok(())
    }

    /// `Get-AzResource`. Whose token it is and which subscription is nothing that the script would see.
    pub(super) async fn list_resources(&mut self) -> Done {
        let Entry {
            account,
            subscription,
        } = self.contexts.current().cloned().ok_or(NOT_LOGGED_IN)?;
        self.tell_who().await;
        let subscription = subscription.ok_or(NO_SUBSCRIPTION)?;
        let request = request_as(&account);
        self.token_for(&request).await?;
        let wrong = self.intent.differs(&account, &subscription);
        if wrong.is_some() {
            self.exchange.note_wrong_context();
        }
        let listed = self.all_pages(&request, &subscription).await;
        match (wrong, listed) {
            (Some(wrong), Ok(())) => {
                self.silent = true;
                Err(wrong.to_owned())
            }
            (Some(wrong), Err(kind)) => Err(format!("{wrong}_{kind}")),
            (None, listed) => listed,
        }
    }

    /// Notes as whom a command works.
    async fn tell_who(&self) {
        if let Some(current) = self.contexts.current() {
            let fact = Fact::Works(current.clone(), self.intent.clone());
            self.note(fact).await;
        }
    }

    async fn all_pages(&self, request: &Arc<TokenRequest>, subscription: &str) -> Done {
        let subscription: Arc<str> = subscription.into();
        let mut page = None;
        loop {
            let query = Query::Resources(Arc::clone(&subscription), page);
            match self.manage(request, query).await? {
                Managed::Resources(Some(next)) => page = Some(next),
                _ => return Ok(()),
            }
        }
    }

    /// A token and the tenants, then a token and the subscriptions of the tenant; that the last of
    /// these fails means less to some commands.
    async fn list_subscriptions(
        &mut self,
        request: &Arc<TokenRequest>,
    ) -> Result<Result<Vec<String>, String>, String> {
        self.token_for(request).await?;
        self.manage(request, Query::Tenants).await?;
        self.token_for(request).await?;
        let listed = self.manage(request, Query::Subscriptions).await;
        Ok(listed.map(|managed| match managed {
            Managed::Subscriptions(ids) => ids,
            other => panic!("asked for subscriptions, got {other:?}"),
        }))
    }

    async fn release(&mut self, profile: &Profile, file: Contexts, held_from: std::time::Duration) {
        self.hold(profile).await;
        self.exchange.ask(Effect::Close(Some(file))).await;
        let held = self.exchange.now().saturating_sub(held_from);
        self.note(Fact::Held(held)).await;
    }
}

/// What the script wants to work as and in; nothing where it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intent {
    /// The account that it signed in as.
    pub account: Option<String>,
    /// The id of the subscription that it chose.
    pub subscription: Option<String>,
}

impl Intent {
    /// What is wrong with working so, if anything is.
    fn differs(&self, account: &str, subscription: &str) -> Option<&'static str> {
        let differs = |intent: &Option<String>, used: &str| {
            let intent = intent.as_ref();
            intent.is_some_and(|intent| !intent.eq_ignore_ascii_case(used))
        };
        if differs(&self.account, account) {
            Some("wrong_identity")
        } else {
            differs(&self.subscription, subscription).then_some("wrong_subscription")
        }
    }
}

/// What contexts call an identity.
pub(crate) fn account(identity: &Identity) -> String {
    match identity {
        Identity::SystemAssigned => SYSTEM.to_owned(),
        Identity::ClientId(id) | Identity::ObjectId(id) | Identity::ResourceId(id) => id.clone(),
    }
}

/// What asks for tokens as the identity that contexts call so.
fn request_as(account: &str) -> Arc<TokenRequest> {
    let identity = if account == SYSTEM {
        Identity::SystemAssigned
    } else {
        Identity::ClientId(account.to_owned())
    };
    let resource = RESOURCE_MANAGER.to_owned();
    Arc::new(TokenRequest { identity, resource })
}
