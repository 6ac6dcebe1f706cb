//! The bodies of requests, read up to a maximum length.

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;

/// How long a body may be, in bytes (assumed; the real limit is not documented).
const LONGEST: usize = 64 * 1024;

/// Why a body could not be read: as a rule its connection was closed.
pub(crate) type Broken = Box<dyn std::error::Error + Send + Sync>;

/// The whole body; `None` if it is too long.
pub(crate) async fn read<B>(body: B) -> Result<Option<Bytes>, Broken>
where
    B: Body,
    B::Error: Into<Broken>,
{
    match Limited::new(body, LONGEST).collect().await {
        Ok(collected) => Ok(Some(collected.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a body of at most so many bytes without keeping it; whether it was read to its end.
pub(crate) async fn drain<B>(body: B, most: usize) -> bool
where
    B: Body + Unpin,
    B::Error: Into<Broken>,
{
    let mut body = Limited::new(body, most);
    loop {
        match body.frame().await {
            None => return true,
            Some(Ok(_)) => {}
            Some(Err(_)) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[tokio::test]
    async fn reads_up_to_the_limit_and_not_beyond() {
        for (length, expected) in [(0, Some(0)), (LONGEST, Some(LONGEST)), (LONGEST + 1, None)] {
            let body = Full::new(Bytes::from(vec![b' '; length]));
            let read = read(body).await.unwrap();
            assert_eq!(read.map(|body| body.len()), expected);
        }
    }

    #[tokio::test]
    async fn drains_up_to_the_limit_and_not_beyond() {
        for (length, whole) in [(0, true), (9, true), (10, false)] {
            let body = Full::new(Bytes::from(vec![b' '; length]));
            assert_eq!(drain(body, 9).await, whole);
        }
    }
}
