//! The encodings that files of Windows have: UTF-8, and UTF-16 as PowerShell and `schtasks` write it.

use std::io;

/// The text of a file, without a byte order mark. That of UTF-16 has one, or a zero beside its first character, which no
/// schedule in UTF-8 begins with. What a document says of its own encoding is not asked: `schtasks` calls all of them UTF-16.
///
/// # Errors
/// If it is neither.
pub(super) fn decoded(content: Vec<u8>) -> io::Result<String> {
    let invalid = |expected| io::Error::new(io::ErrorKind::InvalidData, expected);
    let (little_endian, rest) = match &content[..] {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        [_, 0, ..] => (true, &content[..]),
        [0, _, ..] => (false, &content[..]),
        _ => {
            let text = String::from_utf8(content);
            let text = text.map_err(|_| invalid("expected UTF-8 or UTF-16"))?;
            return Ok(text.trim_start_matches('\u{feff}').to_owned());
        }
    };
    let unit = |bytes: &[u8; 2]| {
        if little_endian {
            u16::from_le_bytes(*bytes)
        } else {
            u16::from_be_bytes(*bytes)
        }
    };
    let (units, odd) = rest.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(units.iter().map(unit)).collect();
    match text {
        Ok(text) if odd.is_empty() => Ok(text),
        _ => Err(invalid("expected UTF-16 that is whole")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_the_same_in_each_encoding() {
        let text = "<Task>\u{e4}\u{1f600}\r\n";
        let units = || text.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: &[u8], rest: &[u8]| [mark, rest].concat();
        for content in [
            text.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", text.as_bytes()),
            marked(b"\xff\xfe", &little),
            marked(b"\xfe\xff", &big),
            little.clone(),
            big,
        ] {
            assert_eq!(decoded(content).expect("text"), text);
        }
        for wrong in [
            &little[..little.len() - 1],
            b"\xff\xfe\x00\xd8",
            b"0 2 * * * \xe4",
        ] {
            assert!(decoded(wrong.to_vec()).is_err(), "{wrong:?}");
        }
        assert_eq!(decoded(vec![]).expect("text"), "");
    }
}
