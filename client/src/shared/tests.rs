pub(in crate::shared) mod explore;
mod lease;

use std::time::Duration;

use super::record::file_name;
use super::record::tests::obtained;
use super::token_files::TokenFiles;
use super::*;
use crate::wire::{Identity, TokenRequest};

fn cache(folder: &tempfile::TempDir, endpoint: &str) -> SharedCache {
    let endpoint = endpoint.parse().expect("an endpoint");
    let folder = folder.path().join("cache");
    SharedCache::open(folder, &endpoint, |_| {}).expect("a folder")
}

#[test]
fn what_differs_in_anything_has_a_file_of_its_own() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let [one, other] = ["http://127.0.0.1:1", "http://127.0.0.1:2"].map(|at| cache(&folder, at));
    let request = |identity, resource: &str| TokenRequest {
        identity,
        resource: resource.to_owned(),
    };
    let id = || "x".to_owned();
    let mut names = vec![
        file_name(&one.key(&request(Identity::SystemAssigned, "x"))),
        file_name(&one.key(&request(Identity::SystemAssigned, "y"))),
        file_name(&one.key(&request(Identity::ClientId(id()), "x"))),
        file_name(&one.key(&request(Identity::ObjectId(id()), "x"))),
        file_name(&other.key(&request(Identity::SystemAssigned, "x"))),
    ];
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn a_damaged_record_or_that_of_another_key_is_absent() {
    let written = record::written("key", &Some(7));
    assert_eq!(record::read("key", &written), Some(Some(7)));
    assert_eq!(record::read::<Option<i32>>("other", &written), None);
    for length in 0..written.len() {
        assert_eq!(record::read::<Option<i32>>("key", &written[..length]), None);
    }
}

#[test]
fn a_process_that_was_stopped_does_not_overwrite_a_newer_token() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let cache = cache(&folder, "http://127.0.0.1:1");
    let request = TokenRequest {
        identity: Identity::SystemAssigned,
        resource: "x".to_owned(),
    };
    let files = TokenFiles::of(&cache, &request, "test");
    let (old, new) = (obtained(1000, 100), obtained(1060, 100));
    for (written, at, expected) in [
        (&old, 1000, &old),
        (&new, 1060, &new),
        (&old, 1070, &new),
        (&old, 1200, &old),
    ] {
        let now = Duration::from_secs(at);
        files.write_token(written, now).expect("it can be written");
        let seen = files.snapshot().expect("it can be read");
        let token = seen.token.map(|(_, token)| token);
        assert_eq!(token.as_ref(), Some(expected), "at {at} s");
    }
}

#[test]
fn a_service_that_answers_with_the_token_that_is_there_is_not_asked_again_at_once() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let cache = cache(&folder, "http://127.0.0.1:1");
    let request = TokenRequest {
        identity: Identity::SystemAssigned,
        resource: "x".to_owned(),
    };
    let files = TokenFiles::of(&cache, &request, "test");
    // The second is the first once more: 39.4 seconds are left of it, and 39 in the answer.
    let (there, again) = (obtained(1000, 100), obtained(1060, 39));
    for (written, at) in [(&there, 1000), (&again, 1060)] {
        let now = Duration::from_secs(at);
        files.write_token(written, now).expect("it can be written");
    }
    let seen = files.snapshot().expect("it can be read").token;
    let (seen, _) = seen.expect("a token");
    let [now, later] = [1061, 1080].map(Duration::from_secs);
    assert_eq!(seen.left(now), there.life.left(now));
    assert!(seen.is_fresh(now) && !seen.is_fresh(later));
}
