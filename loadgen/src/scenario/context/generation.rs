//! What the releases of Azure PowerShell do differently with contexts, and what the article says that
//! they do.

use imds_client::policy::Version;

use super::measured::{Lookup, Measured, TokenUse};

/// How the sessions of a release work with contexts; or the explanation that the article gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Generation {
    /// As scenarios call it: `az-accounts-2.12.1`, `current`, `article`.
    pub name: String,
    /// The release whose measured figures are used; none: the article's explanation.
    pub measured: Option<Version>,
    /// What distinguishes saved contexts.
    pub naming: Naming,
    /// How often its commands ask for tokens.
    pub tokens: TokenUse,
    /// How it finds the subscription that a script chooses.
    pub lookup: Lookup,
    /// Whether processes queue for the context file without a limit before they poll for it.
    pub has_mutex: bool,
    /// Whether a process that saves contexts looks into the profile at each command, and so follows what
    /// others write there.
    pub follows_file: bool,
    quirks: Quirks,
}

/// What distinguishes saved contexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// The subscription alone: of two accounts in one subscription the second is dropped.
    Subscription,
    /// The account and the subscription.
    Account,
}

/// What only some releases do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Quirks {
    /// See [`Generation::asks_by_object_id`].
    object_id: bool,
    /// See [`Generation::locks_its_settings`].
    settings: bool,
}

/// The names that are no number, each with the release that stands for it.
const NAMED: [(&str, Option<Version>); 4] = [
    // AzureRM 6 before August 2018: not measured; its tokens come from the same library as those of 1.2.1.
    ("azurerm-6", Some(Version::new(1, 2, 1))),
    // Az.Accounts 1.0 to 1.9.0.
    ("az-1.0", Some(Version::new(1, 2, 1))),
    // Az.Accounts 1.9.1 to 2.x.
    ("az-1.9.1", Some(Version::new(2, 12, 1))),
    ("current", None),
];

/// The article's own explanation, which is no release.
const ARTICLE: &str = "article";

/// The first release with a mutex before the context file (read in source and change log).
const FIRST_WITH_MUTEX: Version = Version::new(1, 9, 1);

/// The releases whose import opens `PSConfig.json` for itself alone: 2.8.0 was seen to fail so; that 2.9.0
/// is the first that does not is in its change log.
const LOCKS_SETTINGS: [Version; 2] = [Version::new(2, 8, 0), Version::new(2, 9, 0)];

impl Generation {
    /// The generation that a scenario calls so.
    ///
    /// # Errors
    /// What was expected instead of another name, or of a release that is out of the range of those
    /// that were measured.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        if let Some(release) = release_of(name) {
            return Self::of(release).ok_or_else(|| Self::expected(name));
        }
        let named = NAMED.iter().find(|(known, _)| *known == name);
        let generation = match named {
            Some((_, release)) => Self::of(release.unwrap_or(Measured::newest().release)),
            None if name == ARTICLE => Some(Self::article()),
            None => None,
        };
        let mut generation = generation.ok_or_else(|| Self::expected(name))?;
        if name == "azurerm-6" {
            generation.naming = Naming::Subscription;
        }
        name.clone_into(&mut generation.name);
        Ok(generation)
    }

    /// That of a release; none: it is out of the range of those that were measured.
    #[must_use]
    pub(crate) fn of(release: Version) -> Option<Self> {
        let measured = Measured::of(release)?;
        let [first, mended] = LOCKS_SETTINGS;
        Some(Self {
            name: name_of(release),
            measured: Some(measured.release),
            naming: Naming::Account,
            tokens: measured.tokens,
            lookup: measured.lookup,
            has_mutex: release >= FIRST_WITH_MUTEX,
            follows_file: false,
            quirks: Quirks {
                object_id: measured == Measured::oldest(),
                settings: (first..mended).contains(&release),
            },
        })
    }

    /// The newest that was measured.
    ///
    /// # Panics
    /// Never: it is in the table.
    #[must_use]
    pub(crate) fn newest() -> Self {
        Self::of(Measured::newest().release).expect("a measured release")
    }

    /// No release: sessions share the current context and its token through the profile, so a command works
    /// as whoever was written there last. (The author's; source excludes it for managed identities.)
    fn article() -> Self {
        Self {
            name: ARTICLE.to_owned(),
            measured: None,
            naming: Naming::Account,
            tokens: TokenUse::OncePerProcess,
            lookup: Lookup::List,
            has_mutex: false,
            follows_file: true,
            quirks: Quirks::default(),
        }
    }

    /// Whether a client id that got no token is tried once more as an object id, with all attempts again
    /// (measured: 1.2.1).
    #[must_use]
    pub(crate) fn asks_by_object_id(&self) -> bool {
        self.quirks.object_id
    }

    /// Whether its import fails where another process has the file of its settings, `PSConfig.json`, open
    /// (measured: 2.8.0).
    #[must_use]
    pub(crate) fn locks_its_settings(&self) -> bool {
        self.quirks.settings
    }

    fn expected(found: &str) -> String {
        let (oldest, newest) = (Measured::oldest().release, Measured::newest().release);
        let names: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
        format!(
            "a release of Az.Accounts from \"{}\" to \"{}\", or one of {}, {ARTICLE}; not \"{found}\"",
            name_of(oldest),
            name_of(newest),
            names.join(", ")
        )
    }
}

