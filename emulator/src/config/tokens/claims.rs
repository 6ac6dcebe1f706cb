//! The tables `tokens.claims`.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::config::json;
use crate::document::Section;
use crate::model::audience::Audience;
use crate::model::fault::is_called;
use crate::model::identity::{Identities, Identity};

/// Claims of the user's own, and whose tokens have them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomClaims {
    /// Only tokens of this identity: a name, client id, object id or resource id.
    pub identity: Option<String>,
    /// Only tokens for this resource, or for these.
    pub resource: Option<Audience>,
    /// The claims, with values of any kind.
    pub set: Map<String, Value>,
}

impl CustomClaims {
    /// Whether the tokens of an identity for a resource have them.
    pub(crate) fn hold_for(&self, identity: &Identity, resource: &str) -> bool {
        let is_its = |name: &String| is_called(identity, name);
        let covers = |audience: &Audience| audience.covers(resource);
        self.identity.as_ref().is_none_or(is_its) && self.resource.as_ref().is_none_or(covers)
    }
}

/// The claims that no one may set, each with what it follows from. The answer with the token, `identity/info`
/// and the keys' address say the same, so that another value would contradict them; and a token says in any
/// case what made it.
const FIXED: [(&str, &str); 10] = [
    ("aud", "it is the resource that the request names"),
    ("appid", "it is the identity's client_id"),
    ("exp", "it follows from tokens.lifetime"),
    ("idp", "it is tokens.issuer"),
    ("iss", "it is tokens.issuer"),
    ("nbf", "it follows from the time of issue"),
    ("oid", "it is the identity's object_id"),
    ("tid", "it is tenant_id"),
    ("xms_emulator", "it says that the token is the emulator's"),
    ("xms_mirid", "it is the identity's resource_id"),
];

pub(super) fn read(section: &mut Section, identities: &Identities) -> Vec<CustomClaims> {
    let tables = section.sections("claims").into_iter();
    let each = |mut table: Section<'_>| one(&mut table, identities);
    tables.filter_map(each).collect()
}

fn one(section: &mut Section, identities: &Identities) -> Option<CustomClaims> {
    let identity: Option<String> = section.optional("identity");
    let is_known = |name: &String| identities.iter().any(|it| is_called(it, name));
    if identity.as_ref().is_some_and(|name| !is_known(name)) {
        let expected = "expected a name or an id of one of the identities";
        section.refuse("identity", expected);
    }
    let resource = section.optional("resource");
    Some(CustomClaims {
        identity,
        resource,
        set: set(section)?,
    })
}

fn set(section: &mut Section) -> Option<Map<String, Value>> {
    if !section.offers("set") {
        section.refuse("set", "required, but missing");
    }
    let mut table = section.section("set")?;
    let names = table.keys();
    if names.is_empty() {
        section.refuse("set", "expected at least one claim");
    }
    let claim = |name: String| value(&mut table, &name).map(|value| (name, value));
    Some(names.into_iter().filter_map(claim).collect())
}

fn value(section: &mut Section, name: &str) -> Option<Value> {
    let value: toml::Value = section.optional(name)?;
    if let Some((_, why)) = FIXED.iter().find(|(fixed, _)| *fixed == name) {
        section.refuse(name, format!("expected another claim: {why}"));
        return None;
    }
    let value = json::of(value);
    if value.is_none() {
        section.refuse(name, json::EXPECTED);
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::config::Config;

    const VAULT: &str = "https://vault.azure.net/";

    /// What is set for the system-assigned identity's tokens for a resource.
    fn set(text: &str, resource: &str) -> Vec<serde_json::Value> {
        let vm = Config::from_toml("c", text).expect("right").vm;
        let identity = vm.identities.named("system").expect("it is there");
        let claims = vm.tokens.claims.iter();
        let its = claims.filter(|one| one.hold_for(identity, resource));
        its.map(|one| one.set.clone().into()).collect()
    }

    #[test]
    fn claims_of_any_kind_are_for_all_tokens_or_for_those_that_are_named() {
        let text = "[[tokens.claims]]\nset = { roles = ['a', 'b'], n = 1, x = { y = [true] } }\n\
            [[tokens.claims]]\nidentity = 'SYSTEM'\nresource = 'https://vault.*'\nset.sub = 's'\n\
            [[tokens.claims]]\nidentity = 'jobs'\nset.sub = 'j'\n\
            [[identities]]\nname = 'jobs'\nclient_id = '5a1f0c9e-0000-4000-8000-000000000001'\n";
        let all = json!({ "roles": ["a", "b"], "n": 1, "x": { "y": [true] } });
        assert_eq!(set(text, VAULT), [all.clone(), json!({ "sub": "s" })]);
        assert_eq!(set(text, "https://graph.microsoft.com"), [all]);
    }

    #[test]
    fn what_would_contradict_the_answer_is_refused_with_what_it_follows_from() {
        let text = "[[tokens.claims]]\nset = { exp = 1, roles = nan, iss = 'x', ver = '2.0' }\n\
            [[tokens.claims]]\nset = {}\nidentity = 'nobody'\n[[tokens.claims]]\n";
        let problems = Config::from_toml("c", text).unwrap_err().to_string();
        assert_eq!(
            problems,
            "c:2:15: tokens.claims[0].set.exp: expected another claim: it follows from tokens.lifetime\n\
             c:2:26: tokens.claims[0].set.roles: expected numbers that JSON has: neither nan nor inf\n\
             c:2:37: tokens.claims[0].set.iss: expected another claim: it is tokens.issuer\n\
             c:4:7: tokens.claims[1].set: expected at least one claim\n\
             c:5:12: tokens.claims[1].identity: expected a name or an id of one of the identities\n\
             c:6:1: tokens.claims[2].set: required, but missing"
        );
    }
}
