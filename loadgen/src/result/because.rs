//! Why something failed, in the words of a sentence: made of what was recorded, not guessed.

use crate::record::cause::{Cause, FileWait, WorksAs};
use crate::record::failures::{FILE_DAMAGED, IMPORT_DEGRADED};
use crate::record::traces::{AttemptOutcome, AttemptTrace};
use crate::record::{NO_ANSWER, UNFINISHED};
use crate::session::outcome::{IMPORT_FAILED, NO_CMDLET};

/// A clause that follows "because": how a failure of this kind came about for a session with this
/// client, where so many requests for tokens are admitted at once (none: there is no such limit).
#[must_use]
pub(crate) fn because(kind: &str, client: &str, cause: &Cause, at_once: Option<u32>) -> String {
    let request = |cause| request(client, cause, at_once);
    match kind {
        UNFINISHED => "the run ended first".to_owned(),
        "not_logged_in" => "nobody was signed in".to_owned(),
        IMPORT_FAILED => "another process had the file of the module's settings open".to_owned(),
        NO_CMDLET => "the import of the module had failed".to_owned(),
        "no_token" => "it had no token to refresh".to_owned(),
        FILE_DAMAGED => {
            "what the profile's file held could not be read, and is lost with the next write"
                .to_owned()
        }
        IMPORT_DEGRADED | "file_lock_timeout" => file(cause.file.as_ref()),
        "no_subscription" => format!("{} had no subscription", worker(cause.worked_as.as_ref())),
        "subscription_invalid" => format!(
            "the subscription was none of those that {} may read",
            worker(cause.worked_as.as_ref())
        ),
        _ if kind.starts_with("wrong_") => wrong(kind, cause),
        _ if kind.starts_with("not_logged_in_") => {
            let (_, refused) = kind.split_at("not_logged_in_".len());
            format!(
                "its second token was not to be had ({refused}), so that the first sign-in of the process was left \
                 without a tenant"
            )
        }
        _ if kind.starts_with("subscription_invalid_") => {
            format!("the subscriptions could not be listed: {}", request(cause))
        }
        _ => request(cause),
    }
}

fn file(wait: Option<&FileWait>) -> String {
    let Some(wait) = wait else {
        return "the profile's file was not to be had".to_owned();
    };
    format!(
        "the profile's file was not to be had: it waited {} and found it open {}",
        length(wait.waited_ms),
        times(wait.found_open)
    )
}

fn wrong(kind: &str, cause: &Cause) -> String {
    let used = worker(cause.worked_as.as_ref());
    let (_, answer) = kind.rsplit_once("_arm_").unwrap_or((kind, "200"));
    let answer = match answer {
        "200" => "which Resource Manager answered with 200".to_owned(),
        status => format!("and Resource Manager answered {status}"),
    };
    format!(
        "it worked as {used} in {}, though its script means {} in {}, {answer}",
        place(cause.worked_as.as_ref()),
        worker(cause.meant.as_ref()),
        place(cause.meant.as_ref()),
    )
}

fn worker(id: Option<&WorksAs>) -> String {
    let account = id.and_then(|id| id.account.clone());
    account.unwrap_or_else(|| "whoever is signed in".to_owned())
}

fn place(id: Option<&WorksAs>) -> String {
    let subscription = id.and_then(|id| id.subscription.as_ref());
    subscription.map_or_else(
        || "no subscription of its choice".to_owned(),
        |id| format!("subscription {id}"),
    )
}

/// What became of the last request, and why there was no other.
fn request(client: &str, cause: &Cause, at_once: Option<u32>) -> String {
    let gave_up = cause
        .gave_up
        .as_deref()
        .map(|reason| gave_up(reason, client));
    match (&cause.last, gave_up) {
        (Some(last), Some(why)) => format!("{}, and {why}", ended(last, at_once)),
        (Some(last), None) => ended(last, at_once),
        (None, Some(why)) => why,
        (None, None) => "it could not ask".to_owned(),
    }
}

fn ended(last: &AttemptTrace, at_once: Option<u32>) -> String {
    let what = match last.asked.as_str() {
        "token" => "for a token",
        "metadata" => "for metadata",
        _ => "to Resource Manager",
    };
    let subject = match last.retry_index {
        0 => format!("its request {what}"),
        retries => format!("the last of its {} requests {what}", retries + 1),
    };
    match at_once.filter(|_| is_refused_at_once(last)) {
        Some(slots) => format!("{subject} was refused with 429 by the limit of {slots} at once"),
        None => format!("{subject} {}", outcome(last)),
    }
}

/// The limit of those that are served at once is one of requests for tokens.
fn is_refused_at_once(attempt: &AttemptTrace) -> bool {
    let by = attempt.refused_by.as_deref();
    attempt.asked == "token"
        && attempt.outcome == AttemptOutcome::Refused
        && by == Some("concurrency")
}

