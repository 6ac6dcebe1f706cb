//! Resource Manager with TLS.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::cloud::Cloud;
use crate::raw::{admin, start};

/// The same port, with TLS.
async fn get_with_tls(cloud: &Cloud, root: &str, target: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_slice(root.as_bytes()).unwrap();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls_graviola::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let url = cloud.emulator.resource_manager_url().unwrap();
    let address = url.trim_start_matches("http://");
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, stream).await?;
    let request = format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn with_tls_it_is_the_server_that_its_root_vouches_for_and_no_other() {
    let cloud = Cloud::start().await;
    let root = async |cloud: &Cloud| {
        let answer = admin(&cloud.emulator, "/resource_manager/root.pem").await;
        assert_eq!(
            answer.header("content-type"),
            Some("application/x-pem-file")
        );
        answer.body
    };
    let target = "/metadata/endpoints?api-version=2022-09-01";
    let answer = get_with_tls(&cloud, &root(&cloud).await, target)
        .await
        .unwrap();
    let url = cloud.emulator.resource_manager_url().unwrap();
    let secure = url.replace("http:", "https:");
    let expected = format!("\"resourceManager\":\"{secure}\"");
    assert!(answer.contains(&expected), "{answer}");
    let stranger = root(&Cloud::start().await).await;
    get_with_tls(&cloud, &stranger, target).await.unwrap_err();
}

#[tokio::test]
async fn where_it_is_not_served_there_is_no_root() {
    let answer = admin(&start("").await, "/resource_manager/root.pem").await;
    assert_eq!(answer.status, 404);
}
