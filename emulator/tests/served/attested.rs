//! The attested document is what its version says, and OpenSSL verifies it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imds_emulator::Emulator;
use serde_json::Value;

use crate::raw::{admin, imds, start};

const PATH: &str = "/metadata/attested/document?api-version";

/// The files of one test: the document, the root, and the content that OpenSSL found in it.
struct Files(PathBuf);

impl Files {
    async fn of(emulator: &Emulator, name: &str, target: &str) -> Files {
        let files = Files(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        std::fs::create_dir_all(&files.0).unwrap();
        let answer = imds(emulator, target).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let document = answer.json();
        assert_eq!(document["encoding"], "pkcs7");
        let signature = document["signature"].as_str().unwrap();
        std::fs::write(files.path("document"), STANDARD.decode(signature).unwrap()).unwrap();
        let root = admin(emulator, "/attested/root.pem").await;
        assert_eq!(root.header("content-type"), Some("application/x-pem-file"));
        std::fs::write(files.path("root.pem"), root.body).unwrap();
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn openssl(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(&self.0);
        command.output().expect("openssl was found before")
    }

    fn verify(&self) -> Output {
        let arguments = "cms -verify -inform DER -in document -CAfile root.pem -out content";
        self.openssl(&arguments.split(' ').collect::<Vec<_>>())
    }

    fn content(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.path("content")).unwrap()).unwrap()
    }
}

/// Whether OpenSSL is to be asked. Where it is missing the test fails, unless it is set to run without.
fn openssl_is_here() -> bool {
    let here = Command::new("openssl").arg("version").output().is_ok();
    let renounced = std::env::var_os("IMDS_TESTS_WITHOUT_OPENSSL").is_some();
    assert!(
        here || renounced,
        "openssl is missing: install it, or set IMDS_TESTS_WITHOUT_OPENSSL to leave this unchecked"
    );
    here
}

#[tokio::test]
async fn openssl_verifies_it_against_the_root_and_no_other() {
    if !openssl_is_here() {
        return;
    }
    let emulator = start("").await;
    let target = format!("{PATH}=2021-02-01&nonce=1234567890");
    let files = Files::of(&emulator, "verified", &target).await;
    let verified = files.verify();
    assert!(verified.status.success(), "{verified:?}");
    let content = files.content();
    assert_eq!(content["nonce"], "1234567890");
    assert_eq!(content["licenseType"], "");

    let printed = files.openssl(&["pkcs7", "-inform", "DER", "-in", "document", "-print_certs"]);
    std::fs::write(files.path("signer.pem"), printed.stdout).unwrap();
    let names = "x509 -in signer.pem -noout -ext subjectAltName";
    let names = files.openssl(&names.split(' ').collect::<Vec<_>>()).stdout;
    let names = String::from_utf8(names).unwrap();
    let expected = "DNS:westeurope.metadata.azure.com, DNS:metadata.azure.com";
    assert!(names.contains(expected), "{names}");

    let stranger = admin(&start("").await, "/attested/root.pem").await.body;
    std::fs::write(files.path("root.pem"), stranger).unwrap();
    assert!(!files.verify().status.success());
}

#[tokio::test]
async fn the_digest_can_be_called_what_the_service_calls_it() {
    if !openssl_is_here() {
        return;
    }
    let emulator = start("attested.digest_algorithm = 'sha256-with-rsa'").await;
    let files = Files::of(&emulator, "misnamed", &format!("{PATH}=2018-10-01")).await;
    let printed = "cms -cmsout -print -inform DER -in document -noout";
    let printed = files
        .openssl(&printed.split(' ').collect::<Vec<_>>())
        .stdout;
    let printed = String::from_utf8(printed).unwrap();
    let (_, digests) = printed.split_once("digestAlgorithms:").unwrap();
    let (digests, _) = digests.split_once("encapContentInfo:").unwrap();
    assert!(digests.contains("sha256WithRSAEncryption"), "{digests}");
}

#[tokio::test]
async fn a_version_or_a_nonce_that_will_not_do_is_a_400() {
    let emulator = start("").await;
    let text = async |query: &str| {
        let answer = imds(&emulator, &format!("{PATH}={query}")).await;
        assert_eq!(answer.status, 400);
        answer.body
    };
    assert!(text("2018-04-02").await.contains("api-version is invalid"));
    assert_eq!(
        text("2018-10-01&nonce=a-b").await,
        r#"{ "error": "Bad request. nonce is not up to 32 letters and digits" }"#
    );
}
