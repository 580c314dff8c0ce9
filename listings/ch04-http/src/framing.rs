//! Where the content of a message ends, and what becomes of the connection.
//!
//! This is [RFC 9112, section
//! 6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3), without the ways
//! out that it leaves: a message whose length two readers could see
//! differently is refused.

use crate::fault::Fault;
use crate::head::{self, Fields, Request, Response, Version};
use crate::limits::Limits;
use crate::status;

/// Where the content ends.
// ANCHOR: framing
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// After this many bytes; often after none.
    Length(u64),
    /// Behind the chunk of no length, and the trailer section.
    Chunked,
    /// With the connection.
    UntilClose,
    /// Nowhere: what follows is not HTTP.
    Tunnel,
}
// ANCHOR_END: framing

/// What a head says beside its method and target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// Where the content ends.
    pub framing: Framing,
    /// Whether the connection may serve another request after this one ([RFC
    /// 9112, section
    /// 9.3](https://www.rfc-editor.org/rfc/rfc9112#section-9.3)).
    pub keep_alive: bool,
    /// What the client expects before it sends the content; nothing if
    /// there is none to send, or if it speaks HTTP/1.0.
    pub expect: Expect,
    /// Whether `Connection` has `upgrade`: `Upgrade` means something then.
    pub upgrade: bool,
}

/// The `Expect` field ([RFC 9110, section
/// 10.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expect {
    /// There is none.
    #[default]
    Nothing,
    /// `100-continue`: it waits for 100, or for the answer.
    Continue,
    /// Something that nobody has defined: the answer is 417.
    Unknown,
}

/// What the fields that concern the connection hold, unjudged.
#[derive(Default)]
struct Found<'a> {
    length: Option<Result<u64, Fault>>,
    lengths: u32,
    coding: Option<Coding>,
    hosts: u32,
    host: &'a [u8],
    close: bool,
    keep: bool,
    upgrade: bool,
    expect: Expect,
}

/// All `Transfer-Encoding` fields together.
#[derive(Clone, Copy)]
enum Coding {
    /// `chunked` and nothing else.
    Chunked,
    /// Something else, or more.
    Bad(Fault),
}

impl<'a> Found<'a> {
    // ANCHOR: found
    fn among(fields: Fields<'a>) -> Self {
        let mut found = Found::default();
        for (name, value) in fields.raw() {
            // Most names are none of these, and their length tells.
            match name.len() {
                4 if name.eq_ignore_ascii_case(b"host") => {
                    found.hosts += 1;
                    found.host = value;
                }
                6 if name.eq_ignore_ascii_case(b"expect") => {
                    found.expect = expectation(found.expect, value);
                }
                10 if name.eq_ignore_ascii_case(b"connection") => {
                    found.connection(value);
                }
                14 if name.eq_ignore_ascii_case(b"content-length") => {
                    found.lengths += 1;
                    found.length = Some(length(value));
                }
                17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                    found.coding = Some(coding(found.coding, value));
                }
                _ => {}
            }
        }
        found
    }
    // ANCHOR_END: found

    fn connection(&mut self, value: &[u8]) {
        for option in elements(value) {
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep |= option.eq_ignore_ascii_case(b"keep-alive");
            self.upgrade |= option.eq_ignore_ascii_case(b"upgrade");
        }
    }

    // ANCHOR: judge
    /// What the fields say of the content; `None` if they say nothing.
    fn framing(&self, version: Version) -> Result<Option<Framing>, Fault> {
        let length = match (&self.length, self.lengths) {
            (_, 2..) => return Err(Fault::TwoLengths),
            (Some(length), _) => Some((*length)?),
            (None, _) => None,
        };
        match self.coding {
            None => Ok(length.map(Framing::Length)),
            Some(_) if version < Version::Http11 => {
                Err(Fault::CodingInOldVersion)
            }
            Some(Coding::Bad(fault)) if fault != Fault::UnknownCoding => {
                Err(fault)
            }
            Some(_) if length.is_some() => Err(Fault::LengthAndCoding),
            Some(Coding::Chunked) => Ok(Some(Framing::Chunked)),
            Some(Coding::Bad(fault)) => Err(fault),
        }
    }
    // ANCHOR_END: judge

    fn meaning(&self, version: Version, framing: Framing) -> Meaning {
        let keep_alive = match version {
            Version::Http11 => !self.close,
            Version::Http10 => self.keep && !self.close,
        };
        Meaning {
            framing,
            keep_alive: keep_alive
                && matches!(framing, Framing::Length(_) | Framing::Chunked),
            expect: match (self.expect, version, framing) {
                // It does not know 100.
                (_, Version::Http10, _) => Expect::Nothing,
                // Nothing is held back that 100 would call for.
                (Expect::Continue, _, Framing::Length(0)) => Expect::Nothing,
                (expect, ..) => expect,
            },
            upgrade: self.upgrade && version == Version::Http11,
        }
    }
}

/// Elements of a list, white space around them taken off ([RFC 9110, section
/// 5.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1)).
fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

