//! The assumptions by their names, and how each is known.

use crate::result::plan::Evidence;

/// Something that nobody documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::command) enum Assumption {
    ServiceTime,
    Window,
    Order,
    Charging,
    Penalty,
    WhenFull,
    TokenRate,
    RetryAfter,
    Abandoned,
}

impl Assumption {
    pub(in crate::command) const ALL: [Self; 9] = [
        Self::ServiceTime,
        Self::Window,
        Self::Order,
        Self::Charging,
        Self::Penalty,
        Self::WhenFull,
        Self::TokenRate,
        Self::RetryAfter,
        Self::Abandoned,
    ];

    /// Its name in `--vary`, in a profile and in the document.
    pub(in crate::command) fn name(self) -> &'static str {
        match self {
            Self::ServiceTime => "service_time",
            Self::Window => "window",
            Self::Order => "check_first",
            Self::Charging => "charge_refused",
            Self::Penalty => "penalty",
            Self::WhenFull => "when_full",
            Self::TokenRate => "token_rate",
            Self::RetryAfter => "retry_after",
            Self::Abandoned => "abandoned",
        }
    }

    /// How the value that is assumed by default is known.
    pub(in crate::command) fn evidence(self) -> (Evidence, &'static str) {
        match self {
            Self::ServiceTime => (
                Evidence::Assumed,
                "nothing public says how long IMDS takes for a token",
            ),
            Self::Window => (
                Evidence::Assumed,
                "\"20 requests per second\" is documented, not how they are counted",
            ),
            Self::Order => (
                Evidence::Assumed,
                "which limit decides first is not documented",
            ),
            Self::Charging => (
                Evidence::Assumed,
                "whether refused requests count is not documented",
            ),
            Self::Penalty => (
                Evidence::Assumed,
                "\"while the throttle is in effect\" is documented, not for how long",
            ),
            Self::WhenFull => (
                Evidence::Assumed,
                "\"limited to 5 concurrent\" is documented, not whether a sixth waits",
            ),
            Self::TokenRate => (Evidence::Documented, "20 a second; some users report 5"),
            Self::RetryAfter => (Evidence::Reported, "no published capture of a 429 has one"),
            Self::Abandoned => (
                Evidence::Assumed,
                "what becomes of a request whose client has gone is not documented",
            ),
        }
    }

    /// The values that are played unless others are named.
    pub(in crate::command) fn usual(self) -> &'static [&'static str] {
        match self {
            Self::ServiceTime => &["20ms", "50ms", "100ms", "200ms", "500ms", "1s", "2s"],
            Self::Window => &["sliding-window", "fixed-window", "token-bucket", "gcra"],
            Self::Order => &["concurrency", "rate"],
            Self::Charging => &["false", "true"],
            Self::Penalty => &["false", "1s", "5s"],
            Self::WhenFull => &["refuse", "queue", "queue-then-rate"],
            Self::TokenRate => &["20", "5"],
            Self::RetryAfter => &["none", "exact", "1s"],
            Self::Abandoned => &["hold", "release"],
        }
    }

    pub(in crate::command) fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|one| one.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("one of {names}, not \"{name}\"")
        })
    }
}
