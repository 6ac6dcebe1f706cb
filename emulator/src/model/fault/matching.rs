//! Which requests a fault is for.

use serde::Serialize;

use crate::model::identity::{Identity, Selector};

/// The properties of a request that a fault can match.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The path, in lower case, without doubled slashes and without one at the end.
    pub path: &'a str,
    /// The identity that it requests a token of, if it requests one.
    pub identity: Option<Selector<'a>>,
    /// The audience it asks a token for.
    pub resource: Option<&'a str>,
    /// The number of its connection, from 1 in the order of their making.
    pub connection: u64,
    /// The value of its `x-imds-emulator-session` header.
    pub session: Option<&'a str>,
    /// Whether it has the header that its protocol requires: `Metadata: true`, or a secret.
    pub has_header: bool,
}

/// Conditions on a request; those that are given must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Match {
    /// Its path is this one or lies below it.
    pub path: Option<String>,
    /// It asks for a token of this identity: a name, client id, object id or resource id.
    pub identity: Option<String>,
    /// It asks for a token for this audience; a slash at the end makes no difference.
    pub resource: Option<String>,
    /// It came over this connection, counted from 1.
    pub connection: Option<u64>,
    /// Its session header has this value.
    pub session: Option<String>,
    /// It has the header that its protocol requires: the fault strikes after that was looked at.
    pub after_header: bool,
}

impl Match {
    /// Whether a request matches; `identity` is the one that it selects.
    pub(super) fn fits(&self, facts: &Facts<'_>, identity: Option<&Identity>) -> bool {
        let holds = |wanted: &Option<String>, found: Option<&str>, same: fn(&str, &str) -> bool| {
            let Some(wanted) = wanted else { return true };
            found.is_some_and(|found| same(wanted, found))
        };
        let is_meant = |wanted: &String| identity.is_some_and(|it| is_called(it, wanted));
        (facts.has_header || !self.after_header)
            && holds(&self.path, Some(facts.path), is_below)
            && self.identity.as_ref().is_none_or(is_meant)
            && holds(&self.resource, facts.resource, is_same_audience)
            && self.connection.is_none_or(|it| it == facts.connection)
            && holds(&self.session, facts.session, |a, b| a == b)
    }
}

/// Whether an identity has this name or id.
pub(crate) fn is_called(identity: &Identity, name: &str) -> bool {
    let Identity {
        name: own,
        client_id,
        object_id,
        resource_id,
        ..
    } = identity;
    let names = [own, client_id, object_id, resource_id];
    names.iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn is_below(prefix: &str, path: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    let Some((start, rest)) = path.split_at_checked(prefix.len()) else {
        return false;
    };
    start.eq_ignore_ascii_case(prefix) && (rest.is_empty() || rest.starts_with('/'))
}

fn is_same_audience(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::VmSettings;

    const FACTS: Facts<'_> = Facts {
        path: "/metadata/identity/oauth2/token",
        identity: Some(Selector::Default),
        resource: Some("https://vault.azure.net"),
        connection: 2,
        session: Some("7"),
        has_header: true,
    };

    fn fits(change: impl FnOnce(&mut Match)) -> bool {
        let identities = VmSettings::default().identities;
        let mut matching = Match::default();
        change(&mut matching);
        matching.fits(&FACTS, identities.named("system"))
    }

    fn text(text: &str) -> Option<String> {
        text.parse().ok()
    }

    #[test]
    fn a_path_is_matched_by_whole_segments_in_any_case() {
        for (path, fit) in [
            ("/metadata", true),
            ("/Metadata/Identity/", true),
            ("/metadata/identity/oauth2/token", true),
            ("/metadata/ident", false),
            ("/metadata/identity/oauth2/token/more", false),
            ("", true),
        ] {
            assert_eq!(fits(|it| it.path = text(path)), fit, "{path}");
        }
    }

    #[test]
    fn every_condition_that_is_given_must_hold() {
        assert!(fits(|_| {}));
        assert!(fits(|it| it.identity = text("SYSTEM")));
        assert!(!fits(|it| it.identity = text("jobs")));
        assert!(fits(|it| it.resource = text("https://vault.azure.net/")));
        assert!(!fits(|it| it.resource = text("https://vault")));
        assert!(fits(|it| it.connection = Some(2)));
        assert!(!fits(|it| it.connection = Some(1)));
        assert!(fits(|it| it.session = text("7")));
        assert!(!fits(|it| {
            it.connection = Some(2);
            it.session = text("8");
        }));
    }

    #[test]
    fn a_request_for_no_identity_matches_no_identity() {
        let matching = Match {
            identity: text("system"),
            ..Match::default()
        };
        assert!(!matching.fits(&FACTS, None));
    }
}
