//! What Connect and Set ask Resource Manager for: tenants, then subscriptions, each with a token.
//!
//! Read in source, and measured where it says so. A refused token means less here than elsewhere: the
//! tenants are then those that the account is known to have, and a tenant whose token is refused has no
//! subscriptions. So a failure shows itself later, as something else.

use std::sync::Arc;

use imds_client::wire::TokenRequest;

use super::execution::{Done, Execution};
use super::question::ManagerQuery;
use super::standing::Population;
use super::tokens::Tokens;
use crate::scenario::context::account::account;
use crate::scenario::context::{Entry, Lookup};

/// The most contexts that the first sign-in adds (read in source).
const MOST_POPULATED: usize = 25;

/// What Resource Manager answers for a subscription that there is not, or that the account may not read.
const UNREADABLE: [&str; 2] = ["arm_403", "arm_404"];

/// The subscriptions that were listed, or why Resource Manager listed none; or why there was no token.
type Listed = Result<Result<Vec<String>, String>, String>;

impl Execution {
    /// A token and the tenants.
    pub(super) async fn list_tenants(
        &mut self,
        request: &Arc<TokenRequest>,
        keeping: Option<&Tokens>,
    ) -> Done {
        let bearer = self.token_for(request, keeping).await?;
        self.manage(&bearer, ManagerQuery::Tenants).await
    }

    /// A token and the subscriptions of the tenant.
    pub(super) async fn list_subscriptions(
        &mut self,
        request: &Arc<TokenRequest>,
        keeping: Option<&Tokens>,
    ) -> Listed {
        let bearer = self.token_for(request, keeping).await?;
        Ok(self.manage(&bearer, ManagerQuery::Subscriptions).await)
    }

    /// Whether the account can work in this subscription; or why that could not be found out.
    ///
    /// Tenants that could not be listed are those that the account has from its connect, so a second token
    /// is asked for where the first was refused (read in source; measured: Set tries twice before it fails).
    pub(super) async fn finds_subscription(
        &mut self,
        request: &Arc<TokenRequest>,
        keeping: Option<&Tokens>,
        subscription: &Arc<str>,
    ) -> Result<bool, String> {
        drop(self.list_tenants(request, keeping).await);
        match self.lookup() {
            Lookup::List => {
                let listed = self.list_subscriptions(request, keeping).await??;
                let mut listed = listed.iter();
                Ok(listed.any(|id| id.eq_ignore_ascii_case(subscription)))
            }
            Lookup::One => self.reads(request, keeping, subscription).await,
        }
    }

    /// Whether the account may read this subscription.
    async fn reads(
        &mut self,
        request: &Arc<TokenRequest>,
        keeping: Option<&Tokens>,
        subscription: &Arc<str>,
    ) -> Result<bool, String> {
        let bearer = self.token_for(request, keeping).await?;
        let id = Arc::clone(subscription);
        let query = move |session| ManagerQuery::Subscription(Arc::clone(&id), session);
        match self.manage(&bearer, query).await {
            Err(kind) if UNREADABLE.contains(&kind.as_str()) => Ok(false),
            found => found.map(|()| true),
        }
    }

    /// The first sign-in lists everything again, to have a context for each subscription: those; or why
    /// the sign-in fails.
    ///
    /// The tenant that the sign-in has found does for one that cannot be listed again. Without it there is
    /// a context of no tenant, which this listing removes: then the account is signed in no more (measured:
    /// a connect with only its second token refused).
    pub(super) async fn populate(
        &mut self,
        population: &Population<'_>,
    ) -> Result<Vec<Entry>, String> {
        let request = population.request;
        let keeping = self.keeping(false);
        let tenants = self.list_tenants(request, keeping.as_ref()).await;
        if population.unlisted.is_some() {
            tenants?;
        }
        let listed = self.list_subscriptions(request, keeping.as_ref()).await;
        let listed = listed.unwrap_or_else(|_| Ok(vec![]))?;
        let entry = |subscription| Entry {
            account: account(&request.identity),
            subscription: Some(subscription),
        };
        Ok(listed.into_iter().take(MOST_POPULATED).map(entry).collect())
    }
}
