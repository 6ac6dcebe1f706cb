//! Headers that go with every request of a transport.

use reqwest::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use thiserror::Error;

/// The headers that HTTP itself needs: what they say, the connection decides.
const OF_HTTP: [HeaderName; 4] = [CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING];

/// Adds a header, in the place of one of that name.
pub(super) fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), HeaderError> {
    let known = HeaderName::from_bytes(name.as_bytes()).ok();
    let allowed = known.filter(|name| !OF_HTTP.contains(name));
    let key = allowed.ok_or_else(|| HeaderError::Name(name.to_owned()))?;
    let ascii = HeaderValue::from_str(value)
        .ok()
        .filter(|_| value.is_ascii());
    let value = ascii.ok_or_else(|| HeaderError::Value(name.to_owned()))?;
    headers.insert(key, value);
    Ok(())
}

/// Why a header cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// There is no such name, or HTTP itself sets that header.
    #[error("expected the name of a header that HTTP does not set itself, not {0:?}")]
    Name(String),
    /// Its value, which is not told, holds what no header may; this is the name.
    #[error("expected visible ASCII, spaces and tabs as the value of the header {0:?}")]
    Value(String),
}
