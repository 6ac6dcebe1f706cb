//! Entra's own error object, which IMDS passes through when Entra gives no token.

use std::time::Duration;

use http::StatusCode;
use rand::Rng;
use serde::Serialize;

use crate::config::VmSettings;
use crate::model::audience::Denial;
use crate::model::calendar::utc;
use crate::model::vm::Denied;
use crate::wire::guid::guid;
use crate::wire::reply::{self, Answer};

/// The fields in the observed order. Numbers stay numbers here.
#[derive(Debug, Serialize)]
struct Body {
    error: &'static str,
    error_description: String,
    error_codes: [u32; 1],
    timestamp: String,
    trace_id: String,
    correlation_id: String,
    error_uri: String,
}

/// 400 with Entra's answer at that time, given since 1970. The ids are drawn from `rng`.
pub(crate) fn answer(
    denied: &Denied,
    config: &VmSettings,
    time: Duration,
    rng: &mut dyn Rng,
) -> Answer {
    reply::answer_json(StatusCode::BAD_REQUEST, &body(denied, config, time, rng))
}

fn body(denied: &Denied, config: &VmSettings, time: Duration, rng: &mut dyn Rng) -> Body {
    let (error, code, text) = explanation(denied, &config.tenant_id);
    let timestamp = written(time);
    let [trace_id, correlation_id] = [guid(rng), guid(rng)];
    let location = config.instance.text("/compute/location");
    Body {
        error,
        error_description: format!(
            "AADSTS{code}: {text}\r\nTrace ID: {trace_id}\r\nCorrelation ID: {correlation_id}\r\n\
             Timestamp: {timestamp}"
        ),
        error_codes: [code],
        timestamp,
        trace_id,
        correlation_id,
        error_uri: format!("https://{location}.login.microsoft.com/error?code={code}"),
    }
}

/// The first is observed. Of the second the code and the words are known from other kinds of
/// applications; that a managed identity gets the same is assumed.
fn explanation(denied: &Denied, tenant_id: &str) -> (&'static str, u32, String) {
    let resource = &denied.resource;
    match denied.denial {
        Denial::ResourceUnknown => (
            "invalid_resource",
            500_011,
            format!(
                "The resource principal named {resource} was not found in the tenant named \
                 {tenant_id}. This can happen if the application has not been installed by the \
                 administrator of the tenant or consented to by any user in the tenant. You might \
                 have sent your authentication request to the wrong tenant."
            ),
        ),
        Denial::ResourceNotAssigned => {
            let client_id = &denied.identity.client_id;
            let name = &denied.identity.name;
            (
                "invalid_grant",
                501_051,
                format!(
                    "Application '{client_id}'({name}) is not assigned to a role for the \
                     application '{resource}'({resource})."
                ),
            )
        }
    }
}

/// As in `2022-11-10 23:12:37Z`.
fn written(time: Duration) -> String {
    utc(time).strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;
    use crate::model::vm::Selector;

    const TIME: Duration = Duration::from_secs(1_668_121_957);

    fn denied(denial: Denial) -> String {
        let config = VmSettings::default();
        let identity = config.identities.select(Selector::Default).unwrap();
        let denied = Denied {
            denial,
            identity: Arc::clone(identity),
            resource: "https://no\"pe".into(),
        };
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        serde_json::to_string(&body(&denied, &config, TIME, &mut rng)).unwrap()
    }

    /// The two GUIDs replaced by names.
    fn golden(body: &str) -> String {
        let value: serde_json::Value = serde_json::from_str(body).unwrap();
        let [trace, correlation] =
            ["trace_id", "correlation_id"].map(|key| value[key].as_str().unwrap().to_owned());
        assert_ne!(trace, correlation);
        body.replace(&trace, "TRACE")
            .replace(&correlation, "CORRELATION")
    }

    #[test]
    fn an_unknown_resource_is_entra_s_object_in_its_order() {
        assert_eq!(
            golden(&denied(Denial::ResourceUnknown)),
            concat!(
                r#"{"error":"invalid_resource","error_description":"AADSTS500011: The resource principal "#,
                r#"named https://no\"pe was not found in the tenant named 7e0a11e5-0000-4000-8000-000000000001. "#,
                r"This can happen if the application has not been installed by the administrator of the ",
                r"tenant or consented to by any user in the tenant. You might have sent your ",
                r"authentication request to the wrong tenant.\r\nTrace ID: TRACE\r\nCorrelation ID: ",
                r#"CORRELATION\r\nTimestamp: 2022-11-10 23:12:37Z","error_codes":[500011],"#,
                r#""timestamp":"2022-11-10 23:12:37Z","trace_id":"TRACE","correlation_id":"CORRELATION","#,
                r#""error_uri":"https://westeurope.login.microsoft.com/error?code=500011"}"#
            )
        );
    }

    #[test]
    fn a_resource_that_is_not_assigned_names_the_application() {
        let body = denied(Denial::ResourceNotAssigned);
        assert!(body.starts_with(
            r#"{"error":"invalid_grant","error_description":"AADSTS501051: Application '"#
        ));
        assert!(body.contains(r#""error_codes":[501051],"timestamp":"2022-11-10 23:12:37Z""#));
    }
}
