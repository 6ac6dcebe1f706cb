//! Histograms as text: `HdrHistogram`'s format V2, compressed, in base64, which its tools read in every language.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer, V2Serializer};

/// More bytes than a histogram of these bounds has: 28,672 counts with nine bytes each, and a header.
const LONGEST: u64 = 1 << 18;

/// Before the compressed bytes: a mark of the format and their number.
const OUTER: usize = 8;

/// The header of the counts, without its mark and their number: bounds and precision.
const BOUNDS: std::ops::Range<usize> = 8..40;

/// The histogram as text.
pub(super) fn text(histogram: &Histogram<u64>) -> String {
    let mut bytes = vec![];
    let written = V2DeflateSerializer::new().serialize(histogram, &mut bytes);
    written.expect("memory takes all bytes, and counts of a run are below 2^63");
    STANDARD.encode(bytes)
}

/// What a text has to be.
const EXPECTED: &str = "base64 of a compressed HdrHistogram V2";

/// The histogram of a text, with the bounds of `own`.
///
/// # Errors
/// If it is none, or has other bounds; what was expected.
pub(super) fn read(text: &str, own: &Histogram<u64>) -> Result<Histogram<u64>, &'static str> {
    let plain = inflated(text).ok_or(EXPECTED)?;
    let mut expected = vec![];
    let written = V2Serializer::new().serialize(own, &mut expected);
    written.expect("memory takes all bytes");
    if plain[BOUNDS] != expected[BOUNDS] {
        return Err("a histogram of microseconds up to a day, with three significant digits");
    }
    let histogram = Deserializer::new().deserialize(&mut &plain[..]);
    histogram.map_err(|_| EXPECTED)
}

/// What was compressed, if it is as long as its header says and no longer than any histogram.
fn inflated(text: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text).ok()?;
    let mut plain = vec![];
    let compressed = ZlibDecoder::new(bytes.get(OUTER..)?);
    compressed.take(LONGEST + 1).read_to_end(&mut plain).ok()?;
    let length = u32::from_be_bytes(plain.get(4..8)?.try_into().ok()?);
    let counts = plain.len().checked_sub(BOUNDS.end)?;
    (length as usize == counts && plain.len() as u64 <= LONGEST).then_some(plain)
}
