//! What sessions ask tokens for in virtual time, looked up in the VM once for the whole run.

use std::collections::BTreeMap;
use std::sync::Arc;

use imds_client::wire::{Identity, TokenRequest};
use imds_emulator::Vm;
use imds_emulator::vm::{Selector, Wanted};

/// All requests for tokens so far that differ from each other.
#[derive(Debug, Default)]
pub(super) struct TokensWanted {
    numbers: BTreeMap<Arc<TokenRequest>, u32>,
    /// By number.
    known: Vec<(Arc<TokenRequest>, Wanted)>,
    /// The number that was asked for last: most sessions ask for the same.
    latest: u32,
}

/// A request for a token, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TokenWanted(u32);

impl TokensWanted {
    /// This request.
    pub(super) fn find(&mut self, vm: &mut Vm, request: &Arc<TokenRequest>) -> TokenWanted {
        let latest = self.known.get(self.latest as usize);
        if latest.is_none_or(|(latest, _)| !Arc::ptr_eq(latest, request)) {
            self.latest = self.number(vm, request);
        }
        TokenWanted(self.latest)
    }

    fn number(&mut self, vm: &mut Vm, request: &Arc<TokenRequest>) -> u32 {
        if let Some(number) = self.numbers.get(request) {
            return *number;
        }
        let number = u32::try_from(self.known.len()).expect("a run has fewer different requests");
        let wanted = vm.want(selector(request), &request.resource);
        self.numbers.insert(Arc::clone(request), number);
        self.known.push((Arc::clone(request), wanted));
        number
    }

    /// The request itself.
    pub(super) fn request(&self, TokenWanted(number): TokenWanted) -> &Arc<TokenRequest> {
        &self.known[number as usize].0
    }

    /// What the VM makes of it.
    pub(super) fn wanted(&self, TokenWanted(number): TokenWanted) -> &Wanted {
        &self.known[number as usize].1
    }
}

/// The identity that a request asks for.
pub(super) fn selector(request: &TokenRequest) -> Selector<'_> {
    match &request.identity {
        Identity::SystemAssigned => Selector::Default,
        Identity::ClientId(id) => Selector::ClientId(id),
        Identity::ObjectId(id) => Selector::ObjectId(id),
        Identity::ResourceId(id) => Selector::ResourceId(id),
    }
}

#[cfg(test)]
mod tests {
    use imds_emulator::Config;

    use super::*;

    fn request(resource: &str) -> Arc<TokenRequest> {
        let (identity, resource) = (Identity::SystemAssigned, resource.to_owned());
        Arc::new(TokenRequest { identity, resource })
    }

    #[test]
    fn equal_requests_are_one_whoever_makes_them() {
        let mut vm = Vm::new(&Config::default().vm);
        let mut tokens = TokensWanted::default();
        let mut find = |resource| {
            let wanted = tokens.find(&mut vm, &request(resource));
            (wanted, tokens.request(wanted).resource.clone())
        };
        let [vault, storage, again] = ["vault", "storage", "vault"].map(&mut find);
        assert_eq!((&*vault.1, &*storage.1), ("vault", "storage"));
        assert_ne!(vault.0, storage.0);
        assert_eq!(again, vault);
    }
}
