//! Named faults: outages of a metadata service.

use std::time::Duration;

use serde::Deserialize;

use super::definition::Fault;
use super::effect::Effect;
use super::matching::Match;
use super::when::When;

/// A named fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// IMDS is being updated: 410 for 70 s. Documented: it is back within 70 seconds.
    Update,
    /// IMDS restarts: 404. Documented as a sign of an update; that it lasts 20 s is assumed.
    Restart,
    /// Half the answers are 500, the others 503. That it lasts 60 s, and the halves, are assumed.
    Outage,
}

impl Preset {
    /// Every preset with its name.
    pub const ALL: [(&str, Preset); 3] = [
        ("update", Preset::Update),
        ("restart", Preset::Restart),
        ("outage", Preset::Outage),
    ];

    /// The preset of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Preset> {
        let mut presets = Preset::ALL.into_iter();
        presets
            .find(|(own, _)| *own == name)
            .map(|(_, preset)| preset)
    }

    /// The faults it stands for, from the start, for every request.
    #[must_use]
    pub fn faults(self) -> Vec<Fault> {
        match self {
            Preset::Update => vec![fault("update", 410, 70, None)],
            Preset::Restart => vec![fault("restart", 404, 20, None)],
            Preset::Outage => vec![
                fault("outage", 500, 60, Some(0.5)),
                fault("outage", 503, 60, None),
            ],
        }
    }
}

fn fault(name: &str, status: u16, seconds: u64, probability: Option<f64>) -> Fault {
    Fault {
        name: name.to_owned(),
        matching: Match::default(),
        when: When {
            lasts: Some(Duration::from_secs(seconds)),
            probability,
            ..When::default()
        },
        effect: Effect::Status(status),
    }
}
