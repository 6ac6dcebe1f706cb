//! The fields of an answer with a token, read in place: a tree of the whole body takes an allocation for each of them, and
//! a copy of the secret.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What of them a token is made of. Of a field that is there twice, the last counts.
#[derive(Default)]
pub(super) struct TokenFields<'b> {
    pub(super) access_token: Field<'b>,
    pub(super) token_type: Field<'b>,
    pub(super) resource: Field<'b>,
    pub(super) client_id: Field<'b>,
    pub(super) expires_on: Field<'b>,
    pub(super) expires_in: Field<'b>,
    pub(super) not_before: Field<'b>,
}

impl<'b> TokenFields<'b> {
    /// The fields of this body, if it is a JSON object.
    pub(super) fn of(body: &'b [u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        serde_json::from_str(text).ok()
    }

    fn named(&mut self, name: &str) -> Option<&mut Field<'b>> {
        Some(match name {
            "access_token" => &mut self.access_token,
            "token_type" => &mut self.token_type,
            "resource" => &mut self.resource,
            "client_id" => &mut self.client_id,
            "expires_on" => &mut self.expires_on,
            "expires_in" => &mut self.expires_in,
            "not_before" => &mut self.not_before,
            _ => return None,
        })
    }
}

impl<'b> Deserialize<'b> for TokenFields<'b> {
    fn deserialize<D: Deserializer<'b>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'b> Visitor<'b> for Fields {
    type Value = TokenFields<'b>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<TokenFields<'b>, A::Error> {
        let mut fields = TokenFields::default();
        while let Some((name, value)) = map.next_entry::<Field<'b>, Field<'b>>()? {
            if let Field::Text(name) = name
                && let Some(field) = fields.named(&name)
            {
                *field = value;
            }
        }
        Ok(fields)
    }
}

/// The value of a field, as far as a token is made of such. Text without escapes is not copied.
#[derive(Default)]
pub(super) enum Field<'b> {
    Text(Cow<'b, str>),
    Number(u64),
    /// Anything else, or nothing.
    #[default]
    Other,
}

impl Field<'_> {
    /// The text itself, and no copy that would not be wiped.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.into_owned()),
            Self::Number(_) | Self::Other => None,
        }
    }

    /// IMDS sends numbers as strings; other services and mocks send numbers.
    pub(super) fn seconds(&self) -> Option<u64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Number(number) => Some(*number),
            Self::Other => None,
        }
    }
}

impl<'b> Deserialize<'b> for Field<'b> {
    fn deserialize<D: Deserializer<'b>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Value)
    }
}

struct Value;

impl<'b> Visitor<'b> for Value {
    type Value = Field<'b>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'b str) -> Result<Field<'b>, E> {
        Ok(Field::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Field<'b>, E> {
        Ok(Field::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Field<'b>, E> {
        Ok(Field::Number(number))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Field<'b>, E> {
        Ok(Field::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Field<'b>, E> {
        Ok(Field::Other)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Field<'b>, E> {
        Ok(Field::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Field<'b>, E> {
        Ok(Field::Other)
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut items: A) -> Result<Field<'b>, A::Error> {
        while items.next_element::<Field<'b>>()?.is_some() {}
        Ok(Field::Other)
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<Field<'b>, A::Error> {
        while map.next_entry::<Field<'b>, Field<'b>>()?.is_some() {}
        Ok(Field::Other)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::unreadable::Unreadable;
    use super::*;

    /// Whether a body is an object, by a tree of it.
    fn is_object(body: &[u8]) -> bool {
        Unreadable::json(body).is_ok_and(|body| body.is_object())
    }

    #[test]
    fn only_objects_have_fields_and_nothing_in_them_is_taken_on_trust() {
        for body in [
            &br#"{"a":[1,{"b":-1.5e3}],"c":null,"d":true}"#[..],
            br#"{"a":"\ud800"}"#,
            br#"{"a":1e999}"#,
            b"{\"a\":\"\xff\"}",
            br#"{"a\n":"\u0041"} "#,
            br#"{"a":1}x"#,
            br"[]",
            br#""a""#,
            br"{1:2}",
        ] {
            let shown = String::from_utf8_lossy(body);
            assert_eq!(TokenFields::of(body).is_some(), is_object(body), "{shown}");
        }
    }

    #[test]
    fn the_last_of_two_fields_counts_and_escapes_are_read() {
        let body = br#"{"resource":"a","r\u0065source":"b\u0063","expires_in":7}"#;
        let fields = TokenFields::of(body).expect("an object");
        assert_eq!(fields.expires_in.seconds(), Some(7));
        assert_eq!(fields.resource.into_text().as_deref(), Some("bc"));
    }

    proptest! {
        #[test]
        fn a_body_of_any_bytes_is_an_object_or_none_as_a_tree_has_it(
            body in r#"\{?("[a\\u0d8\n]*"|[:,\[\]{}0-9eE.+-]|null|true){0,8}\}?"#
        ) {
            prop_assert_eq!(TokenFields::of(body.as_bytes()).is_some(), is_object(body.as_bytes()));
        }
    }
}
