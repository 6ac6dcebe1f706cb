//! The attested document is what its version says, and OpenSSL verifies it as Microsoft's guide does.
//! (Other verifiers are in `tests/clients`.)

mod form;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imds_emulator::Emulator;
use serde_json::Value;

use crate::raw::{admin, fetch, imds, start};

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

    fn openssl(&self, arguments: &str) -> Output {
        let mut command = Command::new("openssl");
        command.args(arguments.split(' ')).current_dir(&self.0);
        command.output().expect("openssl was found before")
    }

    fn printed(&self, arguments: &str) -> String {
        String::from_utf8(self.openssl(arguments).stdout).unwrap()
    }

    /// What the guide does: the signer's certificate out of the document, the one above it from where the
    /// signer's says that it is.
    async fn fetch_chain(&self) {
        self.openssl("pkcs7 -in document -inform DER -out sign.pk7");
        self.openssl("pkcs7 -in document -inform DER -print_certs -out signer.pem");
        let text = self.printed("x509 -in signer.pem -text -noout");
        let issuers = text.lines().find(|line| line.contains(" CA Issuers -"));
        let (_, url) = issuers.expect(&text).split_once("URI:").unwrap();
        let (head, intermediate) = fetch(url).await;
        assert!(
            head.contains("Content-Type: application/pkix-cert"),
            "{head}"
        );
        std::fs::write(self.path("intermediate.cer"), intermediate).unwrap();
        self.openssl("x509 -inform der -in intermediate.cer -out intermediate.pem");
    }

    /// The guide's last step.
    fn chain_is_good(&self) -> bool {
        let verify = "verify -verbose -CAfile root.pem -untrusted intermediate.pem signer.pem";
        self.openssl(verify).status.success()
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
async fn the_guides_own_commands_verify_it_against_the_root_and_no_other() {
    if !openssl_is_here() {
        return;
    }
    let emulator = start("").await;
    let target = format!("{PATH}=2021-02-01&nonce=1234567890");
    let files = Files::of(&emulator, "verified", &target).await;
    files.fetch_chain().await;
    let content = files.openssl("smime -verify -in sign.pk7 -inform pem -noverify");
    assert!(content.status.success(), "{content:?}");
    let content: Value = serde_json::from_slice(&content.stdout).unwrap();
    assert_eq!(content["nonce"], "1234567890");
    assert_eq!(content["licenseType"], "");
    assert!(files.chain_is_good());
    let subject = files.printed("x509 -noout -subject -in signer.pem");
    assert_eq!(subject, "subject=CN = metadata.azure.com\n");

    let alone = files.openssl("verify -CAfile root.pem signer.pem");
    assert!(
        !alone.status.success(),
        "the document lacks the intermediate"
    );
    let stranger = admin(&start("").await, "/attested/root.pem").await.body;
    std::fs::write(files.path("root.pem"), stranger).unwrap();
    assert!(!files.chain_is_good());
}

/// The real signer's certificate is one for TLS, which OpenSSL does not take for one of mail.
#[tokio::test]
async fn openssl_wants_to_be_told_any_purpose_as_with_the_real_one() {
    if !openssl_is_here() {
        return;
    }
    let emulator = start("").await;
    let files = Files::of(&emulator, "purpose", &format!("{PATH}=2025-04-07")).await;
    files.fetch_chain().await;
    let read = |name| std::fs::read_to_string(files.path(name)).unwrap();
    std::fs::write(
        files.path("above.pem"),
        read("root.pem") + &read("intermediate.pem"),
    )
    .unwrap();
    let verify = "cms -verify -inform DER -in document -CAfile above.pem";
    let refused = files.openssl(verify);
    assert!(!refused.status.success());
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(why.contains("purpose"), "{why}");
    let verified = files.openssl(&format!("{verify} -purpose any"));
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn openssl_verifies_it_with_signed_attributes_too() {
    if !openssl_is_here() {
        return;
    }
    let emulator = start("attested.signed = 'attributes'").await;
    let files = Files::of(&emulator, "attributes", &format!("{PATH}=2018-10-01")).await;
    files.fetch_chain().await;
    let content = files.openssl("smime -verify -in sign.pk7 -inform pem -noverify");
    assert!(content.status.success(), "{content:?}");
    assert!(files.chain_is_good());
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
