//! A scenario of a few settings, as the page of `ui` has them: jobs, when they start, the VM's limits, and one remedy.
//!
//! A sketch is a query string, so that a link has all of it, and a scenario's text: what is played is what is exported.

mod fields;
mod query;
mod text;

/// The most jobs of a sketch, all together (assumed): more bars are thinner than a line.
pub(crate) const MOST_JOBS: u32 = 1000;

/// The most rows of jobs.
pub(crate) const MOST_ROWS: usize = 8;

/// A scenario in a few settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sketch {
    /// One row or more, of at most [`MOST_JOBS`] jobs together.
    pub jobs: Vec<Jobs>,
    pub starts: Starts,
    /// How long each job works once it has its token, in seconds: 0 to 3600.
    pub work_s: u32,
    /// How long IMDS takes for a token, in milliseconds: 1 to 10000.
    pub service_ms: u32,
    /// How many requests for tokens IMDS admits each second: 1 to 1000.
    pub rate: u32,
    /// How many it serves at once: 1 to 1000.
    pub concurrent: u32,
    pub remedy: Remedy,
    pub seed: u32,
}

/// Jobs with one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jobs {
    /// The name of a policy.
    pub client: String,
    /// 1 to [`MOST_JOBS`].
    pub count: u32,
}

/// When jobs start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Starts {
    /// All at once.
    Together,
    /// At random within this time, in seconds: 1 to 3600.
    Spread { within_s: u32 },
    /// One after the other, row by row, in milliseconds: 1 to 60000.
    Even { each_ms: u32 },
}

/// What is changed to make them succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Nothing.
    Nothing,
    /// The queue of `imds-client exec`: so many at once (1 to 100), and so many starts a second (1 to 100).
    Gate { at_once: u32, per_second: u32 },
    /// The queue that only spaces starts.
    SpacedStarts { per_second: u32 },
    /// Tokens that processes share through files, and their pace.
    SharedCache,
    /// A broker that asks for all.
    Broker,
    /// So many tries (2 to 20) of the call for a token, so long apart and up to as long again by chance: 1 to 600 s.
    Retry { tries: u32, delay_s: u32 },
}

impl Default for Sketch {
    /// The herd of `sixty-jobs`, on a VM with the documented limits.
    fn default() -> Self {
        let jobs = [
            Jobs::of("py-azure-identity", 25),
            Jobs::of("azure-cli", 20),
            Jobs::of("azure-powershell", 15),
        ];
        Self {
            jobs: jobs.into(),
            starts: Starts::Together,
            work_s: 0,
            service_ms: 300,
            rate: 20,
            concurrent: 5,
            remedy: Remedy::Nothing,
            seed: 1,
        }
    }
}

impl Jobs {
    fn of(client: &str, count: u32) -> Self {
        let client = client.to_owned();
        Self { client, count }
    }
}

impl Starts {
    /// As a query names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Together => "together",
            Self::Spread { .. } => "spread",
            Self::Even { .. } => "even",
        }
    }
}

impl Remedy {
    /// As a query names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Gate { .. } => "gate",
            Self::SpacedStarts { .. } => "spaced_starts",
            Self::SharedCache => "shared_cache",
            Self::Broker => "broker",
            Self::Retry { .. } => "retry",
        }
    }
}

#[cfg(test)]
mod tests;
