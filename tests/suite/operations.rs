//! The client's operations against the emulator: two readings of the protocol, one answer.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it bounds how long a test may take"
)]

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use imds_client::{
    Client, HttpTransport, Identity, Instance, InstanceFormat, InstanceRequest, OperationError,
    Policy, TokenRequest,
};
use imds_emulator::Emulator;
use imds_tests::{QUICK, emulator};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn client(emulator: &Emulator) -> Client {
    let endpoint = emulator.imds_url().parse().expect("an endpoint");
    let transport = HttpTransport::new(endpoint).expect("a transport");
    let policy = Policy::preset(Policy::DEFAULT).expect("a preset");
    Client::new(transport, policy, ChaCha8Rng::seed_from_u64(1))
}

async fn quick(config: &str) -> Emulator {
    emulator(&format!("{QUICK}{config}")).await
}

fn as_identity(identity: Identity) -> TokenRequest {
    TokenRequest {
        identity,
        resource: "https://management.azure.com/".to_owned(),
    }
}

#[tokio::test]
async fn every_form_of_identity_gets_its_token() {
    let id = "5a1f0c9e-0000-4000-8000-000000000001";
    let object = "5a1f0c9e-0000-4000-8000-000000000002";
    let resource = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/jobs";
    let emulator = quick(&format!(
        "[[identities]]\nname = 'jobs'\nclient_id = '{id}'\nobject_id = '{object}'\nresource_id = '{resource}'\n"
    ))
    .await;
    let client = client(&emulator);
    let tenant = client.tenant().await.expect("a tenant");
    for identity in [
        Identity::SystemAssigned,
        Identity::ClientId(id.to_owned()),
        Identity::ObjectId(object.to_owned()),
        Identity::ResourceId(resource.to_owned()),
    ] {
        let is_jobs = identity != Identity::SystemAssigned;
        let token = client.token(&as_identity(identity)).await.expect("a token");
        assert_eq!(token.client_id.as_deref() == Some(id), is_jobs);
        assert_eq!(token.tenant().as_ref(), Some(&tenant));
    }
}

async fn part(
    client: &Client,
    path: &str,
    format: InstanceFormat,
) -> Result<Instance, OperationError> {
    let request = InstanceRequest {
        path: path.parse().expect("a path"),
        format,
        ..InstanceRequest::default()
    };
    client.instance(&request).await
}

#[tokio::test]
async fn the_instance_is_read_as_a_whole_in_part_and_as_text() {
    let emulator = quick("instance.compute.name = 'web-1'").await;
    let client = client(&emulator);
    let whole = client.instance(&InstanceRequest::default()).await;
    let Ok(Instance::Json(whole)) = whole else {
        panic!("{whole:?}")
    };
    let json = async |path| part(&client, path, InstanceFormat::Json).await;
    let compute = Instance::Json(whole["compute"].clone());
    assert_eq!(json("compute").await, Ok(compute));
    let name = part(&client, "compute/name", InstanceFormat::Text).await;
    assert_eq!(name, Ok(Instance::Text("web-1".to_owned())));
    let refused = json("compute/name")
        .await
        .expect_err("a single value comes as text only");
    assert_eq!((refused.attempts, refused.is_transient()), (1, false));
    let nothing = json("compute/nothing").await.expect_err("no such part");
    assert_eq!(nothing.attempts, 1);
}

#[tokio::test]
async fn an_attested_document_holds_the_nonce() {
    let emulator = quick("").await;
    let nonce = "8675309012".parse().expect("a nonce");
    let document = client(&emulator).attested(Some(nonce)).await;
    let document = document.expect("a document");
    assert_eq!(document.encoding, "pkcs7");
    let signed = BASE64_STANDARD.decode(document.signature).expect("base64");
    let holds = |text: &[u8]| signed.windows(text.len()).any(|part| part == text);
    assert!(holds(b"8675309012"));
}

#[tokio::test]
async fn a_watch_sees_an_event_that_is_approved_start_and_end() {
    let emulator = quick(
        "scheduled_events = { first_call = '0s' }\n\
         [[events]]\ntype = 'Reboot'\nlasts = '1s'\n",
    )
    .await;
    let client = client(&emulator);
    let mut watch = client.watch_events();
    let scheduled = watch.changed().await.expect("a document");
    let event = &scheduled.events[0];
    assert_eq!((&*event.kind, &*event.status), ("Reboot", "Scheduled"));
    assert!(event.not_before.ends_with(" GMT"), "{event:?}");
    let approved = client.approve(vec![event.id.clone()]).await;
    assert_eq!(approved, Ok(()));
    let mut next = watch.changed().await.expect("a change");
    assert!(next.incarnation > scheduled.incarnation);
    if let [event] = &next.events[..] {
        assert_eq!((&*event.status, &*event.not_before), ("Started", ""));
        next = watch.changed().await.expect("another change");
    }
    assert_eq!(next.events, []);
}

#[tokio::test]
async fn whatever_befalls_the_service_ends_in_a_token() {
    for fault in [
        "effect = { status = 410 }\nnext = 1",
        "effect = { status = 404 }\nnext = 1",
        "effect = { status = 429 }\nnext = 2",
        "effect = { status = 500 }\nnext = 1",
        "effect = 'reset'\nnext = 2",
        "effect = 'close'\nnext = 1",
        "effect = 'truncated'\nnext = 2",
    ] {
        let emulator = quick(&format!("[[faults]]\n{fault}\n")).await;
        let request = as_identity(Identity::SystemAssigned);
        let client = client(&emulator);
        let within = tokio::time::timeout(Duration::from_mins(1), client.token(&request));
        let token = within.await.expect("it does not hang");
        token.unwrap_or_else(|error| panic!("{fault}: {error}"));
        assert!(emulator.faults()[0].struck > 0, "{fault}");
    }
}
