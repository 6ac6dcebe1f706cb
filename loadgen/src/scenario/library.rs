//! The scenarios that come with the program, so that they can be run from anywhere by their names.

use imds_emulator::document::nearest::nearest;

/// A scenario of the library.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LibraryScenario {
    /// Its name, as `run` and `simulate` take it.
    pub name: &'static str,
    /// Its text, a TOML file with comments.
    pub text: &'static str,
}

/// Scenarios by their names, which are those of their files.
macro_rules! scenarios {
    ($($name:literal,)*) => {
        [$(LibraryScenario {
            name: $name,
            text: include_str!(concat!("../../../scenarios/", $name, ".toml")),
        }),*]
    };
}

/// The recordings that scenarios replay, by the names of their files.
pub(crate) const RECORDINGS: [(&str, &str); 1] = [(
    "cron-minute.csv",
    include_str!("../../../scenarios/cron-minute.csv"),
)];

/// All of them, in the order of their files. The suite holds the list to the folder.
pub(crate) const SCENARIOS: [LibraryScenario; 65] = scenarios![
    "article-after-connect",
    "article-autosave-off-in-script",
    "article-autosave-off",
    "article-clear-context-first",
    "article-cold",
    "article-default-scope-system-assigned",
    "article-default-scope",
    "article-empty-profile",
    "article-five-at-a-time",
    "article-gate",
    "article-newest-release",
    "article-process-scope-throttled",
    "article-process-scope",
    "article-queue-newest-release",
    "article-queue",
    "article-retries-run-out-system-assigned",
    "article-retries-run-out",
    "article-retry-and-stop",
    "article-retry-sign-in",
    "article-scope-brings-429",
    "article-scope-on-both",
    "article-scope-on-connect-only",
    "article-scope-on-set-only",
    "article-theory-connect-only",
    "article-theory-default-scope-system-assigned",
    "article-theory-default-scope",
    "article-theory-scope-on-both",
    "article-theory-set-only",
    "better-retry",
    "cron-minute",
    "demo-broker",
    "demo-gate",
    "demo-herd",
    "demo-retry",
    "demo-spread",
    "fifty-jobs-five-at-once",
    "fifty-jobs-gate",
    "fifty-jobs",
    "five-at-a-time",
    "fleet-nightly-own-identities",
    "fleet-nightly",
    "herd",
    "incident-controller",
    "incident-credential-per-file",
    "incident-mount-all",
    "incident-noisy-neighbour",
    "incident-parallel-plans",
    "incident-preflight-check",
    "incident-sixty-workers",
    "incident-token-convoy",
    "poisson-jobs",
    "powershell-thirty-at-once",
    "powershell-thirty-from-nothing",
    "rate-ramp",
    "retries-in-step",
    "retry-around-connect",
    "runspaces-pinned",
    "runspaces",
    "scheduled-jobs",
    "sixty-jobs-broker",
    "sixty-jobs-gate",
    "sixty-jobs-shared-cache",
    "sixty-jobs",
    "spread-jobs",
    "update-of-imds",
];

#[must_use]
pub(crate) fn find(name: &str) -> Option<&'static LibraryScenario> {
    SCENARIOS.iter().find(|entry| entry.name == name)
}

/// The recording in the file of this name.
#[must_use]
pub(crate) fn recording(file: &str) -> Option<&'static str> {
    let found = RECORDINGS.iter().find(|(name, _)| *name == file);
    found.map(|(_, text)| *text)
}

/// What was probably meant by a name that the library has not, and where its names are listed.
#[must_use]
pub(crate) fn meant(name: &str) -> String {
    let names = SCENARIOS.iter().map(|entry| entry.name);
    let listed = "`imds-loadgen scenarios` lists its names";
    nearest(name, names).map_or(listed.to_owned(), |meant| {
        format!("did you mean {meant}? {listed}")
    })
}

/// A line for each: its name, and what it is about.
#[must_use]
pub(crate) fn list() -> String {
    let width = SCENARIOS.iter().map(|entry| entry.name.len()).max();
    let width = width.unwrap_or_default();
    let line = |entry: &LibraryScenario| format!("{:width$}  {}\n", entry.name, entry.about());
    SCENARIOS.iter().map(line).collect()
}

impl LibraryScenario {
    /// What it is about: its first comment, up to what it shows.
    #[must_use]
    pub(crate) fn about(&self) -> String {
        let comment = self.text.lines().map_while(|line| line.strip_prefix("# "));
        let about: Vec<&str> = comment
            .take_while(|line| !line.starts_with("Shows:"))
            .collect();
        about.join(" ")
    }
}

#[cfg(test)]
mod tests;
