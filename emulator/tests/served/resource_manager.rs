//! The stub of Resource Manager, as bytes: what a token of the emulator's can read, and how it says no.

use crate::cloud::{ARM, Cloud, LOCKED, OURS, VERSION};
use crate::raw::{Answer, admin, ask};

const FOREIGN: &str = "/subscriptions/00000000-0000-4000-8000-00000000000c";

/// The words of an error in Azure's shape.
fn error(status: u16, code: &str, message: &str) -> (u16, String) {
    let body = format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#);
    (status, body)
}

fn bytes(answer: &Answer) -> (u16, String) {
    (answer.status, answer.body.clone())
}

#[tokio::test]
async fn subscriptions_are_listed_with_what_is_left_of_the_tenant_s_budget() {
    let answer = Cloud::start()
        .await
        .get(&format!("/subscriptions?{VERSION}"))
        .await;
    let expected = concat!(
        r#"{"count":{"type":"Total","value":1},"value":[{"authorizationSource":"RoleBased","#,
        r#""displayName":"ours","id":"/subscriptions/00000000-0000-4000-8000-00000000000a","#,
        r#""managedByTenants":[],"state":"Enabled","#,
        r#""subscriptionId":"00000000-0000-4000-8000-00000000000a","#,
        r#""subscriptionPolicies":{"locationPlacementId":"Public_2014-09-01","#,
        r#""quotaId":"PayAsYouGo_2014-09-01","spendingLimit":"Off"},"#,
        r#""tenantId":"7e0a11e5-0000-4000-8000-000000000001"}]}"#
    );
    assert_eq!(bytes(&answer), (200, expected.to_owned()));
    assert_eq!(
        answer.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(
        answer.header("x-ms-ratelimit-remaining-tenant-reads"),
        Some("249")
    );
    let request_id = answer.header("x-ms-request-id").unwrap();
    assert_eq!(
        answer.header("x-ms-correlation-request-id"),
        Some(request_id)
    );
}

#[tokio::test]
async fn a_page_names_the_next_by_the_host_it_was_asked_at() {
    let cloud = Cloud::start().await;
    let first = cloud.get(&format!("{OURS}/resources?{VERSION}")).await;
    assert_eq!(
        first.header("x-ms-ratelimit-remaining-subscription-reads"),
        Some("249")
    );
    assert_eq!(
        first.header("x-ms-ratelimit-remaining-subscription-global-reads"),
        Some("3749")
    );
    let page = first.json();
    assert_eq!(page["value"].as_array().unwrap().len(), 2);
    let group = format!("{OURS}/resourceGroups/imds-emulator/providers");
    let id = format!("{group}/Microsoft.Storage/storageAccounts/storage00001");
    assert_eq!(page["value"][0]["id"], id);
    let next = page["nextLink"].as_str().unwrap();
    let expected = format!("http://localhost{OURS}/resources?{VERSION}&%24skiptoken=2");
    assert_eq!(next, expected);
    let rest = cloud
        .get(next.strip_prefix("http://localhost").unwrap())
        .await
        .json();
    assert_eq!(rest["value"].as_array().unwrap().len(), 1);
    assert!(rest.get("nextLink").is_none(), "{rest}");
}

#[tokio::test]
async fn groups_and_what_is_in_them_are_listed() {
    let cloud = Cloud::start().await;
    let group = format!("{OURS}/resourcegroups/IMDS-Emulator");
    let shown = cloud.get(&format!("{group}?{VERSION}")).await.json();
    let all = cloud
        .get(&format!("{OURS}/resourcegroups?{VERSION}"))
        .await
        .json();
    assert_eq!(all["value"][0], shown);
    assert_eq!(shown["name"], "imds-emulator");
    let filter = "$filter=name%20eq%20'storage00003'";
    let one = cloud
        .get(&format!("{group}/resources?{VERSION}&{filter}"))
        .await
        .json();
    assert_eq!(one["value"].as_array().unwrap().len(), 1);
    let tenants = cloud.get(&format!("/tenants?{VERSION}")).await.json();
    assert_eq!(
        tenants["value"][0]["tenantId"],
        "7e0a11e5-0000-4000-8000-000000000001"
    );
}

#[tokio::test]
async fn a_request_without_proof_is_challenged_in_the_tenant_s_name() {
    let cloud = Cloud::start().await;
    let target = format!("{OURS}?{VERSION}");
    let challenge = |description: &str| {
        format!(
            "Bearer authorization_uri=\"{}/7e0a11e5-0000-4000-8000-000000000001\", \
             error=\"invalid_token\", error_description=\"{description}\"",
            cloud.emulator.admin_url()
        )
    };
    let missing = cloud.get_as(&target, &[]).await;
    let words = "Authentication failed. The 'Authorization' header is missing.";
    assert_eq!(bytes(&missing), error(401, "AuthenticationFailed", words));
    let expected =
        challenge("The authentication failed because of missing 'Authorization' header.");
    assert_eq!(missing.header("www-authenticate"), Some(expected.as_str()));
    assert_eq!(missing.header("x-ms-failure-cause"), Some("gateway"));

    let basic = cloud.get_as(&target, &["Authorization: Basic eDp5"]).await;
    let words =
        "Authentication failed. The 'Authorization' header is provided in an invalid format.";
    assert_eq!(
        bytes(&basic),
        error(401, "AuthenticationFailedInvalidHeader", words)
    );

    let stranger = Cloud::start().await;
    let authorization = format!("Authorization: Bearer {}", stranger.token);
    let forged = cloud.get_as(&target, &[&authorization]).await;
    let words = "The access token is invalid.";
    assert_eq!(
        bytes(&forged),
        error(401, "InvalidAuthenticationToken", words)
    );
    let expected = challenge(words);
    assert_eq!(forged.header("www-authenticate"), Some(expected.as_str()));
}

#[tokio::test]
async fn a_token_for_something_else_is_refused() {
    let vault = "https%3A%2F%2Fvault.azure.net";
    let answer = Cloud::start_with("", vault)
        .await
        .get(&format!("{OURS}?{VERSION}"))
        .await;
    let words = "The access token has been obtained for wrong audience or resource \
        'https://vault.azure.net'. It should exactly match with one of the allowed audiences \
        'https://management.core.windows.net/','https://management.core.windows.net',\
        'https://management.azure.com/','https://management.azure.com'.";
    assert_eq!(
        bytes(&answer),
        error(401, "InvalidAuthenticationTokenAudience", words)
    );
}

#[tokio::test]
async fn every_spelling_of_the_audience_is_taken() {
    for host in ["management.azure.com", "management.core.windows.net"] {
        for slash in ["", "%2F"] {
            let resource = format!("https%3A%2F%2F{host}{slash}");
            let cloud = Cloud::start_with("", &resource).await;
            assert_eq!(
                cloud.get(&format!("{OURS}?{VERSION}")).await.status,
                200,
                "{resource}"
            );
        }
    }
}

#[tokio::test]
async fn a_token_of_another_tenant_is_refused_with_its_own_named() {
    let cloud = Cloud::start().await;
    let answer = cloud.get(&format!("{FOREIGN}?{VERSION}")).await;
    assert_eq!(answer.status, 401);
    let body = answer.json();
    assert_eq!(body["error"]["code"], "InvalidAuthenticationTokenTenant");
    let authority = cloud.emulator.admin_url();
    let words = format!(
        "The access token is from the wrong issuer \
         '{authority}/7e0a11e5-0000-4000-8000-000000000001/'. It must match the tenant \
         '{authority}/00000000-0000-4000-8000-0000000000ff/' associated with this subscription."
    );
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.starts_with(&words), "{message}");
}

