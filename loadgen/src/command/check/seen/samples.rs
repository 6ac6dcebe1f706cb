//! What tests make up as seen.

use std::time::Duration;

use imds_emulator::Config;
use imds_emulator::journal::{Entry, Fate, Outcome};
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
        path: "/metadata/identity/oauth2/token".into(),
        query: "resource=r".into(),
        user_agent: None,
        client_sku: None,
        client_request_id: None,
        session: None,
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
        limits: Config::default().vm.limits,
        runs: vec![run(end)],
        struck: u64::try_from(errors.count()).expect("a few"),
        requests,
    }
}

/// A run of three seconds.
pub(crate) fn run(end: End) -> CommandRun {
    CommandRun {
        end,
        took: Duration::from_secs(3),
    }
}
