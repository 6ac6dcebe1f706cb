//! What stands between the sessions of a group and IMDS, without a change in their code.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use imds_client::policy::resolve;
use imds_client::{Pace, Policy};

use super::shell::quoted;

/// The remedy that the sessions of a group go through.
#[derive(Clone, Debug)]
pub(crate) enum Through {
    /// Each session waits in a queue before its script begins, as a command behind `imds-client exec` does.
    Gate(Gate),
    /// Each session asks one broker for its tokens, as with `imds-client serve`: `broker = { policy = "proportional" }`.
    /// The policy says how that retries.
    Broker(Arc<Policy>),
    /// Each session gets its tokens as `imds-client token` does with these options.
    Client(ClientOptions),
}

impl Through {
    /// The policy of the broker, if it is one.
    #[must_use]
    pub(crate) fn broker(&self) -> Option<&Arc<Policy>> {
        match self {
            Self::Gate(_) | Self::Client(_) => None,
            Self::Broker(policy) => Some(policy),
        }
    }

    /// The policy of the broker, if it is one with another policy than by default.
    #[must_use]
    pub(crate) fn other_policy(&self) -> Option<&str> {
        let policy = self.broker()?;
        let is_default = policy.name == Policy::DEFAULT && is_known(policy);
        (!is_default).then_some(&policy.name)
    }

    /// The gate, if it is one.
    #[must_use]
    pub(crate) fn gate(&self) -> Option<&Gate> {
        match self {
            Self::Gate(gate) => Some(gate),
            Self::Broker(_) | Self::Client(_) => None,
        }
    }

    /// The options of the client, if it is that.
    #[must_use]
    pub(crate) fn client(&self) -> Option<ClientOptions> {
        match self {
            Self::Client(options) => Some(*options),
            Self::Gate(_) | Self::Broker(_) => None,
        }
    }
}

/// What stands beside the client's own options.
pub(crate) const NO_CONTEXT: &str =
    "no Azure context beside shared_cache or pace: Azure PowerShell asks IMDS by itself";

/// `shared_cache = {}, pace = true`: either alone, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientOptions {
    /// They share tokens in the files of one folder.
    pub shared_cache: bool,
    /// They ask no faster than IMDS serves; together, if they share tokens, else each for itself.
    pub pace: bool,
}

impl fmt::Display for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("imds-client token")?;
        if self.shared_cache {
            f.write_str(" --shared-cache")?;
        }
        if self.pace {
            f.write_str(" --pace")?;
        }
        Ok(())
    }
}

/// `gate = { at_once = 5, rate = "19/s", name = "imds" }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gate {
    /// Groups whose gates have the same name share a queue.
    pub name: Arc<str>,
    /// So many run at once; none: a session holds no place once it has started.
    pub at_once: Option<NonZeroUsize>,
    /// How starts are spaced, if they are.
    pub starts: Option<Starts>,
}

/// Starts at an even rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Starts {
    /// As the scenario has it: `19/s`.
    pub rate: Arc<str>,
    /// From one start to the next at the least.
    pub interval: Duration,
}

impl Gate {
    /// The queue of gates without a name, as of `imds-client exec`.
    pub(crate) const NAME: &'static str = "imds";

    /// How many run at once, if that is bounded.
    #[must_use]
    pub(crate) fn places(&self) -> Option<usize> {
        self.at_once.map(NonZeroUsize::get)
    }

    /// How many commands a session runs beside, itself included.
    #[must_use]
    pub(crate) fn most(&self) -> NonZeroUsize {
        self.at_once.unwrap_or(NonZeroUsize::MAX)
    }

    /// From one start to the next at the least, if starts are spaced.
    #[must_use]
    pub(crate) fn interval(&self) -> Option<Duration> {
        self.starts.as_ref().map(|starts| starts.interval)
    }

    /// How starts are paced, if they are.
    #[must_use]
    pub(crate) fn pace(&self) -> Option<Pace> {
        self.interval().map(Pace::apart)
    }
}

impl fmt::Display for Through {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate(gate) => gate.fmt(f),
            Self::Client(options) => options.fmt(f),
            Self::Broker(policy) => {
                f.write_str("imds-client serve")?;
                if let Some(name) = self.other_policy() {
                    write!(f, " --policy {}", quoted(name))?;
                }
                // One of the scenario's own has to be in a file.
                f.write_str(if is_known(policy) {
                    ""
                } else {
                    " --policy-file FILE"
                })
            }
        }
    }
}

/// Whether it is a policy of the client's own, and none of the scenario's.
fn is_known(policy: &Policy) -> bool {
    resolve(&policy.name).is_ok_and(|known| *known.policy == *policy)
}

/// In the words of the command that does it.
impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("imds-client exec")?;
        if let Some(at_once) = self.at_once {
            write!(f, " --at-once {at_once}")?;
        }
        if let Some(starts) = &self.starts {
            write!(f, " --rate {}", quoted(&starts.rate))?;
        }
        if *self.name != *Self::NAME {
            write!(f, " --name {}", quoted(&self.name))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(at_once: Option<usize>, interval_ms: Option<u64>) -> Gate {
        Gate {
            name: Gate::NAME.into(),
            at_once: at_once.and_then(NonZeroUsize::new),
            starts: interval_ms.map(|ms| Starts {
                rate: "19/s".into(),
                interval: Duration::from_millis(ms),
            }),
        }
    }

    #[test]
    fn a_gate_is_the_command_that_does_it() {
        let both = Through::Gate(gate(Some(5), Some(52)));
        assert_eq!(both.to_string(), "imds-client exec --at-once 5 --rate 19/s");
        let named = Gate {
            name: "other".into(),
            ..gate(Some(3), None)
        };
        assert_eq!(
            named.to_string(),
            "imds-client exec --at-once 3 --name other"
        );
    }

    #[test]
    fn a_command_can_be_typed_as_it_stands() {
        let gate = Through::Gate(Gate {
            name: "my queue; rm -rf x".into(),
            ..gate(Some(3), None)
        });
        let named = "imds-client exec --at-once 3 --name 'my queue; rm -rf x'";
        assert_eq!(gate.to_string(), named);
        let broker = |policy: Policy| Through::Broker(Arc::new(policy)).to_string();
        let preset = |name| Policy::clone(&Policy::preset(name).expect("a preset"));
        assert_eq!(broker(preset(Policy::DEFAULT)), "imds-client serve");
        let other = broker(preset("no-retry"));
        assert_eq!(other, "imds-client serve --policy no-retry");
        for name in ["mine", Policy::DEFAULT] {
            let expected = format!("imds-client serve --policy {name} --policy-file FILE");
            assert_eq!(broker(preset("no-retry").named(name)), expected);
        }
    }

    #[test]
    fn a_client_is_the_command_that_does_it() {
        let command = |shared_cache, pace| ClientOptions { shared_cache, pace }.to_string();
        assert_eq!(
            command(true, true),
            "imds-client token --shared-cache --pace"
        );
        assert_eq!(command(false, true), "imds-client token --pace");
    }
}
