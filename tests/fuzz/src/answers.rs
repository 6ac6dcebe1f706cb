//! Answers of HTTP/1.1, taken apart as strictly as RFC 9112 has it, by another reading than that of the crates under test.

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// What the head says of the body is there.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The answers on a connection, one after the other, to requests of these methods. Interim ones are left out. If the
/// connection was `cut` by a reset, the last may be incomplete.
///
/// # Errors
/// What is no answer, or is left over.
pub fn read(mut bytes: &[u8], methods: &[&str], cut: bool) -> Result<Vec<Answer>, String> {
    let mut answers = vec![];
    while !bytes.is_empty() {
        let method = methods.get(answers.len()).copied().unwrap_or_default();
        match one(bytes, method == "HEAD") {
            Ok((answer, rest)) => {
                bytes = rest;
                if answer.status >= 200 {
                    answers.push(answer);
                }
            }
            Err(_) if cut => break,
            Err(problem) => return Err(problem),
        }
    }
    Ok(answers)
}

fn one(bytes: &[u8], headless: bool) -> Result<(Answer, &[u8]), String> {
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or("a head without an end")?;
    let (head, rest) = (&bytes[..end], &bytes[end + 4..]);
    let head = str::from_utf8(head).map_err(|_| "a head that is not ASCII")?;
    let mut lines = head.split("\r\n");
    let status = status(lines.next().unwrap_or_default())?;
    let headers = lines.map(header).collect::<Result<Vec<_>, _>>()?;
    let mut answer = Answer {
        status,
        headers,
        body: vec![],
    };
    let bodiless = headless || status < 200 || status == 204 || status == 304;
    let length = match (bodiless, answer.header("content-length")) {
        (true, _) => 0,
        (false, Some(length)) => length
            .parse()
            .map_err(|_| format!("a length of {length:?}"))?,
        (false, None) => return Err(format!("a {status} without a length")),
    };
    let body = rest
        .get(..length)
        .ok_or_else(|| format!("{} of {length} bytes", rest.len()))?;
    answer.body = body.to_vec();
    Ok((answer, &rest[length..]))
}

fn status(line: &str) -> Result<u16, String> {
    let wrong = || format!("a status line {line:?}");
    let rest = line
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| line.strip_prefix("HTTP/1.0 "));
    let (status, _) = rest
        .and_then(|rest| rest.split_once(' '))
        .ok_or_else(wrong)?;
    let status = status.parse().map_err(|_| wrong())?;
    if (100..600).contains(&status) {
        Ok(status)
    } else {
        Err(wrong())
    }
}

fn header(line: &str) -> Result<(String, String), String> {
    let wrong = || format!("a header {line:?}");
    let (name, value) = line.split_once(':').ok_or_else(wrong)?;
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let sound = !name.is_empty() && name.bytes().all(token) && !value.contains(char::is_control);
    if !sound {
        return Err(wrong());
    }
    Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
}
