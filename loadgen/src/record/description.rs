//! What the steps of a script are about, in the words that stories use.

use std::fmt;

use imds_client::wire::{Identity, TokenRequest};

use super::distribution::ms;
use crate::scenario::script::{Pause, Scope, Step, Whose};

/// What the step is about, in words.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Startup(length) => write!(f, "the interpreter starts in {} ms", ms(*length)),
            Self::Connect(request) => {
                let TokenRequest { resource, identity } = &**request;
                write!(f, "a token for {resource} as {}", whose(identity))
            }
            Self::SignIn(request, scope) => {
                let whose = whose(&request.identity);
                write!(f, "sign in as {whose}{}", scoped(*scope))
            }
            Self::SetContext(subscription, scope) => {
                write!(f, "subscription {subscription}{}", scoped(*scope))
            }
            Self::ListResources(Whose::Process) => {
                f.write_str("the resources of the chosen subscription")
            }
            Self::ListResources(Whose::Own) => {
                f.write_str("the resources of its own context's subscription")
            }
            Self::ClearContext(scope) => write!(f, "forget all contexts{}", scoped(*scope)),
            Self::DisableAutosave => f.write_str("save no contexts in this process"),
            Self::Refresh => f.write_str("another token at half life"),
            Self::Metadata(request) => write!(f, "/metadata/instance{}", request.path),
            Self::Think(pause) => pause.fmt(f),
        }
    }
}

fn scoped(scope: Option<Scope>) -> String {
    scope.map_or(String::new(), |scope| format!(", scope {scope:?}"))
}

fn whose(identity: &Identity) -> String {
    match identity {
        Identity::SystemAssigned => "the VM's own identity".to_owned(),
        Identity::ClientId(id) => format!("client id {id}"),
        Identity::ObjectId(id) => format!("object id {id}"),
        Identity::ResourceId(id) => id.clone(),
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = (ms(self.min), ms(self.max));
        if self.min == self.max {
            write!(f, "a pause of {min} ms")
        } else {
            write!(f, "a pause of {min} to {max} ms")
        }
    }
}
