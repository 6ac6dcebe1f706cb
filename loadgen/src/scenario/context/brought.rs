//! The Azure context that a client brings along, so that a scenario need not name one.

use imds_client::policy::Resolved;

use super::generation::{Generation, LIBRARY};

/// The Azure context that a client brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Brought {
    /// None: it is another program, or retries alone.
    Nothing,
    /// That of the newest release, to scripts that need one. To others it only gives its retries: a
    /// connect is one token, as the newest release asks for it.
    WhereNeeded,
    /// That of the release that it names.
    Always(Generation),
}

impl Brought {
    /// By what the name of the client stands for: a release by its number, or the newest one.
    #[must_use]
    pub(crate) fn by(client: &Resolved) -> Self {
        let release = client.release.as_ref();
        let release = release.map(|modelled| &modelled.release);
        let Some(release) = release.filter(|release| release.library == LIBRARY) else {
            return Self::Nothing;
        };
        if !client.policy.name.starts_with(LIBRARY) {
            return Self::WhereNeeded;
        }
        let generation = Generation::of(release.version);
        generation.map_or(Self::Nothing, Self::Always)
    }

    /// What there is for a script, which may need one.
    #[must_use]
    pub(crate) fn generation(&self, needed: bool) -> Option<Generation> {
        match self {
            Self::Nothing => None,
            Self::WhereNeeded => needed.then(Generation::newest),
            Self::Always(generation) => Some(generation.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use imds_client::policy::resolve;

    use super::*;

    fn context(client: &str, needed: bool) -> Option<String> {
        let client = resolve(client).expect("a client");
        let generation = Brought::by(&client).generation(needed);
        generation.map(|generation| generation.name)
    }

    #[test]
    fn a_release_brings_its_own_and_the_nameless_one_only_what_is_needed() {
        let release = Some("az-accounts-2.12.1".to_owned());
        assert_eq!(context("az-accounts-2.12.1", false), release);
        assert_eq!(context("azure-powershell", false), None);
        let newest = Some("az-accounts-5.5.0".to_owned());
        assert_eq!(context("azure-powershell", true), newest);
        assert_eq!(context("azure-cli", true), None);
        assert_eq!(context("msal-dotnet-4.73.1", true), None);
    }
}