/// What scenarios put before the number of a release: the library whose releases' retries are known.
pub(super) const LIBRARY: &str = "az-accounts";

/// The release that scenarios call so; none: the name is no release.
fn release_of(name: &str) -> Option<Version> {
    let number = name.strip_prefix(LIBRARY)?.strip_prefix('-')?;
    number.parse().ok()
}

fn name_of(release: Version) -> String {
    format!("{LIBRARY}-{release}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Generation {
        Generation::named(name).unwrap_or_else(|expected| panic!("{name}: expected {expected}"))
    }

    #[test]
    fn names_that_are_no_number_stand_for_measured_releases() {
        for (name, release) in [
            ("azurerm-6", "az-accounts-1.2.1"),
            ("az-1.0", "az-accounts-1.2.1"),
            ("az-1.9.1", "az-accounts-2.12.1"),
            ("current", "az-accounts-5.5.0"),
        ] {
            let (generation, release) = (named(name), named(release));
            assert_eq!(generation.name, name);
            assert_eq!(generation.tokens, release.tokens, "{name}");
            assert_eq!(generation.measured, release.measured, "{name}");
            assert_eq!(generation.has_mutex, release.has_mutex, "{name}");
        }
        assert!(named("article").follows_file);
    }

    #[test]
    fn a_release_between_two_measured_ones_is_played_as_the_older() {
        let between = named("az-accounts-4.0.1");
        assert_eq!(between.measured, Some(Version::new(4, 0, 0)));
        assert_eq!(between.tokens, TokenUse::EachRequest);
    }

    /// What is known by the release's own number does not follow the measured one.
    #[test]
    fn what_a_change_log_says_holds_between_measured_releases_too() {
        assert!(named("az-accounts-2.8.0").locks_its_settings());
        assert!(!named("az-accounts-2.9.0").locks_its_settings());
        assert!(named("az-accounts-1.9.1").has_mutex && !named("az-accounts-1.9.0").has_mutex);
    }

    #[test]
    fn an_unknown_name_is_refused_with_what_there_is() {
        for name in ["az-accounts-1.0.0", "az-accounts-5.6.0", "az-2", "Current"] {
            let expected = Generation::named(name).expect_err(name);
            assert!(
                expected.contains("\"az-accounts-1.2.1\" to \"az-accounts-5.5.0\"")
                    && expected.contains("az-1.9.1, current, article"),
                "{expected}"
            );
        }
    }
}
