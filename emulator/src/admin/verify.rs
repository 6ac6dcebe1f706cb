//! The verification of the clients.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::state::OneVm;
use crate::observe::journal::Unmatched;
use crate::observe::verify::Report;
use crate::serve::resource_manager::stub::Stub;

/// How many findings of each rule are listed. All are counted.
const MOST_OF_A_RULE: usize = 1000;

/// What was found of the VM's clients, and what the stub of Resource Manager lacked.
#[derive(Serialize)]
pub(super) struct Judgement {
    #[serde(flatten)]
    report: Report,
    /// Null where it is not served.
    resource_manager: Option<Lacking>,
}

#[derive(Serialize)]
struct Lacking {
    unmatched: Vec<Unmatched>,
}

/// On a thread that may block: a long journal takes its time.
pub(super) async fn judge(State(vm): State<OneVm>) -> Json<Judgement> {
    let stub = vm.fleet.resource_manager();
    let resource_manager = lacking(stub);
    let judging = tokio::task::spawn_blocking(move || vm.service.observer().verify());
    let report = judging.await.expect("judging does not panic");
    Json(Judgement {
        report: report.abridged(MOST_OF_A_RULE),
        resource_manager,
    })
}

fn lacking(stub: &Stub) -> Option<Lacking> {
    stub.settings().enabled.then(|| Lacking {
        unmatched: stub.observer().counts().list_unmatched(),
    })
}
