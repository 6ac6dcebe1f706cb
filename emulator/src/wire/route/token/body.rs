//! The answer that holds a token.

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::credentials::token::Issued;
use crate::model::vm::Selector;
use crate::wire::reply;

/// A token as it is answered. The fields stand in the observed order, and all numbers are strings.
#[derive(Debug, Serialize)]
pub(crate) struct Body<'a> {
    /// As JSON, quotes included.
    access_token: &'a RawValue,
    client_id: &'a str,
    /// Seconds that are left.
    expires_in: String,
    /// Seconds since 1970.
    expires_on: String,
    ext_expires_in: &'static str,
    /// The resource id by which the identity was chosen, when that is to be repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    msi_res_id: Option<&'a str>,
    /// Seconds since 1970.
    not_before: String,
    /// The object id by which the identity was chosen, when that is to be repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    object_id: Option<&'a str>,
    /// Seconds that are left until clients should ask again, when that is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_in: Option<String>,
    resource: &'a str,
    token_type: &'static str,
}

impl<'a> Body<'a> {
    /// `expires_in` is what is left at the answer, `ext_expires_in` never changes (both observed).
    pub(crate) fn of(token: &Issued<'a>) -> Body<'a> {
        Body {
            access_token: token.access_token,
            client_id: &token.identity.client_id,
            expires_in: token.life.as_secs().to_string(),
            expires_on: token.expires_on.to_string(),
            ext_expires_in: "86399",
            msi_res_id: None,
            not_before: token.not_before.to_string(),
            object_id: None,
            refresh_in: token.refresh_in.map(|left| left.as_secs().to_string()),
            resource: token.resource,
            token_type: "Bearer",
        }
    }

    /// Repeats the object id or resource id that chose the identity; its client id is always there.
    pub(crate) fn echoing(self, selector: Selector<'a>) -> Body<'a> {
        match selector {
            Selector::ObjectId(id) => Body {
                object_id: Some(id),
                ..self
            },
            Selector::ResourceId(id) => Body {
                msi_res_id: Some(id),
                ..self
            },
            Selector::Default | Selector::ClientId(_) => self,
        }
    }

    /// As it goes over the wire.
    pub(crate) fn bytes(&self) -> Bytes {
        reply::bytes(self).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = r#""a.b.c""#;

    fn body() -> Body<'static> {
        Body {
            access_token: serde_json::from_str(TOKEN).unwrap(),
            client_id: "id",
            expires_in: "86317".to_owned(),
            expires_on: "1709895997".to_owned(),
            ext_expires_in: "86399",
            not_before: "1709809297".to_owned(),
            resource: "https://vault.azure.net",
            token_type: "Bearer",
            msi_res_id: None,
            object_id: None,
            refresh_in: None,
        }
    }

    #[test]
    fn a_token_is_compact_alphabetical_and_all_text() {
        assert_eq!(
            serde_json::to_string(&body()).unwrap(),
            r#"{"access_token":"a.b.c","client_id":"id","expires_in":"86317","expires_on":"1709895997","ext_expires_in":"86399","not_before":"1709809297","resource":"https://vault.azure.net","token_type":"Bearer"}"#
        );
    }

    #[test]
    fn an_echo_is_put_where_the_alphabet_has_it() {
        let echoed = |selector| serde_json::to_string(&body().echoing(selector)).unwrap();
        assert!(
            echoed(Selector::ObjectId("o"))
                .contains(r#""not_before":"1709809297","object_id":"o","resource":"#)
        );
        assert!(
            echoed(Selector::ResourceId("/r"))
                .contains(r#""ext_expires_in":"86399","msi_res_id":"/r","not_before":"#)
        );
        let plain = serde_json::to_string(&body()).unwrap();
        assert_eq!(echoed(Selector::ClientId("id")), plain);
        assert_eq!(echoed(Selector::Default), plain);
    }
    #[test]
    fn when_to_ask_again_is_text_too_and_stands_before_the_resource() {
        let body = Body {
            refresh_in: Some("43117".to_owned()),
            ..body()
        };
        let text = serde_json::to_string(&body).unwrap();
        assert!(
            text.contains(r#""not_before":"1709809297","refresh_in":"43117","resource":"#),
            "{text}"
        );
    }
}
