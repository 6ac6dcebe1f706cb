//! A request to the stub, parsed from HTTP: its path and its query.

use http::{Method, Uri};
use percent_encoding::percent_decode_str;

use crate::model::resource_manager::Filter;
use crate::model::resource_manager::{Listing, Operation, Sent};

/// The parts of a request that say what it is for.
#[derive(Debug)]
pub(crate) struct StubRequest {
    method: Method,
    /// The path's segments, decoded.
    segments: Vec<String>,
    /// Names and values, decoded.
    query: Vec<(String, String)>,
}

/// Why a request cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RequestFlaw {
    PathUnknown,
    MethodNotAllowed,
    VersionMissing,
    VersionInvalid(String),
    FilterInvalid(String),
    /// The query parameter of that name has a value that it may not have.
    ValueInvalid(&'static str),
}

impl RequestFlaw {
    /// Whether the request may be right, and the stub does not serve it.
    pub(crate) fn is_unmatched(&self) -> bool {
        matches!(
            self,
            RequestFlaw::PathUnknown | RequestFlaw::MethodNotAllowed
        )
    }
}

impl StubRequest {
    pub(crate) fn of(method: &Method, uri: &Uri) -> StubRequest {
        let segments = uri.path().split('/').filter(|segment| !segment.is_empty());
        let decoded = segments.map(|text| percent_decode_str(text).decode_utf8_lossy());
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        StubRequest {
            method: method.clone(),
            segments: decoded.map(std::borrow::Cow::into_owned).collect(),
            query: query.into_owned().collect(),
        }
    }

    /// What answers of the user's own are held against.
    pub(crate) fn sent(&self) -> Sent<'_> {
        Sent {
            method: self.method.as_str(),
            segments: &self.segments,
            query: &self.query,
        }
    }

    /// The id of the subscription that its path names.
    pub(crate) fn subscription_id(&self) -> Option<&str> {
        match self.segments.as_slice() {
            [first, id, ..] if first.eq_ignore_ascii_case("subscriptions") => Some(id),
            _ => None,
        }
    }

    /// Whether it asks for the description of the cloud, which needs no token.
    pub(crate) fn is_for_endpoints(&self) -> bool {
        let path = self.segments.join("/");
        path.eq_ignore_ascii_case("metadata/endpoints")
    }

    /// That there is an api-version, and that it reads as one. Which one makes a difference for the
    /// description of the cloud alone.
    pub(crate) fn check(&self) -> Result<(), RequestFlaw> {
        match self.api_version() {
            "" => Err(RequestFlaw::VersionMissing),
            version if !is_version(version) => Err(RequestFlaw::VersionInvalid(version.to_owned())),
            _ if self.method != Method::GET && !self.is_head() => {
                Err(RequestFlaw::MethodNotAllowed)
            }
            _ => Ok(()),
        }
    }

    /// Whether it asks only if something is there.
    pub(crate) fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// As it was sent; empty if there is none.
    pub(crate) fn api_version(&self) -> &str {
        self.parameter("api-version").unwrap_or_default()
    }

    pub(crate) fn operation(&self) -> Result<Operation<'_>, RequestFlaw> {
        let segments: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        let operation = Operation::of_path(&segments).ok_or(RequestFlaw::PathUnknown)?;
        match operation {
            Operation::Group(..) | Operation::Resource(_) => Ok(operation),
            _ if self.is_head() => Err(RequestFlaw::MethodNotAllowed),
            Operation::RoleAssignments(place, _) => {
                Ok(Operation::RoleAssignments(place, self.principal()?))
            }
            Operation::Resources(listing) => Ok(Operation::Resources(Listing {
                filter: self.filter()?,
                from: self.number("$skiptoken")?.unwrap_or(0),
                top: self.number("$top")?,
                ..listing
            })),
            other => Ok(other),
        }
    }

    /// The path and the query of the page that begins there.
    pub(crate) fn continued(&self, uri: &Uri, from: usize) -> String {
        let others = self.query.iter();
        let others = others.filter(|(name, _)| !name.eq_ignore_ascii_case("$skiptoken"));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(others);
        query.append_pair("$skiptoken", &from.to_string());
        format!("{}?{}", uri.path(), query.finish())
    }

    /// The principal that a filter of role assignments names: `principalId eq 'ID'` or
    /// `assignedTo('ID')`, with `atScope()` before or after it.
    fn principal(&self) -> Result<Option<String>, RequestFlaw> {
        let text = self.parameter("$filter").unwrap_or_default();
        let flaw = || RequestFlaw::FilterInvalid(text.to_owned());
        let mut principal = None;
        for condition in text.split(" and ").map(str::trim) {
            if condition.is_empty() || condition.eq_ignore_ascii_case("atScope()") {
                continue;
            }
            principal = Some(principal_of(condition).ok_or_else(flaw)?.to_owned());
        }
        Ok(principal)
    }

    fn filter(&self) -> Result<Filter, RequestFlaw> {
        let text = self.parameter("$filter").unwrap_or_default();
        Filter::parse(text).ok_or_else(|| RequestFlaw::FilterInvalid(text.to_owned()))
    }

    fn number(&self, name: &'static str) -> Result<Option<usize>, RequestFlaw> {
        let value = self.parameter(name).map(str::parse);
        value
            .transpose()
            .map_err(|_| RequestFlaw::ValueInvalid(name))
    }

    /// The value of a query parameter, whose name is given in any case.
    fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        let found = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

