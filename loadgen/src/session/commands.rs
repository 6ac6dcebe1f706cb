//! The commands of Azure PowerShell: in memory first, then in the file (read in source).

use std::sync::Arc;

use imds_client::wire::TokenRequest;

use super::execution::{Done, Execution};
use super::fact::Fact;
use super::lock::Access;
use super::outcome::NOT_LOGGED_IN;
use super::question::ManagerQuery;
use super::standing::{Population, Standing};
use super::tokens::Bearer;
use crate::scenario::context::account::{account, identity_of};
use crate::scenario::context::{Contexts, Entry};
use crate::scenario::script::{RESOURCE_MANAGER, Scope, Whose};

const NO_SUBSCRIPTION: &str = "no_subscription";
const SUBSCRIPTION_INVALID: &str = "subscription_invalid";

impl Execution {
    /// `Connect-AzAccount -Identity`. Nothing changes unless it signs in.
    pub(super) async fn sign_in(
        &mut self,
        request: &Arc<TokenRequest>,
        scope: Option<Scope>,
    ) -> Done {
        let account = account(&request.identity);
        self.intent.account = Some(account.clone());
        let shares = self.shares(scope);
        let keeping = self.keeping(shares);
        if shares {
            self.renew(request, keeping.as_ref()).await?;
        }
        self.list_tenants(request, keeping.as_ref()).await?;
        // That the subscriptions cannot be listed is only warned of: the context has none then.
        let listed = self.list_subscriptions(request, keeping.as_ref()).await;
        let unlisted = listed.as_ref().err().cloned();
        let listed = listed.and_then(|listed| listed).unwrap_or_default();
        let entry = Entry {
            account,
            subscription: listed.first().cloned(),
        };
        let first = self.process.current().is_none() && !shares;
        let population = Population { request, unlisted };
        self.adopt(entry, scope, first.then_some(population)).await
    }

    /// `Set-AzContext -Subscription`. Whatever is wrong, it says that the subscription is.
    pub(super) async fn set_context(
        &mut self,
        subscription: &Arc<str>,
        scope: Option<Scope>,
    ) -> Done {
        self.intent.subscription = Some(subscription.to_string());
        let Standing { entry, shared } = self.standing().await?.ok_or(NOT_LOGGED_IN)?;
        self.tell_who(&entry).await;
        let request = request_as(&entry.account);
        let keeping = self.keeping(shared);
        let found = self.finds_subscription(&request, keeping.as_ref(), subscription);
        let found = found.await;
        if !found.map_err(|cause| format!("{SUBSCRIPTION_INVALID}_{cause}"))? {
            return Err(SUBSCRIPTION_INVALID.to_owned());
        }
        let entry = Entry {
            account: entry.account,
            subscription: Some(subscription.to_string()),
        };
        self.adopt(entry, scope, None).await
    }

    /// `Clear-AzContext`: from the file goes only what the session knows, or, as the article has it, all.
    pub(super) async fn clear_context(&mut self, scope: Option<Scope>) -> Done {
        let known = self.process.known();
        self.process.clear();
        let Some(azure_context) = self.writes(scope) else {
            return Ok(());
        };
        let mut file = self.acquire(&azure_context, Access::Exclusive).await?;
        let held_from = self.exchange.now();
        if azure_context.generation.follows_file {
            file = Contexts::default();
        } else {
            file.remove(&known);
        }
        self.release(&azure_context, file, held_from).await;
        Ok(())
    }

    /// `Get-AzResource`. The script sees neither the account of the token nor the subscription.
    pub(super) async fn list_resources(&mut self, whose: Whose) -> Done {
        let standing = match whose {
            Whose::Process => self.standing().await?,
            Whose::Own => self.own.clone().map(Standing::alone),
        };
        let Standing { entry, shared } = standing.ok_or(NOT_LOGGED_IN)?;
        self.tell_who(&entry).await;
        let subscription = entry.subscription.ok_or(NO_SUBSCRIPTION)?;
        let keeping = self.keeping(shared);
        let request = request_as(&entry.account);
        let bearer = self.token_for(&request, keeping.as_ref()).await?;
        let wrong = self.intent.differs(&entry.account, &subscription);
        if wrong.is_some() {
            self.exchange.note_wrong_context();
        }
        let listed = self.all_pages(&bearer, &subscription).await;
        match (wrong, listed) {
            (Some(wrong), Ok(())) => {
                self.silent = true;
                Err(wrong.to_owned())
            }
            (Some(wrong), Err(kind)) => Err(format!("{wrong}_{kind}")),
            (None, listed) => listed,
        }
    }

    /// Notes the account that a command works with.
    async fn tell_who(&self, current: &Entry) {
        let fact = Fact::Works(current.clone(), self.intent.clone());
        self.note(fact).await;
    }

    async fn all_pages(&self, bearer: &Bearer, subscription: &str) -> Done {
        let subscription: Arc<str> = subscription.into();
        let mut page = None;
        loop {
            let (of, from) = (Arc::clone(&subscription), page);
            let query =
                move |session| ManagerQuery::Resources(Arc::clone(&of), from.clone(), session);
            page = self.manage(bearer, query).await?;
            if page.is_none() {
                return Ok(());
            }
        }
    }
}

/// What asks for tokens as the identity that contexts call so.
fn request_as(account: &str) -> Arc<TokenRequest> {
    let identity = identity_of(account);
    let resource = RESOURCE_MANAGER.to_owned();
    Arc::new(TokenRequest { identity, resource })
}
