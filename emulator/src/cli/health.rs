//! `imds-emulator health`: asks an emulator whether it is healthy, without any other program.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use http::uri::Authority;

use crate::cli::exit::Failure;

/// For connecting, and for each read and write.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most that is read of an answer.
const LONGEST_ANSWER: u64 = 4096;

/// `endpoint` is the administration port's `http://HOST:PORT`, `vm` one VM of many.
pub(crate) fn check(endpoint: &str, vm: Option<&str>) -> Result<(), Failure> {
    let unhealthy = |why: String| Failure::Unhealthy(endpoint.to_owned(), why);
    let path = vm.map_or("/healthz".to_owned(), |vm| format!("/vms/{vm}/healthz"));
    let answer = ask(endpoint, &path).map_err(|error| unhealthy(error.to_string()))?;
    let status = answer.lines().next().unwrap_or_default();
    match (status.split(' ').nth(1), vm) {
        (Some("200"), _) => Ok(()),
        (Some("404"), Some(vm)) => Err(unhealthy(format!("no VM is called `{vm}` there"))),
        (Some("404"), None) => Err(unhealthy("this is no administration port".to_owned())),
        _ => Err(unhealthy(format!("answered {status:?}"))),
    }
}

fn ask(endpoint: &str, path: &str) -> io::Result<String> {
    let authority = endpoint.trim_start_matches("http://");
    let mut stream = connect(authority)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Without a port it is that of HTTP.
fn addresses(authority: &str) -> io::Result<impl Iterator<Item = SocketAddr>> {
    let wrong = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let authority: Authority = authority.parse().map_err(wrong)?;
    let host = authority.host().trim_matches(['[', ']']);
    (host, authority.port_u16().unwrap_or(80)).to_socket_addrs()
}

/// The first of the name's addresses that takes the connection.
fn connect(authority: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "no such host");
    for address in addresses(authority)? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_port_it_is_that_of_http() {
        for (authority, address) in [
            ("127.0.0.1", "127.0.0.1:80"),
            ("127.0.0.1:7", "127.0.0.1:7"),
            ("[::1]:7", "[::1]:7"),
        ] {
            let found = addresses(authority).expect("an address").next();
            assert_eq!(found, address.parse().ok(), "{authority}");
        }
    }
}
