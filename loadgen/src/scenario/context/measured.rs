//! What the real cmdlets did, by the release of `Az.Accounts`.
//!
//! Measured 2026-11-30: `PowerShell` 7.6.9 on .NET 10.0.12 (Linux), each release's own Connect-AzAccount
//! -Identity, Set-AzContext -Subscription with an id, and Get-AzResource, against this project's emulator.
//! `tests/recordings/` has what they asked of Resource Manager.

use imds_client::policy::Version;

/// How often the commands of a release ask for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenUse {
    /// Each request to Resource Manager has a token of its own: 2 for Connect, 2 more where the process
    /// knew no context, 2 for Set and 1 for Get.
    EachRequest,
    /// The process asks for one, and keeps it.
    OncePerProcess,
}

/// How Set-AzContext -Subscription finds a subscription by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// It lists all of them.
    List,
    /// It asks for the one.
    One,
}

/// What was measured of one release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    pub release: Version,
    pub tokens: TokenUse,
    pub lookup: Lookup,
}

/// All that were measured, the oldest first. What 1.2.1, 2.13.1, 2.19.0, 4.0.0, 4.0.2, 5.3.0 and 5.3.4 ask
/// of Resource Manager was not recorded: it is assumed to be as in the recorded ones beside them.
const MEASURED: [Measured; 13] = [
    Measured::new((1, 2, 1), TokenUse::OncePerProcess, Lookup::List),
    Measured::new((2, 8, 0), TokenUse::EachRequest, Lookup::List),
    Measured::new((2, 10, 1), TokenUse::EachRequest, Lookup::List),
    Measured::new((2, 12, 1), TokenUse::EachRequest, Lookup::One),
    Measured::new((2, 13, 1), TokenUse::EachRequest, Lookup::One),
    Measured::new((2, 19, 0), TokenUse::EachRequest, Lookup::One),
    Measured::new((3, 0, 4), TokenUse::EachRequest, Lookup::One),
    Measured::new((4, 0, 0), TokenUse::EachRequest, Lookup::One),
    Measured::new((4, 0, 2), TokenUse::OncePerProcess, Lookup::One),
    Measured::new((4, 1, 0), TokenUse::OncePerProcess, Lookup::One),
    Measured::new((5, 3, 0), TokenUse::OncePerProcess, Lookup::One),
    Measured::new((5, 3, 4), TokenUse::OncePerProcess, Lookup::One),
    Measured::new((5, 5, 0), TokenUse::OncePerProcess, Lookup::One),
];

impl Measured {
    const fn new(release: (u32, u32, u32), tokens: TokenUse, lookup: Lookup) -> Self {
        let (major, minor, patch) = release;
        Self {
            release: Version::new(major, minor, patch),
            tokens,
            lookup,
        }
    }

    /// What stands for this release: it itself, or the next older one that was measured; none: it is
    /// older or newer than all that were.
    #[must_use]
    pub(crate) fn of(release: Version) -> Option<Self> {
        let newest = Self::newest().release;
        let older = MEASURED.iter().rev();
        let mut older = older.filter(|measured| measured.release <= release);
        older.next().copied().filter(|_| release <= newest)
    }

    /// The newest that was measured.
    #[must_use]
    pub(crate) fn newest() -> Self {
        MEASURED[MEASURED.len() - 1]
    }

    /// The oldest that was measured.
    #[must_use]
    pub(crate) fn oldest() -> Self {
        MEASURED[0]
    }
}

#[cfg(test)]
mod tests {
    use imds_client::policy::libraries;

    use super::*;

    /// A release has its retries and its context from the same measurement.
    #[test]
    fn the_releases_are_those_whose_retries_were_measured() {
        let retries: Vec<Version> = libraries()["az-accounts"]
            .measured()
            .map(|(one, _)| one)
            .collect();
        let contexts = MEASURED.map(|measured| measured.release);
        assert_eq!(contexts.as_slice(), retries);
    }

    fn stands_for(major: u32, minor: u32, patch: u32) -> Option<String> {
        let measured = Measured::of(Version::new(major, minor, patch));
        measured.map(|measured| measured.release.to_string())
    }

    #[test]
    fn the_next_older_one_stands_for_a_release_between_two() {
        assert_eq!(stands_for(2, 12, 1).as_deref(), Some("2.12.1"));
        assert_eq!(stands_for(2, 15, 0).as_deref(), Some("2.13.1"));
        assert_eq!(stands_for(4, 0, 1).as_deref(), Some("4.0.0"));
        assert_eq!((stands_for(1, 2, 0), stands_for(5, 5, 1)), (None, None));
    }

    #[test]
    fn the_table_is_in_the_order_of_releases() {
        assert!(MEASURED.is_sorted_by_key(|measured| measured.release));
    }
}
