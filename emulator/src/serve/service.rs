//! One VM's service in real time: what all its requests share.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: draws the entropy of keys"
)]

mod chance;
mod control;
mod events;
mod exchange;
mod intercept;
mod no_answer;
mod note;
mod received;
mod served;
mod serving;
mod unreadable;
mod waiters;
mod waiting;
mod way;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::config::{Addresses, VmSettings};
use crate::credentials::attested::Attestor;
use crate::credentials::token::{SharedKey, TokenIssuer};
use crate::model::streams::{RequestStreams, Streams};
use crate::model::vm::Vm;
use crate::observe::journal::Journal;
use crate::observe::observer::Observer;
use crate::serve::clock::Clock;
use crate::serve::key_file::KeyFile;
use crate::wire::route::token;

use waiters::Waiters;

/// The state of a VM that the servers of both ports share.
pub(crate) struct Service {
    /// The VM's name.
    name: String,
    addresses: Addresses,
    /// Locked before the VM where both are.
    config: RwLock<Arc<VmSettings>>,
    clock: Clock,
    requests: AtomicU64,
    connections: AtomicU64,
    observer: Arc<Observer>,
    /// The VM's era: requests that were admitted in an earlier one are answered at once.
    era: watch::Sender<u64>,
    vm: Mutex<Vm>,
    /// Locked after the VM where both are.
    waiters: Mutex<Waiters>,
    /// Notified to end the requests that hang because of a fault.
    hung: Notify,
    token_issuer: TokenIssuer,
    latest_token_body: token::LatestBody,
    attestor: Attestor,
    key_file: KeyFile,
}

impl Service {
    /// A VM whose port is bound, as is the administration port. Its tokens are signed with `key`.
    pub(crate) fn new(
        name: &str,
        config: VmSettings,
        addresses: Addresses,
        key: SharedKey,
    ) -> Service {
        let clock = Clock::start();
        let epoch = clock.epoch().clone();
        let observed = clock.clone();
        let journal = Journal::new(config.journal.entries, epoch.clone());
        Service {
            name: name.to_owned(),
            addresses,
            clock,
            requests: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            observer: Arc::new(Observer::new(name, journal, move || observed.now())),
            era: watch::Sender::new(0),
            waiters: Mutex::default(),
            hung: Notify::new(),
            vm: Mutex::new(Vm::new(&config)),
            latest_token_body: token::LatestBody::default(),
            attestor: Attestor::new(
                name,
                &config,
                addresses.admin,
                epoch.clone(),
                rand::random(),
            ),
            token_issuer: TokenIssuer::new(&config, addresses.admin, epoch, key),
            key_file: KeyFile::new(config.protocols.arc_key_folder, rand::random()),
            config: RwLock::new(Arc::new(config)),
        }
    }

    /// The VM's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where it is served, and where the administration port is.
    pub(crate) fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// The settings that hold now.
    pub(crate) fn config(&self) -> Arc<VmSettings> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&config)
    }

    /// The time since the run's start.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// From 1970 to the run's start.
    pub(crate) fn epoch(&self) -> Duration {
        self.clock.epoch().get()
    }

    pub(crate) fn observer(&self) -> &Observer {
        &self.observer
    }

    /// The number of a connection that is accepted now, from 1.
    pub(crate) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn token_issuer(&self) -> &TokenIssuer {
        &self.token_issuer
    }

    /// Removes its files.
    pub(crate) fn clean_up(&self) {
        self.key_file.remove();
    }

    pub(crate) fn attestor(&self) -> &Attestor {
        &self.attestor
    }

    pub(crate) fn vm(&self) -> MutexGuard<'_, Vm> {
        self.vm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a method of the VM at the present time.
    pub(crate) fn at_present<T>(&self, f: impl FnOnce(Duration, &mut Vm) -> T) -> T {
        let mut vm = self.vm();
        f(self.now(), &mut vm)
    }

    /// The streams of random numbers of a request that arrives now.
    fn next_streams(&self, config: &VmSettings) -> RequestStreams {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        Streams::new(config.seed).of_request(request)
    }
}