/// What came of an attempt.
pub(crate) fn outcome(attempt: &AttemptTrace) -> String {
    match (attempt.outcome, attempt.status) {
        (AttemptOutcome::Granted, _) => "was granted".to_owned(),
        (AttemptOutcome::Refused, _) => {
            format!(
                "was refused with 429 {}",
                limit(attempt.refused_by.as_deref())
            )
        }
        (AttemptOutcome::Failed, Some(200)) => {
            "was answered with 200, but without what it asked for".to_owned()
        }
        (AttemptOutcome::Failed, Some(status)) => format!("was answered with {status}"),
        (AttemptOutcome::Failed, None) => {
            let why = attempt.no_answer.as_deref().unwrap_or(NO_ANSWER);
            format!("got no answer ({why})")
        }
        (AttemptOutcome::Unanswered, _) => "was still on its way".to_owned(),
    }
}

/// Which limiter refused, in words.
pub(crate) fn limit(refused_by: Option<&str>) -> &'static str {
    match refused_by {
        Some("rate") => "by the limit of requests per window",
        Some("concurrency") => "by the limit of requests at once",
        Some("penalty") => "by the penalty after a refusal",
        _ => "by a limit that the service did not name",
    }
}

fn gave_up(reason: &str, client: &str) -> String {
    match reason {
        "not_retryable" => format!("{client} does not retry that"),
        "retries_exhausted" => format!("{client} had no retries left"),
        "time_limit" => format!("{client} had no time left to retry in"),
        "retry_after_too_long" => {
            format!("{client} does not wait as long as the service asked it to")
        }
        "replayed" => format!("{client} repeated an earlier failure without asking"),
        other => format!("{client} gave up ({other})"),
    }
}

fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        _ => format!("{count} times"),
    }
}

/// A length of time, to the millisecond where it is long.
pub(crate) fn length(ms: f64) -> String {
    if ms < 1000.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{:.3} s", ms / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(text: &str) -> Cause {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// A cause whose last request was this one, and which was given up for this reason.
    fn asked(last: &str, reason: &str) -> Cause {
        cause(&format!(
            r#"{{ "requests": 1, "lasted_ms": 0, "gave_up": {reason}, "last": {{ "asked": "token",
                "sent_ms": 0, "ended_ms": 1, "latency_ms": 1, "no_answer": null, "wait_after_ms": null,
                {last} }} }}"#
        ))
    }

    #[test]
    fn a_client_that_gives_up_is_told_with_its_last_answer() {
        let refused =
            r#""retry_index": 3, "outcome": "refused", "status": 429, "refused_by": "rate""#;
        assert_eq!(
            because(
                "imds_429",
                "go-msal",
                &asked(refused, r#""retries_exhausted""#),
                Some(5)
            ),
            "the last of its 4 requests for a token was refused with 429 by the limit of requests per window, and \
             go-msal had no retries left"
        );
        let refused = refused.replace("rate", "concurrency");
        let told = |at_once| because("imds_429", "mine", &asked(&refused, "null"), at_once);
        assert_eq!(
            told(Some(5)),
            "the last of its 4 requests for a token was refused with 429 by the limit of 5 at once"
        );
        assert!(told(None).ends_with(" by the limit of requests at once"));
        let missing = r#""retry_index": 0, "outcome": "failed", "status": 400, "refused_by": null"#;
        assert_eq!(
            because(
                "subscription_invalid_imds_400",
                "mine",
                &asked(missing, r#""not_retryable""#),
                None
            ),
            "the subscriptions could not be listed: its request for a token was answered with 400, and mine does \
             not retry that"
        );
    }

    #[test]
    fn a_wrong_identity_is_told_beside_the_right_one() {
        let wrong = cause(
            r#"{ "requests": 2, "lasted_ms": 0, "last": null, "gave_up": null, "file": null,
                "worked_as": { "account": "night", "subscription": "1" },
                "meant": { "account": "jobs", "subscription": "2" } }"#,
        );
        assert_eq!(
            because("wrong_identity_arm_403", "mine", &wrong, None),
            "it worked as night in subscription 1, though its script means jobs in subscription 2, and Resource \
             Manager answered 403"
        );
        assert!(
            because("wrong_subscription", "mine", &wrong, None)
                .ends_with("which Resource Manager answered with 200")
        );
    }

    #[test]
    fn a_file_that_was_not_to_be_had_is_told_with_the_wait() {
        let late = cause(
            r#"{ "requests": 0, "lasted_ms": 0, "last": null, "gave_up": null, "worked_as": null, "meant": null,
                "file": { "wanted_ms": 0, "waited_ms": 15500, "found_open": 31, "timed_out": true } }"#,
        );
        assert!(
            because("file_lock_timeout", "", &late, None)
                .ends_with("it waited 15.500 s and found it open 31 times")
        );
    }
}
