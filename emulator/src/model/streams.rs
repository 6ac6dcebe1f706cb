//! Streams of random numbers: one seed has a stream for each purpose, so that one more draw for one purpose
//! does not shift the draws for another.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// The streams of one seed. The generator is `ChaCha8`: its output is the same on every platform, and each
/// seed has 2^64 independent streams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Streams {
    seed: u64,
}

impl Streams {
    /// The streams of that seed.
    pub(crate) fn new(seed: u64) -> Streams {
        Streams { seed }
    }

    /// The streams of the request to IMDS with that number, from 0 and below 2^62.
    pub(crate) fn of_request(self, number: u64) -> RequestStreams {
        RequestStreams {
            streams: self,
            number,
        }
    }

    /// What Resource Manager's stub draws: service times, and the ids of its answers.
    pub(crate) fn resource_manager(self) -> ChaCha8Rng {
        self.stream(Purpose::ResourceManager, 0)
    }

    fn stream(self, purpose: Purpose, number: u64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream((purpose as u64) << 62 | number);
        rng
    }
}

/// The streams of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestStreams {
    streams: Streams,
    number: u64,
}

impl RequestStreams {
    /// How long its service takes.
    pub(crate) fn service(self) -> ChaCha8Rng {
        self.streams.stream(Purpose::Service, self.number)
    }

    /// The ids in its answer.
    pub(crate) fn answer(self) -> ChaCha8Rng {
        self.streams.stream(Purpose::Answer, self.number)
    }

    /// Whether and how faults strike it, and the ids in an answer that a fault gives.
    pub(crate) fn faults(self) -> ChaCha8Rng {
        self.streams.stream(Purpose::Faults, self.number)
    }
}

/// What a stream is for: the two highest bits of its number. The other bits number the requests.
///
/// Resource Manager uses one number alone; a new purpose with one stream for the whole run takes another
/// one there, so that all other streams stay as they are.
#[derive(Clone, Copy)]
enum Purpose {
    Service = 0,
    Answer = 1,
    Faults = 2,
    ResourceManager = 3,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::{Rng, RngExt};

    use super::*;

    /// The stream of each purpose, the first three for a request with that number.
    fn all(seed: u64, number: u64) -> [ChaCha8Rng; 4] {
        let streams = Streams::new(seed);
        let request = streams.of_request(number);
        [
            request.service(),
            request.answer(),
            request.faults(),
            streams.resource_manager(),
        ]
    }

    fn first_ids(mut streams: [ChaCha8Rng; 4]) -> [u128; 4] {
        streams.each_mut().map(RngExt::random)
    }

    #[test]
    fn the_first_ids_of_all_purposes_and_requests_differ() {
        let [first, second] = [0, 1].map(|number| first_ids(all(7, number)));
        let requests = first.iter().chain(&second[..3]);
        let ids: BTreeSet<&u128> = requests.collect();
        assert_eq!(ids.len(), 7);
        assert_eq!(first[3], second[3], "Resource Manager has one stream");
        let other = first_ids(all(8, 0));
        assert!(other.iter().all(|id| !ids.contains(id)));
    }

    #[test]
    fn draws_for_one_purpose_do_not_shift_another() {
        let untouched = first_ids(all(7, 3));
        for drawn_from in 0..untouched.len() {
            let mut streams = all(7, 3);
            (0..5).for_each(|_| _ = streams[drawn_from].next_u64());
            let ids = first_ids(streams);
            for purpose in 0..untouched.len() {
                let same = ids[purpose] == untouched[purpose];
                assert_eq!(same, purpose != drawn_from, "{purpose}, {drawn_from}");
            }
        }
    }

    /// What one seed gave in earlier versions it gives in this one.
    #[test]
    fn streams_stay_as_they_are() {
        let numbers = [3, 1 << 62 | 3, 1 << 63 | 3, 3 << 62];
        let raw = numbers.map(|number| {
            let mut rng = ChaCha8Rng::seed_from_u64(7);
            rng.set_stream(number);
            rng
        });
        assert_eq!(first_ids(all(7, 3)), first_ids(raw));
    }
}
