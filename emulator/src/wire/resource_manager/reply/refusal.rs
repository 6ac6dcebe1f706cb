//! 400 to 429: why something is refused.

use std::time::Duration;

use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};

use super::shape::{error, with_left};
use crate::model::calendar::for_people;
use crate::model::resource_manager::Left;
use crate::model::resource_manager::{AUDIENCES, Bearer};
use crate::model::resource_manager::{Refusal, Scope, Unproven};
use crate::wire::reply::Answer;
use crate::wire::resource_manager::proof::Proof;

const FAILURE_CAUSE: HeaderName = HeaderName::from_static("x-ms-failure-cause");

/// The values that the text of a refusal names.
pub(crate) struct RefusalContext<'a> {
    /// What the request proves of its sender.
    pub(crate) proof: &'a Proof,
    /// The URL that stands for Entra's, without the tenant.
    pub(crate) authority: &'a str,
    pub(crate) tenant_id: &'a str,
    /// The time, since 1970.
    pub(crate) now: Duration,
    /// The run's start, since 1970.
    pub(crate) epoch: Duration,
}

/// The answer to a refusal.
pub(crate) fn refused(
    refusal: &Refusal,
    left: Option<Left>,
    context: &RefusalContext<'_>,
) -> Answer {
    let status = StatusCode::from_u16(refusal.status()).expect("a status");
    let mut answer = error(status, refusal.code(), &context.words(refusal));
    let headers = answer.headers_mut();
    match refusal {
        Refusal::Unproven(unproven) => {
            if let Ok(challenge) = HeaderValue::from_str(&context.challenge(unproven)) {
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
            headers.insert(FAILURE_CAUSE, HeaderValue::from_static("gateway"));
        }
        Refusal::Throttled { retry_after, .. } => {
            headers.insert(RETRY_AFTER, HeaderValue::from(retry_after.as_secs()));
        }
        Refusal::SubscriptionMalformed(_)
        | Refusal::SubscriptionNotFound(_)
        | Refusal::GroupNotFound(_)
        | Refusal::ResourceNotFound { .. }
        | Refusal::NamespaceInvalid(_) => {
            headers.insert(FAILURE_CAUSE, HeaderValue::from_static("gateway"));
        }
        Refusal::Forbidden { .. } => {}
    }
    with_left(answer, left)
}

impl RefusalContext<'_> {
    /// Observed, but for the words about a tenant's limit (assumed).
    fn words(&self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::Unproven(unproven) => self.disproof(unproven),
            Refusal::Forbidden { action, scope } => {
                let [client, object] = self.ids();
                format!(
                    "The client '{client}' with object id '{object}' does not have authorization to \
                     perform action '{action}' over scope '{scope}' or the scope is invalid. If \
                     access was recently granted, please refresh your credentials."
                )
            }
            Refusal::SubscriptionMalformed(id) => {
                format!("The provided subscription identifier '{id}' is malformed or invalid.")
            }
            Refusal::SubscriptionNotFound(id) => {
                format!("The subscription '{id}' could not be found.")
            }
            Refusal::GroupNotFound(name) => format!("Resource group '{name}' could not be found."),
            Refusal::ResourceNotFound { resource, group } => format!(
                "The Resource '{}' under resource group '{group}' was not found. For more details \
                 please go to https://aka.ms/ARMResourceNotFoundFix",
                resource.short_id()
            ),
            Refusal::NamespaceInvalid(namespace) => {
                format!("The resource namespace '{namespace}' is invalid.")
            }
            Refusal::Throttled { scope, retry_after } => {
                let [_, actor] = self.ids();
                let (kind, id) = match scope {
                    Scope::Subscription(id) => ("subscription", id),
                    Scope::Tenant(id) => ("tenant", id),
                };
                format!(
                    "Number of 'read' requests for {kind} '{id}' actor '{actor}' exceeded. Please try \
                     again after '{}' seconds after additional tokens are available. Refer to \
                     https://aka.ms/arm-throttling for additional information.",
                    retry_after.as_secs()
                )
            }
        }
    }

    /// Observed, the form of the times, too; that an unknown signature is called an invalid token is
    /// assumed.
    fn disproof(&self, unproven: &Unproven) -> String {
        match unproven {
            Unproven::Missing => {
                "Authentication failed. The 'Authorization' header is missing.".to_owned()
            }
            Unproven::Malformed => "Authentication failed. The 'Authorization' header is provided \
                in an invalid format."
                .to_owned(),
            Unproven::Forged => "The access token is invalid.".to_owned(),
            Unproven::Expired { expired_at } => format!(
                "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                for_people(self.epoch + *expired_at),
                for_people(self.now)
            ),
            Unproven::WrongAudience { audience } => format!(
                "The access token has been obtained for wrong audience or resource '{audience}'. It \
                 should exactly match with one of the allowed audiences '{}'.",
                AUDIENCES.join("','")
            ),
            Unproven::WrongTenant { expected } => format!(
                "The access token is from the wrong issuer '{authority}/{own}/'. It must match the \
                 tenant '{authority}/{expected}/' associated with this subscription. Please use the \
                 authority (URL) '{authority}/{expected}' to get the token. Note, if the \
                 subscription is transferred to another tenant there is no impact to the services, \
                 but information about new tenant could take time to propagate (up to an hour). If \
                 you just transferred your subscription and see this error message, please try back \
                 later.",
                authority = self.authority,
                own = self.tenant_id
            ),
        }
    }

    /// The form is observed, and so are the words about a missing header; that the others are those of
    /// the body is assumed. The real one names `https://login.windows.net`.
    fn challenge(&self, unproven: &Unproven) -> String {
        let tenant_id = match unproven {
            Unproven::WrongTenant { expected } => expected,
            _ => self.tenant_id,
        };
        let description = match unproven {
            Unproven::Missing => {
                "The authentication failed because of missing 'Authorization' header.".to_owned()
            }
            Unproven::Malformed | Unproven::WrongAudience { .. } => {
                "The authentication failed because of an invalid token.".to_owned()
            }
            Unproven::Forged | Unproven::Expired { .. } | Unproven::WrongTenant { .. } => {
                self.disproof(unproven)
            }
        };
        format!(
            "Bearer authorization_uri=\"{}/{tenant_id}\", error=\"invalid_token\", \
             error_description=\"{description}\"",
            self.authority
        )
    }

    /// Client id and object id of the bearer.
    fn ids(&self) -> [&str; 2] {
        match self.proof.bearer() {
            Bearer::Signed(claims) => [claims.client_id, claims.object_id],
            Bearer::Missing | Bearer::Malformed | Bearer::Forged => ["", ""],
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn an_expired_token_is_refused_with_its_time() {
        let context = RefusalContext {
            proof: &Proof::Forged,
            authority: "http://a",
            tenant_id: "t",
            now: Duration::from_secs(1_534_866_525),
            epoch: Duration::from_secs(1_534_864_923),
        };
        let expired_at = Duration::from_secs(2);
        let refusal = Refusal::Unproven(Unproven::Expired { expired_at });
        let answer = refused(&refusal, None, &context);
        assert_eq!(answer.status(), 401);
        let words = "The access token expiry UTC time '8/21/2018 3:22:05 PM' is earlier than current \
            UTC time '8/21/2018 3:48:45 PM'.";
        let challenge = format!(
            "Bearer authorization_uri=\"http://a/t\", error=\"invalid_token\", \
             error_description=\"{words}\""
        );
        assert_eq!(answer.headers()[WWW_AUTHENTICATE], challenge);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let expected =
            format!(r#"{{"error":{{"code":"ExpiredAuthenticationToken","message":"{words}"}}}}"#);
        assert_eq!(body, expected);
    }
}
