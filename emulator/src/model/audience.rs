//! Which identity may have a token for which resource.
//!
//! IMDS accepts any resource and asks Entra. Entra denies a resource that the tenant lacks, or that the
//! identity may not have.

use serde::{Deserialize, Serialize};

/// The name of a resource, or a prefix of names if it ends with `*`. Case, and one slash at the end, make
/// no difference (assumed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Audience(String);

impl Audience {
    /// Whether the resource is this one, or begins as it does.
    pub(crate) fn covers(&self, resource: &str) -> bool {
        if let Some(beginning) = self.0.strip_suffix('*') {
            let start = resource.get(..beginning.len());
            return start.is_some_and(|start| start.eq_ignore_ascii_case(beginning));
        }
        bare(&self.0).eq_ignore_ascii_case(bare(resource))
    }
}

fn bare(resource: &str) -> &str {
    resource.strip_suffix('/').unwrap_or(resource)
}

/// Why Entra issues no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The tenant has no such resource: AADSTS500011.
    ResourceUnknown,
    /// The identity may not have it: AADSTS501051.
    ResourceNotAssigned,
}

/// Entra's denial; `None` if it issues the token. `unknown` are the resources that the tenant lacks,
/// `assigned` the only ones that the identity may have; all if `None`.
pub(crate) fn denial(
    unknown: &[Audience],
    assigned: Option<&[Audience]>,
    resource: &str,
) -> Option<Denial> {
    let in_list = |list: &[Audience]| list.iter().any(|audience| audience.covers(resource));
    if in_list(unknown) {
        return Some(Denial::ResourceUnknown);
    }
    let allowed = assigned.is_none_or(in_list);
    (!allowed).then_some(Denial::ResourceNotAssigned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(text: &str) -> Audience {
        Audience(text.to_owned())
    }

    #[test]
    fn a_name_covers_itself_with_or_without_a_slash_in_any_case() {
        let vault = audience("https://Vault.azure.net/");
        assert!(vault.covers("https://vault.azure.net"));
        assert!(vault.covers("https://vault.azure.net/"));
        assert!(!vault.covers("https://vault.azure.net/x"));
        assert!(!vault.covers("https://vault.azure.ne"));
    }

    #[test]
    fn a_star_covers_every_name_that_begins_so() {
        let all_apis = audience("API://*");
        assert!(all_apis.covers("api://x/y"));
        assert!(!all_apis.covers("api:/"));
        assert!(!audience("https://\u{e9}*").covers("https://e\u{301}"));
        assert!(audience("*").covers(""));
    }

    #[test]
    fn an_unknown_resource_comes_before_one_that_is_not_assigned() {
        let unknown = [audience("https://nope")];
        let answer = |resource| denial(&unknown, None, resource);
        assert_eq!(answer("https://any"), None);
        assert_eq!(answer("https://nope/"), Some(Denial::ResourceUnknown));
        let assigned = [audience("https://vault.azure.net")];
        let answer = |resource| denial(&unknown, Some(&assigned), resource);
        assert_eq!(answer("https://vault.azure.net/"), None);
        assert_eq!(answer("https://any"), Some(Denial::ResourceNotAssigned));
        assert_eq!(answer("https://nope"), Some(Denial::ResourceUnknown));
    }
}
