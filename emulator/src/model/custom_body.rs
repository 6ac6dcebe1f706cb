//! A body of the user's own, of an answer of Resource Manager's or of a fault's.

use serde::{Serialize, Serializer};

/// A body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomBody {
    /// What it is.
    pub kind: BodyKind,
    /// Itself.
    pub bytes: Vec<u8>,
}

/// What a body is, as far as its `Content-Type` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// There is none.
    Nothing,
    /// JSON.
    Json,
    /// Text.
    Text,
    /// Anything else.
    Bytes,
}

impl CustomBody {
    /// No body.
    pub const NOTHING: CustomBody = CustomBody {
        kind: BodyKind::Nothing,
        bytes: Vec::new(),
    };

    /// That body; JSON and text are recognized.
    #[must_use]
    pub fn recognized(bytes: Vec<u8>) -> CustomBody {
        let kind = match std::str::from_utf8(&bytes) {
            Ok("") => BodyKind::Nothing,
            Ok(text) if is_json(text) => BodyKind::Json,
            Ok(_) => BodyKind::Text,
            Err(_) => BodyKind::Bytes,
        };
        CustomBody { kind, bytes }
    }
}

fn is_json(text: &str) -> bool {
    let value: Result<serde::de::IgnoredAny, _> = serde_json::from_str(text);
    value.is_ok()
}

impl Serialize for CustomBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.bytes.len().serialize(serializer)
    }
}
