//! What a server sends in answer to a request, byte for byte, and how the client reads it: bounded, never a success without
//! what was asked for, and the same when it is written and read again.
#![no_main]

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use imds_client::wire::{ApproveRequest, EventsRequest, ImdsRequest, Request, TenantRequest};
use imds_client::wire::{AttestedRequest, InstanceRequest, TokenRequest};
use imds_client::{
    Acquisition, Answer, EventDocument, HttpTransport, Identity, Outcome, Policy, Step, Transport,
    TransportFailure,
};
use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde_json::to_vec;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// The most that the client keeps of a body, in bytes, as `client/src/transport/http.rs` has it.
const LONGEST_BODY: usize = 1024 * 1024;

/// A client that waits longer for an answer whose connection is closed is stuck.
const LONGEST: Duration = Duration::from_secs(5);

thread_local! {
    static RUNTIME: RefCell<Option<(Runtime, TcpListener)>> = const { RefCell::new(None) };
}

fuzz_target!(|bytes: &[u8]| {
    RUNTIME.with_borrow_mut(|runtime| {
        let (runtime, listener) = runtime.get_or_insert_with(start);
        if let Ok(answer) = runtime.block_on(exchange(listener, bytes)) {
            check(&answer);
        }
    });
});

fn start() -> (Runtime, TcpListener) {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let listener = runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a free port");
    (runtime, listener)
}

/// The client's request, answered with these bytes and the connection's end.
async fn exchange(listener: &TcpListener, bytes: &[u8]) -> Result<Answer, TransportFailure> {
    let address = listener.local_addr().expect("its address");
    let endpoint = format!("http://{address}").parse().expect("an endpoint");
    let transport = HttpTransport::new(endpoint).expect("a client");
    let request = TenantRequest.to_wire(&mut ChaCha8Rng::seed_from_u64(1));
    let (answer, ()) = tokio::join!(
        timeout(LONGEST, transport.send(&request)),
        serve(listener, &request, bytes)
    );
    answer.expect("the client reads no further than the connection's end")
}

async fn serve(listener: &TcpListener, request: &Request, bytes: &[u8]) {
    let (mut stream, _) = listener.accept().await.expect("the client connects");
    let (mut head, mut piece) = (vec![], [0; 1024]);
    while !head.ends_with(b"\r\n\r\n") {
        let length = stream.read(&mut piece).await.expect("the client's request");
        assert!(length > 0, "the client leaves");
        head.extend_from_slice(&piece[..length]);
    }
    let line = format!("GET {} HTTP/1.1\r\n", request.target);
    assert!(
        head.starts_with(line.as_bytes()),
        "{:?}",
        String::from_utf8_lossy(&head)
    );
    // The client may have read enough and left.
    let _ = stream.write_all(bytes).await;
}

fn check(answer: &Answer) {
    assert!(
        answer.body.len() <= LONGEST_BODY,
        "{} bytes",
        answer.body.len()
    );
    assert!(
        answer
            .headers
            .iter()
            .all(|(name, _)| !name.bytes().any(|byte| byte.is_ascii_uppercase()))
    );
    let error = answer.service_error().map(|error| error.to_string());
    assert!(
        error.is_none_or(|error| !error.contains(char::is_control)),
        "an error of more than a line"
    );
    let token = TokenRequest {
        identity: Identity::SystemAssigned,
        resource: "x".to_owned(),
    };
    if let Some(token) = read(answer, &token) {
        assert!(!token.access_token.is_empty());
        let shown = format!("{token:?}");
        assert!(
            token.access_token.len() < 12 || !shown.contains(&token.access_token),
            "a secret is shown"
        );
        let (_tenant, _left) = (token.tenant(), token.remaining(Duration::from_secs(1)));
    }
    let _tenant = read(answer, &TenantRequest);
    let _instance = read(answer, &InstanceRequest::default());
    let _approved = read(answer, &ApproveRequest { ids: vec![] });
    if let Some(document) = read(answer, &AttestedRequest::default()) {
        let written = to_vec(&document).expect("it can be written");
        assert_eq!(AttestedRequest::default().read(&written), Ok(document));
    }
    if let Some(document) = read(answer, &EventsRequest) {
        let written = to_vec(&document).expect("it can be written");
        let again: Result<EventDocument, _> = EventsRequest.read(&written);
        assert_eq!(again, Ok(document));
    }
    decide(answer.read(&TenantRequest).0);
}

/// What was asked for, if the answer has it: a success then, and no other time.
fn read<R: ImdsRequest>(answer: &Answer, request: &R) -> Option<R::Reply> {
    let (outcome, reply) = answer.read(request);
    let reply = reply.and_then(Result::ok);
    assert_eq!(outcome == Outcome::Success, reply.is_some());
    assert!(reply.is_none() || answer.status == 200);
    reply
}

/// An acquisition that is answered so ends, each attempt after the one before.
fn decide(outcome: Outcome) {
    let policy = Policy::preset(Policy::DEFAULT).expect("a preset");
    let (mut now, mut rng) = (Duration::ZERO, ChaCha8Rng::seed_from_u64(1));
    let deadline = policy.deadline.expect("the default has one");
    let mut acquisition = Acquisition::begin(Arc::clone(&policy), now);
    loop {
        match acquisition.after(&outcome, now, &mut rng) {
            Step::Done | Step::Failed(_) => break,
            Step::Send => {}
            Step::WaitUntil(at) => now = at,
        }
        assert!(
            now < deadline && acquisition.attempts() < 1000,
            "{} attempts",
            acquisition.attempts()
        );
    }
}
