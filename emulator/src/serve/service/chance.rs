//! Where a request's chance comes from.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// The streams of the seed that one request draws from: one for its service, one for its answer and one
/// for faults, so that one more draw in one does not shift the others.
pub(super) struct Chance {
    pub(super) service: ChaCha8Rng,
    seed: u64,
    request: u64,
    /// Made when it is first drawn from, which most requests never do.
    faults: Option<Box<ChaCha8Rng>>,
}

impl Chance {
    /// Those of the request with that number.
    pub(super) fn new(seed: u64, request: u64) -> Chance {
        Chance {
            service: stream(seed, request),
            seed,
            request,
            faults: None,
        }
    }

    /// What its answer draws from.
    pub(super) fn answer(&self) -> ChaCha8Rng {
        const ANSWERS: u64 = 1 << 62;
        stream(self.seed, ANSWERS | self.request)
    }

    pub(super) fn faults(&mut self) -> &mut ChaCha8Rng {
        const FAULTS: u64 = 1 << 63;
        let made = || Box::new(stream(self.seed, FAULTS | self.request));
        self.faults.get_or_insert_with(made)
    }
}

fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    #[test]
    fn draws_from_one_stream_do_not_shift_the_other() {
        let draws = |before: usize| -> [u64; 3] {
            let mut chance = Chance::new(7, 3);
            (0..before).for_each(|_| _ = chance.service.random::<u64>());
            let fault = chance.faults().random();
            [fault, chance.faults().random(), chance.answer().random()]
        };
        assert_eq!(draws(0), draws(5));
        let [fault, next, answer] = draws(0);
        assert_ne!(fault, next, "it goes on where it was");
        assert_ne!(fault, answer);
        let other: u64 = Chance::new(7, 4).faults().random();
        assert_ne!(draws(0)[0], other);
    }
}
