//! A scenario that is made and not read: one herd that asks for one token each.

use std::sync::Arc;
use std::time::Duration;

use imds_client::Policy;
use imds_client::wire::{Identity, TokenRequest};
use imds_emulator::Config;
use imds_emulator::document::FriendlyDuration;

use super::definition::{Group, OnError, Scenario};
use super::policies::Policies;
use crate::scenario::arrival::{Arrival, Herd};
use crate::scenario::script::{RESOURCE_MANAGER, Retry, Step, Task};

impl Scenario {
    /// So many sessions, at least one, that start at once on a VM and ask it for a token each.
    #[must_use]
    pub(crate) fn of_herd(
        imds: Config,
        sessions: u32,
        policy: Arc<Policy>,
        max_duration: Duration,
    ) -> Self {
        Self {
            name: "herd".to_owned(),
            seed: 0,
            max_duration: Some(max_duration),
            imds,
            vms: vec![],
            traces: 0,
            groups: vec![herd(sessions, policy)],
            expectations: vec![],
            policies: Policies::default(),
            context: Arc::default(),
            cores: None,
        }
    }
}

fn herd(count: u32, policy: Arc<Policy>) -> Group {
    let at_once = Herd {
        at: FriendlyDuration::default(),
        spread: FriendlyDuration::default(),
    };
    let request = TokenRequest {
        identity: Identity::SystemAssigned,
        resource: RESOURCE_MANAGER.to_owned(),
    };
    Group {
        name: "herd".to_owned(),
        vms: None,
        count,
        arrival: Arrival::Herd(at_once),
        policy,
        script: [Task::Step(Step::Connect(Arc::new(request)), Retry::NONE)].into(),
        on_error: OnError::Stop,
        startup: None,
        work: None,
        through: None,
        costs: Arc::default(),
        azure_context: None,
        names_context: false,
        release: None,
        background: false,
    }
}
