//! The `wire` table.

use serde::Serialize;

use crate::document::Section;

/// The settings of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wire {
    /// The `Server` header: printable ASCII. Anything else is answered as `IMDS`.
    pub server: String,
    /// Whether a 429 names the limiter that refused.
    pub name_limiter: bool,
    /// Whether an answer repeats the object id or resource id by which its identity was chosen.
    pub echo_selector: bool,
    /// Whether `principal_id` selects an identity, as `object_id` does.
    pub accept_principal_id: bool,
}

pub(super) fn read(section: &mut Section) -> Option<Wire> {
    let server: Option<String> = section.required("server");
    let name_limiter = section.required("name_limiter");
    let echo_selector = section.required("echo_selector");
    let accept_principal_id = section.required("accept_principal_id");
    let is_a_header = |server: &String| server.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if server.as_ref().is_some_and(|server| !is_a_header(server)) {
        section.refuse("server", "expected printable ASCII characters");
        return None;
    }
    Some(Wire {
        server: server?,
        name_limiter: name_limiter?,
        echo_selector: echo_selector?,
        accept_principal_id: accept_principal_id?,
    })
}
