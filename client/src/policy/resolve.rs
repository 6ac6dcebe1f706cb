//! From a name to a policy: a preset, or a release of a library by its number.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use super::alias::aliases;
use super::library::{Generation, Library, libraries};
use super::presets::presets;
use super::retry_policy::Policy;
use super::version::{Version, VersionError};

/// One release of a library or a product; its `Display` is its name as a policy, `az-accounts-2.12.1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// The library's name, a key of [`libraries`].
    pub library: String,
    /// Its version.
    pub version: Version,
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.library, self.version)
    }
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The policy, under the name that was asked for.
    pub policy: Arc<Policy>,
    /// The release that it models, if its library was measured release by release.
    pub release: Option<ModelledRelease>,
}

impl From<&Arc<Policy>> for Resolved {
    /// A policy that is not one of a release.
    fn from(policy: &Arc<Policy>) -> Self {
        Self {
            policy: Arc::clone(policy),
            release: None,
        }
    }
}

/// A release, and what its model rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelledRelease {
    /// The release that was asked for; the newest measured one for a name without a version.
    pub release: Release,
    /// The generation whose retries it is given; its policy's name ends with its first measured release.
    pub generation: &'static Generation,
    /// What was measured of it.
    pub rests_on: RestsOn,
}

/// The measurement that the model of a release rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestsOn {
    /// The release itself was measured.
    Measured,
    /// An older and a newer release were measured, and retry alike.
    SameGeneration {
        /// The newest measured release before it.
        before: Version,
        /// The oldest measured release after it.
        after: Version,
    },
    /// An older and a newer release were measured, and retry differently: it is taken for the older.
    Between {
        /// The newest measured release before it.
        older: Version,
        /// The oldest measured release after it.
        newer: Version,
    },
}

impl ModelledRelease {
    /// Whether the release may retry otherwise than its model: it lies between two generations.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        matches!(self.rests_on, RestsOn::Between { .. })
    }
}

impl fmt::Display for ModelledRelease {
    /// What it rests on, in a sentence without its full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Release { library, version } = &self.release;
        match self.rests_on {
            RestsOn::Measured => write!(f, "{library} {version} was measured"),
            RestsOn::SameGeneration { before, after } => write!(
                f,
                "{library} {version} lies between the measured {before} and {after}, which retry alike"
            ),
            RestsOn::Between { older, newer } => write!(
                f,
                "{library} {version} lies between the measured {older} and {newer}, which retry \
                 differently; the older is used"
            ),
        }
    }
}

/// Why a name stands for no policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResolveError {
    /// It is neither a preset nor begins with the name of a library.
    #[error("there is no preset {0:?}")]
    Unknown(String),
    /// It is a preset's name with a version, where the releases bear their library's name.
    #[error("there is no preset {found:?}: its releases are named {release}")]
    OfLibrary {
        /// The name that was asked for.
        found: String,
        /// The release that it means.
        release: Release,
    },
    /// It begins with the name of a library, but does not end with a version.
    #[error("{library} needs the number of a release: {problem}")]
    Version {
        /// The library's name.
        library: String,
        /// What is wrong with the version.
        problem: VersionError,
    },
    /// The release is older than the oldest measured one, or newer than the newest.
    #[error("{} {} was not measured: expected a release from {first} to {last}", .release.library, .release.version)]
    OutsideMeasured {
        /// The release that was asked for.
        release: Release,
        /// The oldest measured release.
        first: Version,
        /// The newest measured release.
        last: Version,
    },
}