#[tokio::test]
async fn forbidden_and_missing_are_distinguished() {
    let cloud = Cloud::start().await;
    let answer = cloud.get(&format!("{LOCKED}/resources?{VERSION}")).await;
    let words = "The client '5a1f0c9e-0000-4000-8000-000000000001' with object id \
        '5a1f0c9e-0000-4000-8000-000000000002' does not have authorization to perform action \
        'Microsoft.Resources/subscriptions/resources/read' over scope \
        '/subscriptions/00000000-0000-4000-8000-00000000000b' or the scope is invalid. If access was \
        recently granted, please refresh your credentials.";
    assert_eq!(bytes(&answer), error(403, "AuthorizationFailed", words));

    let nobodys = "00000000-0000-4000-8000-00000000000d";
    let answer = cloud
        .get(&format!("/subscriptions/{nobodys}?{VERSION}"))
        .await;
    let words = format!("The subscription '{nobodys}' could not be found.");
    assert_eq!(bytes(&answer), error(404, "SubscriptionNotFound", &words));

    let answer = cloud.get(&format!("/subscriptions/x?{VERSION}")).await;
    let words = "The provided subscription identifier 'x' is malformed or invalid.";
    assert_eq!(bytes(&answer), error(400, "InvalidSubscriptionId", words));

    let answer = cloud
        .get(&format!("{OURS}/resourcegroups/x?{VERSION}"))
        .await;
    let words = "Resource group 'x' could not be found.";
    assert_eq!(bytes(&answer), error(404, "ResourceGroupNotFound", words));
}

