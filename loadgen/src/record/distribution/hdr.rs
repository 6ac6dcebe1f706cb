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

/// The histogram of a text, with the bounds of `own`.
///
/// # Errors
/// If it is none, or has other bounds; what was expected.
pub(super) fn read(text: &str, own: &Histogram<u64>) -> Result<Histogram<u64>, &'static str> {
    const EXPECTED: &str = "base64 of a compressed HdrHistogram V2";
    let bytes = STANDARD.decode(text).map_err(|_| EXPECTED)?;
    let mut plain = vec![];
    let compressed = ZlibDecoder::new(bytes.get(OUTER..).ok_or(EXPECTED)?);
    let inflated = compressed.take(LONGEST + 1).read_to_end(&mut plain);
    inflated.map_err(|_| EXPECTED)?;
    let mut expected = vec![];
    let written = V2Serializer::new().serialize(own, &mut expected);
    written.expect("memory takes all bytes");
    let counts = plain.len().saturating_sub(BOUNDS.end);
    let counted = plain
        .get(4..8)
        .map(|length| u32::from_be_bytes([length[0], length[1], length[2], length[3]]));
    if plain.len() as u64 > LONGEST || counted.is_none_or(|length| length as usize != counts) {
        return Err(EXPECTED);
    }
    if plain[BOUNDS] != expected[BOUNDS] {
        return Err("a histogram of microseconds up to a day, with three significant digits");
    }
    Deserializer::new()
        .deserialize(&mut &plain[..])
        .map_err(|_| EXPECTED)
}