fn expectation(so_far: Expect, value: &[u8]) -> Expect {
    elements(value).filter(|element| !element.is_empty()).fold(
        so_far,
        |so_far, element| match so_far {
            Expect::Unknown => Expect::Unknown,
            _ if element.eq_ignore_ascii_case(b"100-continue") => {
                Expect::Continue
            }
            _ => Expect::Unknown,
        },
    )
}

// ANCHOR: length
/// A number of bytes: digits, and nothing else. `+5`, `5, 5` and ` 5` inside
/// another value are numbers to some parsers.
fn length(value: &[u8]) -> Result<u64, Fault> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(Fault::LengthNotNumber);
    }
    let digit = |length: u64, digit: &u8| {
        length.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    };
    value.iter().try_fold(0, digit).ok_or(Fault::BodyTooLong)
}
// ANCHOR_END: length

// ANCHOR: coding
fn coding(so_far: Option<Coding>, value: &[u8]) -> Coding {
    if so_far.is_none() && value.eq_ignore_ascii_case(b"chunked") {
        return Coding::Chunked;
    }
    let mut fault = match so_far {
        None => None,
        Some(Coding::Bad(fault)) => Some(fault),
        // Another field follows the one that had `chunked`.
        Some(Coding::Chunked) => Some(Fault::ChunkedNotLast),
    };
    let mut chunked = false;
    for element in elements(value) {
        let name = element.split(|byte| *byte == b';').next();
        let name = name.unwrap_or_default().trim_ascii_end();
        let next = match name {
            _ if chunked => Fault::ChunkedNotLast,
            _ if !ch02_concepts::fields::is_token(name) => Fault::BadCoding,
            _ if element.eq_ignore_ascii_case(b"chunked") => {
                chunked = true;
                continue;
            }
            // With parameters, which it does not have.
            _ if name.eq_ignore_ascii_case(b"chunked") => Fault::BadCoding,
            _ => Fault::UnknownCoding,
        };
        // What is ambiguous weighs more than what is unknown.
        if fault.is_none_or(|fault| fault == Fault::UnknownCoding) {
            fault = Some(next);
        }
    }
    Coding::Bad(fault.unwrap_or(Fault::BadCoding))
}
// ANCHOR_END: coding

/// Judges the head of a request.
///
/// # Errors
/// What is wrong with `Host`, `Content-Length` or `Transfer-Encoding`, and
/// [`Fault::BodyTooLong`].
// ANCHOR: of_request
pub fn of_request(
    request: &Request<'_>,
    limits: &Limits,
) -> Result<Meaning, Fault> {
    let found = Found::among(request.fields());
    let version = request.version();
    match found.hosts {
        0 if version == Version::Http11 => return Err(Fault::NoHost),
        2.. => return Err(Fault::TwoHosts),
        _ if !head::is_authority(found.host) => return Err(Fault::BadHost),
        _ => {}
    }
    let framing = found.framing(version)?;
    let framing = match framing.unwrap_or(Framing::Length(0)) {
        Framing::Length(length) if length > limits.body => {
            return Err(Fault::BodyTooLong);
        }
        framing => framing,
    };
    Ok(found.meaning(version, framing))
}
// ANCHOR_END: of_request

/// What a response answers: that decides whether it has content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asked {
    /// HEAD: the answer has none, whatever its fields say.
    Head,
    /// CONNECT: 2xx opens a tunnel.
    Connect,
    /// Anything else.
    #[default]
    Other,
}

impl Asked {
    /// Of a method.
    pub fn by(method: &str) -> Self {
        match method {
            "HEAD" => Asked::Head,
            "CONNECT" => Asked::Connect,
            _ => Asked::Other,
        }
    }
}

/// Judges the head of a response to a request.
///
/// # Errors
/// What is wrong with `Content-Length` or `Transfer-Encoding`, and
/// [`Fault::BodyTooLong`]. Unlike RFC 9112, it does not let one of the two
/// win: who sends both is broken, or does not send for us alone.
pub fn of_response(
    response: &Response<'_>,
    asked: Asked,
    limits: &Limits,
) -> Result<Meaning, Fault> {
    let found = Found::among(response.fields());
    let version = response.version();
    let code = response.status();
    let framing = match (code, asked) {
        (status::SWITCHING_PROTOCOLS, _) => Framing::Tunnel,
        (200..300, Asked::Connect) => Framing::Tunnel,
        // Of a message without content the fields say what there would be,
        // and still have to make sense.
        (_, Asked::Head) => {
            found.framing(version)?;
            Framing::Length(0)
        }
        _ if status::is_bodiless(code) => {
            found.framing(version)?;
            Framing::Length(0)
        }
        _ => found.framing(version)?.unwrap_or(Framing::UntilClose),
    };
    match framing {
        Framing::Length(length) if length > limits.body => {
            Err(Fault::BodyTooLong)
        }
        framing => Ok(found.meaning(version, framing)),
    }
}

#[cfg(test)]
mod tests;
