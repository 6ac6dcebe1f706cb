//! Rules about a probe: a request without the `Metadata` header, by which a client finds out whether IMDS is there.
//!
//! Whether IMDS refuses one for its rate before it looks at the header is not documented, and some clients give
//! up unless it is answered with 400.

use imds_emulator::journal::Entry;

use super::requests::{is_unreadable, summary};
use super::{Judgement, count, ending};
use crate::command::check::seen::{Seen, status};

const NONE: &str = "it sends no probe without the Metadata header";

/// What came of its probes.
#[must_use]
pub(crate) fn answered(seen: &Seen) -> Judgement {
    let probes: Vec<&Entry> = seen.requests.iter().filter(|it| is_probe(it)).collect();
    let Some(last) = probes.last() else {
        return Judgement::not_applicable(NONE);
    };
    let answers = probes.iter().map(|it| match status(it) {
        Some(status) => status.to_string(),
        None => "no answer".to_owned(),
    });
    let answers = answers.collect::<Vec<_>>().join(", ");
    let behind = seen.requests.iter().filter(|it| it.seq > last.seq).count();
    let went_on = match behind {
        0 => "no request behind it".to_owned(),
        behind => format!("{} behind it", count(behind, "request")),
    };
    Judgement::noted(format!(
        "answered with {answers}; {went_on}: {}",
        summary(seen)
    ))
}

/// A client that sends a probe gets what it asked for in spite of what went wrong.
#[must_use]
pub(crate) fn comes_through(seen: &Seen) -> Judgement {
    if seen.requests.iter().any(is_probe) {
        ending::comes_through(seen)
    } else {
        Judgement::not_applicable(NONE)
    }
}

/// Only IMDS's own protocol requires the header.
fn is_probe(request: &Entry) -> bool {
    let mut headers = request.sent.headers.iter();
    let lacks_header = headers.all(|(name, _)| *name != "metadata");
    request.path.starts_with("/metadata/") && lacks_header && !is_unreadable(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::check::rule::Grade;
    use crate::command::check::seen::End;
    use crate::command::check::seen::samples::{requests, seen};

    /// Requests of which the first is a probe.
    fn after_a_probe(end: End, told: &[(u64, u16)]) -> Seen {
        let mut requests = requests(told);
        for request in requests.iter_mut().skip(1) {
            request.sent.headers = vec![("metadata", "true".to_owned())];
        }
        seen(end, requests)
    }

    #[test]
    fn both_orders_show_what_became_of_the_probe() {
        let refused = after_a_probe(End::Code(1), &[(0, 429)]);
        let told = answered(&refused).evidence;
        assert_eq!(told, "answered with 429; no request behind it: 429");
        assert_eq!(comes_through(&refused).grade, Grade::Failed);

        let passed = after_a_probe(End::Code(0), &[(0, 400), (5, 429), (900, 200)]);
        let told = answered(&passed).evidence;
        assert_eq!(
            told,
            "answered with 400; 2 requests behind it: 400, 429, 200"
        );
        assert_eq!(comes_through(&passed).grade, Grade::Passed);
    }

    #[test]
    fn a_client_without_a_probe_is_not_judged_by_it() {
        let mut seen = after_a_probe(End::Code(1), &[(0, 429), (1, 429)]);
        seen.requests.remove(0);
        assert_eq!(answered(&seen).grade, Grade::NotApplicable);
        assert_eq!(comes_through(&seen).grade, Grade::NotApplicable);
    }
}
