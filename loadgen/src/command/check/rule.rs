//! The rules: what is looked at in a case, how much it counts, and its source.

pub(crate) mod ending;
pub(crate) mod herd;
pub(crate) mod manager;
pub(crate) mod probe;
pub(crate) mod requests;
pub(crate) mod waits;

#[cfg(test)]
mod tests;

use imds_emulator::environment::Protocol;
use serde::Serialize;

use super::seen::Seen;

/// What a case is graded by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// What it is called; unique in its case.
    pub name: &'static str,
    /// What it rests on where tokens are asked for.
    pub tokens: Ground,
    /// What it rests on where only metadata is; `None`: no page asks for it there.
    pub metadata: Option<Ground>,
    /// The decision: it is given what was seen, and nothing else.
    pub judge: fn(&Seen) -> Judgement,
}

/// What a rule rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ground {
    /// How much it counts.
    pub weight: Weight,
    /// The authority for it.
    pub source: Source,
}

/// How much a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Weight {
    /// Documented by who runs IMDS, or what every caller of a command relies on. Decides the exit code.
    Required,
    /// Good behaviour.
    Advised,
    /// Only reported.
    Information,
}

impl Weight {
    /// As it is printed.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Weight::Required => "required",
            Weight::Advised => "advised",
            Weight::Information => "information",
        }
    }
}

/// The authority for a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Microsoft's page about IMDS.
    ImdsPage,
    /// Microsoft's page about asking IMDS for tokens.
    TokenPage,
    /// HTTP itself.
    Http,
    /// This project.
    Project,
}

impl Source {
    /// As it is printed.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Source::ImdsPage => "Microsoft: Azure Instance Metadata Service",
            Source::TokenPage => "Microsoft: managed identities, how to get a token on a VM",
            Source::Http => "RFC 9110, HTTP semantics, 10.2.3 Retry-After",
            Source::Project => "advice of this project",
        }
    }

    /// Where it is to be read, if it is published.
    #[must_use]
    pub(crate) const fn url(self) -> Option<&'static str> {
        match self {
            Source::ImdsPage => {
                Some("https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service")
            }
            Source::TokenPage => Some(
                "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token",
            ),
            Source::Http => Some("https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3"),
            Source::Project => None,
        }
    }

    /// Whether it is about IMDS only, not of the other protocols of managed identities.
    const fn is_about_imds(self) -> bool {
        matches!(self, Source::ImdsPage | Source::TokenPage)
    }
}

/// How well a command did by one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grade {
    /// As the rule wants it.
    Passed,
    /// Not so.
    Failed,
    /// It never came to that.
    NotApplicable,
    /// Requests that it rests on are kept no more.
    Undecided,
    /// Nothing to pass: the observation is reported.
    Noted,
}

impl Grade {
    /// As it is printed.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Grade::Passed => "passed",
            Grade::Failed => "FAILED",
            Grade::NotApplicable => "n/a",
            Grade::Undecided => "undecided",
            Grade::Noted => "-",
        }
    }
}

/// A grade, and the figures that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub grade: Grade,
    /// One line.
    pub evidence: String,
}

impl Judgement {
    /// Passed or failed.
    #[must_use]
    pub(crate) fn of(passed: bool, evidence: String) -> Judgement {
        let grade = if passed { Grade::Passed } else { Grade::Failed };
        Judgement { grade, evidence }
    }

    /// It never came to that.
    #[must_use]
    pub(crate) fn not_applicable(why: impl Into<String>) -> Judgement {
        let evidence = why.into();
        Judgement {
            grade: Grade::NotApplicable,
            evidence,
        }
    }

    /// The same, of the latest requests: so many came before them. What these show holds of neither kind of grade, since
    /// a rule may look at the first request as well as at every one.
    #[must_use]
    fn of_the_latest(self, kept: usize, forgotten: u64) -> Judgement {
        let grade = match self.grade {
            Grade::Noted => Grade::Noted,
            _ => Grade::Undecided,
        };
        let evidence = format!(
            "more than {kept} requests came, and {forgotten} of them are kept no more; of the latest: {}",
            self.evidence
        );
        Judgement { grade, evidence }
    }

    /// Only reported.
    #[must_use]
    pub(crate) fn noted(evidence: String) -> Judgement {
        let grade = Grade::Noted;
        Judgement { grade, evidence }
    }
}

/// So many of these, in words.
fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    }
}

impl Rule {
    /// What it rests on for a command, and how well the command did.
    #[must_use]
    pub(crate) fn graded(&self, seen: &Seen) -> (Ground, Judgement) {
        let (ground, judgement) = match (seen.is_about_tokens(), self.metadata) {
            (true, _) => (self.tokens, (self.judge)(seen)),
            (false, Some(ground)) => (ground, (self.judge)(seen)),
            (false, None) => (self.tokens, Judgement::not_applicable(OF_TOKENS)),
        };
        let kept = seen.requests.len() + seen.manager.len();
        match seen.forgotten {
            0 => (ground, judgement),
            forgotten => (ground, judgement.of_the_latest(kept, forgotten)),
        }
    }
}

const OF_TOKENS: &str = "it asked for metadata only, and this is documented of tokens";

impl Ground {
    /// How much it counts in that protocol: what is documented for IMDS is only advised elsewhere.
    #[must_use]
    pub(crate) fn weight_in(self, protocol: Protocol) -> Weight {
        match self.weight {
            Weight::Required if protocol != Protocol::Imds && self.source.is_about_imds() => {
                Weight::Advised
            }
            weight => weight,
        }
    }
}