/// The policy of a name: a preset, such as `azure-powershell`, a client that behaves as a preset, such as `pymongo`,
/// a release of a library by its number, such as `az-accounts-2.12.1`, or a library, such as `rclone`: its newest
/// measured release.
///
/// # Errors
/// If there is no such preset, or no such release was measured nor lies between two that were.
///
/// ```
/// let resolved = imds_client::policy::resolve("az-accounts-2.15.0")?;
/// let release = resolved.release.expect("a release of a library");
/// assert_eq!(release.generation.policy.name, "az-accounts-2.8.0");
/// assert_eq!(
///     release.to_string(),
///     "az-accounts 2.15.0 lies between the measured 2.13.1 and 2.19.0, which retry differently; the older is used"
/// );
/// # Ok::<(), imds_client::policy::ResolveError>(())
/// ```
pub fn resolve(name: &str) -> Result<Resolved, ResolveError> {
    if let Some(policy) = presets().get(name) {
        return Ok(Resolved {
            policy: Arc::clone(policy),
            release: newest_named(name),
        });
    }
    if let Some(alias) = aliases().get(name) {
        return Ok(Resolved {
            policy: Arc::new(alias.named(name)),
            release: None,
        });
    }
    let (library, version) = of_a_library(name).ok_or_else(|| unknown(name))?;
    let release = if version.is_empty() && library.newest.is_none() {
        newest(library)
    } else {
        modelled(library, version)?
    };
    let policy = Policy::clone(&release.generation.policy).named(name);
    Ok(Resolved {
        policy: Arc::new(policy),
        release: Some(release),
    })
}

impl Policy {
    /// The policy of a name, as [`resolve`] finds it, if there is one.
    #[must_use]
    pub fn preset(name: &str) -> Option<Arc<Self>> {
        resolve(name).ok().map(|resolved| resolved.policy)
    }
}

/// The newest measured release of the library whose preset has that name.
fn newest_named(preset: &str) -> Option<ModelledRelease> {
    let library = libraries()
        .values()
        .find(|library| library.newest.as_deref() == Some(preset))?;
    Some(newest(library))
}

fn newest(library: &'static Library) -> ModelledRelease {
    let (version, generation) = library.last();
    ModelledRelease {
        release: release(library, version),
        generation,
        rests_on: RestsOn::Measured,
    }
}

/// The library that a name begins with, and the rest, which should be a version.
fn of_a_library(name: &str) -> Option<(&'static Library, &str)> {
    libraries().values().find_map(|library| {
        let rest = name.strip_prefix(library.name.as_str())?;
        let version = if rest.is_empty() {
            rest
        } else {
            rest.strip_prefix('-')?
        };
        Some((library, version))
    })
}

/// Why a name that begins with no library's stands for nothing.
fn unknown(name: &str) -> ResolveError {
    let found = name.to_owned();
    let meant = libraries().values().find_map(|library| {
        let rest = name.strip_prefix(library.newest.as_deref()?)?;
        let version = rest.strip_prefix('-')?.parse().ok()?;
        Some(release(library, version))
    });
    match meant {
        Some(release) => ResolveError::OfLibrary { found, release },
        None => ResolveError::Unknown(found),
    }
}

fn modelled(library: &'static Library, version: &str) -> Result<ModelledRelease, ResolveError> {
    let like = library.last().0;
    let version = Version::read_like(version, like).map_err(|problem| ResolveError::Version {
        library: library.name.clone(),
        problem,
    })?;
    let release = release(library, version);
    let before = library
        .measured()
        .take_while(|(one, _)| *one <= version)
        .last();
    let after = library.measured().find(|(one, _)| *one >= version);
    let (Some((before, generation)), Some((after, next))) = (before, after) else {
        return Err(ResolveError::OutsideMeasured {
            release,
            first: library.first().0,
            last: library.last().0,
        });
    };
    let rests_on = if before == after {
        RestsOn::Measured
    } else if generation == next {
        RestsOn::SameGeneration { before, after }
    } else {
        let (older, newer) = (before, after);
        RestsOn::Between { older, newer }
    };
    Ok(ModelledRelease {
        release,
        generation,
        rests_on,
    })
}

fn release(library: &Library, version: Version) -> Release {
    Release {
        library: library.name.clone(),
        version,
    }
}

#[cfg(test)]
mod tests;