fn principal_of(condition: &str) -> Option<&str> {
    let (name, rest) = condition.split_once(['(', ' '])?;
    let value = match name.to_ascii_lowercase().as_str() {
        "assignedto" => rest.strip_suffix(')')?,
        "principalid" => rest.trim_start().strip_prefix("eq ")?.trim_start(),
        _ => return None,
    };
    value.strip_prefix('\'')?.strip_suffix('\'')
}

/// A date such as `2022-12-01`, with `-preview` or the like after it or not.
fn is_version(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_date = bytes.len() >= 10
        && bytes[..10]
            .iter()
            .enumerate()
            .all(|(index, byte)| match index {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
    is_date && (bytes.len() == 10 || bytes[10] == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str) -> (StubRequest, Uri) {
        let uri: Uri = target.parse().unwrap();
        (StubRequest::of(&Method::GET, &uri), uri)
    }

    #[test]
    fn the_version_is_a_date_and_must_be_there() {
        let check = |query: &str| request(&format!("/tenants?{query}")).0.check();
        assert_eq!(check("api-version=2022-12-01"), Ok(()));
        assert_eq!(check("API-Version=2022-12-01-preview"), Ok(()));
        assert_eq!(check("x=1"), Err(RequestFlaw::VersionMissing));
        assert_eq!(check("api-version="), Err(RequestFlaw::VersionMissing));
        for wrong in ["1", "2022-12-1", "2022/12/01", "2022-12-01x"] {
            let found = check(&format!("api-version={wrong}"));
            assert_eq!(found, Err(RequestFlaw::VersionInvalid(wrong.to_owned())));
        }
    }

    #[test]
    fn the_next_page_is_asked_for_as_this_one_was() {
        let (request, uri) =
            request("/subscriptions/s/resources?$filter=name%20eq%20'a'&$skiptoken=2&$top=1");
        let Ok(Operation::Resources(listing)) = request.operation() else {
            panic!("{request:?}")
        };
        assert_eq!((listing.from, listing.top), (2, Some(1)));
        let next = request.continued(&uri, 3);
        assert_eq!(
            next,
            "/subscriptions/s/resources?%24filter=name+eq+%27a%27&%24top=1&%24skiptoken=3"
        );
    }

    #[test]
    fn role_assignments_are_filtered_by_their_principal() {
        let principal = |filter: &str| {
            let target =
                "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments?$filter=";
            let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
            let (request, _) = request(&format!("{target}{filter}"));
            match request.operation() {
                Ok(Operation::RoleAssignments(_, principal)) => Ok(principal),
                other => Err(format!("{other:?}")),
            }
        };
        assert_eq!(principal(""), Ok(None));
        assert_eq!(principal("atScope()"), Ok(None));
        let one = Ok(Some("p".to_owned()));
        assert_eq!(principal("principalId eq 'p'"), one);
        assert_eq!(principal("atScope() and assignedTo('p')"), one);
        for wrong in [
            "principalId eq p",
            "principalId ne 'p'",
            "x",
            "assignedTo('p'",
        ] {
            assert!(principal(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed_at() {
        let flaw = |target: &str| request(target).0.operation().unwrap_err();
        assert_eq!(flaw("/x"), RequestFlaw::PathUnknown);
        assert_eq!(
            flaw("/subscriptions/s/resources?$top=x"),
            RequestFlaw::ValueInvalid("$top")
        );
        let filtered = "/subscriptions/s/resources?$filter=x";
        assert_eq!(flaw(filtered), RequestFlaw::FilterInvalid("x".to_owned()));
    }
}