#[tokio::test]
async fn a_request_that_cannot_be_parsed_is_answered_with_the_reason() {
    let cloud = Cloud::start().await;
    let answer = cloud.get("/tenants").await;
    let words = "The api-version query parameter (?api-version=) is required for all requests.";
    assert_eq!(
        bytes(&answer),
        error(400, "MissingApiVersionParameter", words)
    );
    let answer = cloud.get("/tenants?api-version=1").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"]["code"], "InvalidApiVersionParameter");
    assert_eq!(cloud.get(&format!("/x?{VERSION}")).await.status, 404);
    let url = cloud.emulator.resource_manager_url().unwrap();
    let written = ask(&url, "PUT", &format!("{OURS}?{VERSION}"), &[], "{}").await;
    assert_eq!(written.status, 405);
}

#[tokio::test]
async fn a_spent_budget_is_refused_with_the_time_to_come_back() {
    let settings = "limit = { bucket = 1, refill_per_second = 1 }\n";
    let cloud = Cloud::start_with(settings, ARM).await;
    let target = format!("{OURS}/resources?{VERSION}");
    let mut answer = cloud.get(&target).await;
    for _ in 0..20 {
        if answer.status == 429 {
            break;
        }
        answer = cloud.get(&target).await;
    }
    let words = "Number of 'read' requests for subscription \
        '00000000-0000-4000-8000-00000000000a' actor '5a1f0c9e-0000-4000-8000-000000000002' exceeded. \
        Please try again after '1' seconds after additional tokens are available. Refer to \
        https://aka.ms/arm-throttling for additional information.";
    assert_eq!(
        bytes(&answer),
        error(429, "SubscriptionRequestsThrottled", words)
    );
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(
        answer.header("x-ms-ratelimit-remaining-subscription-reads"),
        Some("0")
    );
}

#[tokio::test]
async fn the_cloud_describes_itself_without_naming_the_real_one() {
    let cloud = Cloud::start().await;
    let answer = cloud
        .get_as("/metadata/endpoints?api-version=2022-09-01", &[])
        .await;
    let description = answer.json();
    assert_eq!(description["resourceManager"], "http://localhost");
    let authentication = &description["authentication"];
    assert_eq!(authentication["loginEndpoint"], cloud.emulator.admin_url());
    assert_eq!(
        authentication["audiences"][0],
        "https://management.core.windows.net/"
    );
    assert_eq!(description["suffixes"], serde_json::json!({}));
    assert_eq!(description["name"], "AzureCloud");
    let listed = cloud
        .get_as("/metadata/endpoints?api-version=2019-05-01", &[])
        .await;
    assert_eq!(listed.json(), serde_json::json!([description]));
}

#[tokio::test]
async fn the_cloud_has_the_name_that_is_set() {
    let cloud = Cloud::start_with("cloud = 'AzureUSGovernment'\n", ARM).await;
    let answer = cloud
        .get_as("/metadata/endpoints?api-version=2019-05-01", &[])
        .await;
    assert_eq!(answer.json()[0]["name"], "AzureUSGovernment");
}

#[tokio::test]
async fn requests_are_counted_by_client_and_no_token_is_kept() {
    let cloud = Cloud::start().await;
    cloud.get(&format!("{OURS}/resources?{VERSION}")).await;
    cloud.get(&format!("{LOCKED}/resources?{VERSION}")).await;
    cloud.get("/tenants").await;
    let tally = admin(&cloud.emulator, "/resource_manager/tally").await;
    assert!(!tally.body.contains("eyJ"), "{}", tally.body);
    let expected = serde_json::json!({ "requests": [
        {
            "client_id": null, "operation": null, "subscription_id": null,
            "status": 400, "code": "MissingApiVersionParameter", "count": 1,
        },
        {
            "client_id": "5a1f0c9e-0000-4000-8000-000000000001", "operation": "resources",
            "subscription_id": "00000000-0000-4000-8000-00000000000a",
            "status": 200, "code": null, "count": 1,
        },
        {
            "client_id": "5a1f0c9e-0000-4000-8000-000000000001", "operation": "resources",
            "subscription_id": "00000000-0000-4000-8000-00000000000b",
            "status": 403, "code": "AuthorizationFailed", "count": 1,
        },
    ] });
    assert_eq!(tally.json()["requests"], expected["requests"]);
    cloud.emulator.reset();
    let tally = admin(&cloud.emulator, "/resource_manager/tally").await;
    let nothing = serde_json::json!({
        "requests": [], "commands": [], "unmatched": [], "unreadable": 0
    });
    assert_eq!(tally.json(), nothing);
}
