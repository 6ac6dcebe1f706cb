//! Why the body of a 200 could not be read.

use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

/// Why the body of a 200 could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// It is not JSON, or is cut short.
    #[error("the body is not JSON")]
    NotJson,
    /// It is JSON, but this key is not in it or has no usable value.
    #[error("the body has no usable {0}")]
    Lacks(&'static str),
    /// It is JSON, but of another shape than documented.
    #[error("the body has another shape than documented")]
    OtherShape,
    /// It is not UTF-8.
    #[error("the body is not text")]
    NotText,
}

impl Unreadable {
    /// The body as any JSON.
    pub(super) fn json(body: &[u8]) -> Result<Value, Self> {
        serde_json::from_slice(body).map_err(|_| Self::NotJson)
    }

    /// The body as JSON of that shape.
    pub(super) fn shaped<T: DeserializeOwned>(body: &[u8]) -> Result<T, Self> {
        serde_json::from_value(Self::json(body)?).map_err(|_| Self::OtherShape)
    }
}
