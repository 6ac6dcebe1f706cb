//! The settings of each remedy, in the order in which they are tried.

use std::time::Duration;

use super::setting::Setting;
use crate::result::remedies::Kind;

/// Places of a queue and starts a second, the fastest first. IMDS serves 5 at once and 20 a second (documented); a rate of
/// exactly 20 leaves no room for a start that is late, and fewer are needed where a token takes longer than a quarter of a
/// second.
const QUEUES: [(usize, &str); 6] = [
    (5, "19/s"),
    (5, "10/s"),
    (4, "5/s"),
    (3, "3/s"),
    (2, "2/s"),
    (1, "1/s"),
];

/// Starts a second of a queue that only spaces them.
const RATES: [&str; 10] = [
    "19/s", "16/s", "13/s", "10/s", "8/s", "5/s", "4/s", "3/s", "2/s", "1/s",
];

/// From one start to the next, in milliseconds.
const INTERVALS: [u64; 10] = [53, 63, 77, 100, 125, 200, 250, 334, 500, 1000];

/// Within which starts are spread, in seconds.
const SPREADS: [u64; 9] = [5, 10, 20, 30, 60, 120, 300, 600, 1800];

/// Tries, and the seconds between them; as much again at the most is added by chance.
const RETRIES: [(u32, u64); 4] = [(3, 2), (5, 5), (10, 5), (10, 15)];

/// The settings of a remedy. `client` is that of [`Kind::OtherClient`]; without one each group gets that which suits it.
pub(super) fn ladder(kind: Kind, client: Option<&str>) -> Vec<Setting> {
    let places = QUEUES.iter().map(|(places, _)| *places);
    match kind {
        Kind::Nothing => vec![Setting::AsItIs],
        Kind::FewerAtOnce => {
            let mut places: Vec<usize> = places.collect();
            places.dedup();
            let queue = |places| Setting::Gate(Some(places), None);
            places.into_iter().map(queue).collect()
        }
        Kind::Gate => {
            let queue =
                |(places, rate): &(usize, &'static str)| Setting::Gate(Some(*places), Some(*rate));
            QUEUES.iter().map(queue).collect()
        }
        Kind::SpacedStarts => {
            let queue = |rate: &&'static str| Setting::Gate(None, Some(*rate));
            RATES.iter().map(queue).collect()
        }
        Kind::EvenSpacing => {
            let spaced = INTERVALS.into_iter().map(Duration::from_millis);
            spaced.map(Setting::Spaced).collect()
        }
        Kind::RandomSpread => {
            let spread = SPREADS.into_iter().map(Duration::from_secs);
            spread.map(Setting::Spread).collect()
        }
        Kind::Retry => {
            let retry = |(tries, seconds)| Setting::Retry(tries, Duration::from_secs(seconds));
            RETRIES.into_iter().map(retry).collect()
        }
        Kind::OtherClient => vec![Setting::Client(client.map(str::to_owned))],
        Kind::SharedCache => vec![Setting::SharedCache],
        Kind::Broker => vec![Setting::Broker],
    }
}
