//! What tests make up as seen.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use imds_emulator::Config;
use imds_emulator::journal::{Entry, Fate, Outcome, Sent, StubEntry};
use imds_emulator::limit::Category;

use super::{CommandRun, End, Seen};

/// A request for a token over that connection, answered 1 ms after it came.
pub(crate) fn request(connection: u64, at_ms: u64, status: u16) -> Entry {
    let at = Duration::from_millis(at_ms);
    let verdict = match status {
        200 => Fate::Admitted,
        400 => Fate::Rejected,
        429 => Fate::Refused,
        _ => Fate::Faulted,
    };
    let life = (status == 200).then_some(Duration::from_hours(24));
    Entry {
        seq: at_ms + 1,
        at,
        time: at,
        connection,
        method: "GET".to_owned(),
        sent: Sent::default(),
        path: "/metadata/identity/oauth2/token".into(),
        query: "resource=r".into(),
        user_agent: None,
        client_sku: None,
        client_request_id: None,
        session: Some(connection.to_string()),
        category: Category::Identity,
        outcome: Outcome {
            verdict: Some(verdict),
            status: Some(status),
            token_expires_in: life,
            service_time: life.map(|_| Duration::from_millis(250)),
            ended_at: Some(at + Duration::from_millis(1)),
            ..Outcome::default()
        },
    }
}

/// A cmdlet's request to Resource Manager with a token of that client.
pub(crate) fn managed(at_ms: u64, cmdlet: Option<&str>, status: u16, client_id: &str) -> StubEntry {
    let at = Duration::from_millis(at_ms);
    StubEntry {
        seq: at_ms + 1,
        at,
        time: at,
        connection: 1,
        method: "GET".to_owned(),
        path: "/subscriptions".to_owned(),
        query: "api-version=2022-12-01".to_owned(),
        user_agent: None,
        client_request_id: None,
        session: Some("1".to_owned()),
        command: cmdlet.map(str::to_owned),
        parameter_set: None,
        operation: Some("subscriptions"),
        subscription_id: None,
        client_id: Some(client_id.to_owned()),
        outcome: Outcome {
            status: Some(status),
            ended_at: Some(at + Duration::from_millis(1)),
            ..Outcome::default()
        },
    }
}

/// One client's requests, so many milliseconds after the start.
pub(crate) fn requests(told: &[(u64, u16)]) -> Vec<Entry> {
    told.iter()
        .map(|(at_ms, status)| request(1, *at_ms, *status))
        .collect()
}

/// One command that ended so, and the requests; each error status was a fault.
pub(crate) fn seen(end: End, requests: Vec<Entry>) -> Seen {
    let errors = requests.iter().filter(|it| it.outcome.status != Some(200));
    Seen {
        forgotten: 0,
        dropped: None,
        limits: Config::default().vm.limits,
        identities: Config::default().vm.identities,
        manager: Vec::new(),
        usual: BTreeSet::new(),
        runs: vec![run(end)],
        struck: u64::try_from(errors.count()).expect("a few"),
        requests,
        starts: Vec::new(),
    }
}

/// A run of three seconds.
pub(crate) fn run(end: End) -> CommandRun {
    CommandRun {
        end,
        began: SystemTime::UNIX_EPOCH,
        took: Duration::from_secs(3),
        left_out: 0,
    }
}
