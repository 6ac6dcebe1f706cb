//! The streams of chance that a session draws from.

use std::borrow::Borrow;
use std::convert::Infallible;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng, TryRng};

/// The streams of chance of one session. Each generator is made when it is first drawn from: most never are. The key is
/// its own, or that of its run.
#[derive(Debug)]
pub(crate) struct Chances<K = [u8; 32]> {
    key: K,
    /// What the numbers of its streams have in common: all but the top byte.
    number: u64,
    generators: Option<Box<[Option<Box<ChaCha8Rng>>; 4]>>,
}

/// What a session draws: the top byte of the stream's number.
#[derive(Clone, Copy)]
enum Drawn {
    Pauses = 4,
    /// The jitter of its steps' retries.
    Retries = 8,
    /// How long it has the profile's file open.
    Holds = 9,
    /// How long its work keeps a core busy.
    Work = 11,
}

impl<K: Borrow<[u8; 32]>> Chances<K> {
    /// The streams of the generator with this key whose numbers are this one, but for the top byte.
    #[must_use]
    pub(crate) fn new(key: K, number: u64) -> Self {
        Self {
            key,
            number,
            generators: None,
        }
    }

    pub(crate) fn pauses(&mut self) -> &mut ChaCha8Rng {
        self.generator(0, Drawn::Pauses)
    }

    pub(crate) fn retries(&mut self) -> &mut ChaCha8Rng {
        self.generator(1, Drawn::Retries)
    }

    pub(crate) fn holds(&mut self) -> &mut ChaCha8Rng {
        self.generator(2, Drawn::Holds)
    }

    pub(crate) fn work(&mut self) -> &mut ChaCha8Rng {
        self.generator(3, Drawn::Work)
    }

    fn generator(&mut self, place: usize, drawn: Drawn) -> &mut ChaCha8Rng {
        let (key, stream) = (self.key.borrow(), (drawn as u64) << 56 | self.number);
        let generators = self.generators.get_or_insert_default();
        generators[place].get_or_insert_with(|| Box::new(generator(key, stream)))
    }
}

impl Chances<&[u8; 32]> {
    /// The same with a key of its own.
    #[must_use]
    pub(crate) fn detached(self) -> Chances {
        Chances {
            key: *self.key,
            number: self.number,
            generators: self.generators,
        }
    }
}

/// One stream of a `ChaCha8` generator. The generator is made when it is first drawn from: most streams never are,
/// and it takes 300 bytes.
#[derive(Debug)]
pub(crate) struct Chance<K = [u8; 32]> {
    key: K,
    stream: u64,
    generator: Option<Box<ChaCha8Rng>>,
}

impl<K: Borrow<[u8; 32]>> Chance<K> {
    /// The stream of this number of the generator with this key.
    #[must_use]
    pub(crate) fn new(key: K, stream: u64) -> Self {
        Self {
            key,
            stream,
            generator: None,
        }
    }

    /// The generator itself, where it has to be one.
    #[must_use]
    pub(crate) fn into_generator(self) -> ChaCha8Rng {
        let Self {
            key,
            stream,
            generator: made,
        } = self;
        let made = made.map(|generator| *generator);
        made.unwrap_or_else(|| generator(key.borrow(), stream))
    }

    fn generator(&mut self) -> &mut ChaCha8Rng {
        let (key, stream) = (self.key.borrow(), self.stream);
        self.generator
            .get_or_insert_with(|| Box::new(generator(key, stream)))
    }
}

fn generator(key: &[u8; 32], stream: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::from_seed(*key);
    generator.set_stream(stream);
    generator
}

impl<K: Borrow<[u8; 32]>> TryRng for Chance<K> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.generator().next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.generator().next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.generator().fill_bytes(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chance_draws_what_its_stream_holds() {
        let mut stream = ChaCha8Rng::from_seed([7; 32]);
        stream.set_stream(9);
        let mut chance = Chance::new([7; 32], 9);
        assert!(chance.generator.is_none());
        assert_eq!(chance.next_u32(), stream.next_u32());
        assert_eq!(chance.next_u64(), stream.next_u64());
        let mut bytes = [[0; 11]; 2];
        chance.fill_bytes(&mut bytes[0]);
        stream.fill_bytes(&mut bytes[1]);
        assert_eq!(bytes[0], bytes[1]);
    }
}
