//! The random numbers of a request.

use rand::rngs::ChaCha8Rng;

use crate::model::streams::RequestStreams;

/// What a request draws from while it is served.
pub(super) struct Chance {
    pub(super) service: ChaCha8Rng,
    streams: RequestStreams,
    /// Made when it is first drawn from, which most requests never do.
    faults: Option<Box<ChaCha8Rng>>,
}

impl Chance {
    pub(super) fn new(streams: RequestStreams) -> Chance {
        Chance {
            service: streams.service(),
            streams,
            faults: None,
        }
    }

    pub(super) fn faults(&mut self) -> &mut ChaCha8Rng {
        let streams = self.streams;
        self.faults
            .get_or_insert_with(|| Box::new(streams.faults()))
    }
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::model::streams::Streams;

    #[test]
    fn the_stream_of_faults_goes_on_where_it_was() {
        let streams = Streams::new(7).of_request(3);
        let mut chance = Chance::new(streams);
        let drawn: [u64; 2] = [chance.faults().random(), chance.faults().random()];
        assert_eq!(drawn, streams.faults().random::<[u64; 2]>());
    }
}
