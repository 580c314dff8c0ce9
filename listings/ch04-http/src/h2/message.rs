//! What a field list has to be to make a request (RFC 9113 sections 8.2 and
//! 8.3), and the request as HTTP/1.1.
//!
//! In HTTP/2 a length says where a value ends, so a value can hold any octet.
//! In HTTP/1.1 CR and LF end it. A gateway that copies one into the other
//! without looking lets the client write the messages that the origin reads.

use std::error;
use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};

use crate::h2::hpack::Field;

/// A request whose every part can be written as HTTP/1.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    method: Bytes,
    // None of CONNECT.
    target: Option<(Bytes, Bytes)>,
    authority: Option<Bytes>,
    // Without host, cookie, content-length and te.
    fields: Vec<Field>,
    cookie: Option<Bytes>,
    content_length: Option<u64>,
}

/// Why a field list is no request: a stream error of type PROTOCOL_ERROR
/// (RFC 9113 section 8.1.1), or status 400.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// Not a token, or with an uppercase letter.
    Name(Bytes),
    /// A value with a control character, or white space at an end.
    Value(Bytes),
    /// A pseudo-header field behind a field, or one that no request has.
    Pseudo(Bytes),
    /// A pseudo-header field, or Host, that comes twice.
    Twice(Bytes),
    /// A pseudo-header field that is not there.
    Missing(&'static str),
    /// A pseudo-header field with a value that HTTP/1.1 could not carry.
    Control(&'static str),
    /// A field about the connection.
    ConnectionSpecific(Bytes),
    /// Host and `:authority` name two hosts.
    TwoHosts,
    /// Content-Length is not one number, or not that of the octets that came.
    ContentLength,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::Name(name) => {
                write!(f, "a bad name: {:?}", name.escape_ascii().to_string())
            }
            Malformed::Value(name) => {
                write!(f, "a bad value of {}", name.escape_ascii())
            }
            Malformed::Pseudo(name) => {
                write!(f, "{} out of place", name.escape_ascii())
            }
            Malformed::Twice(name) => {
                write!(f, "{} twice", name.escape_ascii())
            }
            Malformed::Missing(name) => write!(f, "no {name}"),
            Malformed::Control(name) => write!(f, "a bad {name}"),
            Malformed::ConnectionSpecific(name) => {
                write!(f, "{} is HTTP/1.1's", name.escape_ascii())
            }
            Malformed::TwoHosts => f.write_str("host is not :authority"),
            Malformed::ContentLength => f.write_str("a bad content-length"),
        }
    }
}

impl error::Error for Malformed {}

impl Request {
    /// The request that `fields` are.
    ///
    /// # Errors
    /// [`Malformed`] names the first rule that is broken.
    // ANCHOR: from_fields
    pub fn from_fields(fields: &[Field]) -> Result<Request, Malformed> {
        let mut pseudo = Pseudo::default();
        let mut rest = Rest::default();
        for field in fields {
            check_value(field)?;
            if field.name.starts_with(b":") {
                if rest.begun {
                    return Err(Malformed::Pseudo(field.name.clone()));
                }
                pseudo.take(field)?;
            } else {
                check_name(&field.name)?;
                rest.take(field)?;
            }
        }
        let authority = match (pseudo.authority.clone(), rest.host.take()) {
            (Some(a), Some(h)) if !a.eq_ignore_ascii_case(&h) => {
                return Err(Malformed::TwoHosts);
            }
            (authority, host) => authority.or(host),
        };
        pseudo.request(authority, rest)
    }
    // ANCHOR_END: from_fields

    /// The method, a token.
    pub fn method(&self) -> &[u8] {
        &self.method
    }

    /// Host and, if it was given, port.
    pub fn authority(&self) -> Option<&[u8]> {
        self.authority.as_deref()
    }

    /// The path, with its query; CONNECT has none.
    pub fn path(&self) -> Option<&[u8]> {
        self.target.as_ref().map(|(_, path)| &path[..])
    }

    /// Whether the body may go on, or end, after `octets` of DATA.
    ///
    /// # Errors
    /// [`Malformed::ContentLength`].
    pub fn check_body(&self, octets: u64, end: bool) -> Result<(), Malformed> {
        match self.content_length {
            Some(length) if octets > length => Err(Malformed::ContentLength),
            Some(length) if end && octets != length => {
                Err(Malformed::ContentLength)
            }
            _ => Ok(()),
        }
    }

    /// The request as HTTP/1.1, with a body that came as DATA frames, or
    /// `None` if HEADERS ended the stream.
    ///
    /// The length is counted, not copied. Cookie fields become one (section
    /// 8.2.3), and Host is `:authority` (section 8.3.1).
    ///
    /// # Errors
    /// [`Malformed::ContentLength`], if the body has another length than the
    /// request said; [`Malformed::Control`] for CONNECT, which asks for a
    /// tunnel and has no body.
    // ANCHOR: to_http1
    pub fn to_http1(&self, body: Option<&[u8]>) -> Result<Bytes, Malformed> {
        let Some((_, path)) = &self.target else {
            return Err(Malformed::Control(":method"));
        };
        self.check_body(body.map_or(0, <[u8]>::len) as u64, true)?;
        let mut out = BytesMut::new();
        out.put_slice(&self.method);
        out.put_u8(b' ');
        out.put_slice(path);
        out.put_slice(b" HTTP/1.1\r\n");
        put(&mut out, b"host", self.authority.as_deref().unwrap_or(b""));
        for Field { name, value, .. } in &self.fields {
            put(&mut out, name, value);
        }
        if let Some(cookie) = &self.cookie {
            put(&mut out, b"cookie", cookie);
        }
        if let Some(body) = body {
            put(
                &mut out,
                b"content-length",
                body.len().to_string().as_bytes(),
            );
        }
        out.put_slice(b"\r\n");
        out.put_slice(body.unwrap_or(b""));
        Ok(out.freeze())
    }
    // ANCHOR_END: to_http1
}

fn put(out: &mut BytesMut, name: &[u8], value: &[u8]) {
    for part in [name, b": ", value, b"\r\n"] {
        out.put_slice(part);
    }
}

/// The pseudo-header fields of a request.
#[derive(Default)]
struct Pseudo {
    method: Option<Bytes>,
    scheme: Option<Bytes>,
    authority: Option<Bytes>,
    path: Option<Bytes>,
}

impl Pseudo {
    fn take(&mut self, field: &Field) -> Result<(), Malformed> {
        let (place, fits): (_, fn(&[u8]) -> bool) = match &field.name[..] {
            b":method" => (&mut self.method, is_token),
            b":scheme" => (&mut self.scheme, is_scheme),
            b":authority" => (&mut self.authority, is_authority),
            b":path" => (&mut self.path, is_path),
            _ => return Err(Malformed::Pseudo(field.name.clone())),
        };
        if place.is_some() {
            return Err(Malformed::Twice(field.name.clone()));
        }
        if !fits(&field.value) {
            return Err(Malformed::Value(field.name.clone()));
        }
        *place = Some(field.value.clone());
        Ok(())
    }

    fn request(
        self,
        authority: Option<Bytes>,
        rest: Rest,
    ) -> Result<Request, Malformed> {
        let missing = Malformed::Missing;
        let method = self.method.ok_or(missing(":method"))?;
        let target = match (&method[..], self.scheme, self.path) {
            (b"CONNECT", None, None) => {
                self.authority.ok_or(missing(":authority"))?;
                None
            }
            (b"CONNECT", Some(_), _) => {
                return Err(Malformed::Control(":scheme"));
            }
            (b"CONNECT", None, Some(_)) => {
                return Err(Malformed::Control(":path"));
            }
            (_, None, _) => return Err(missing(":scheme")),
            (_, _, None) => return Err(missing(":path")),
            (method, Some(scheme), Some(path)) => {
                if path == "*" && method != b"OPTIONS" {
                    return Err(Malformed::Control(":path"));
                }
                Some((scheme, path))
            }
        };
        Ok(Request {
            method,
            target,
            authority,
            fields: rest.fields,
            cookie: rest.cookie,
            content_length: rest.content_length,
        })
    }
}

/// The other fields.
#[derive(Default)]
struct Rest {
    begun: bool,
    host: Option<Bytes>,
    cookie: Option<Bytes>,
    content_length: Option<u64>,
    fields: Vec<Field>,
}

impl Rest {
    // ANCHOR: take
    fn take(&mut self, field: &Field) -> Result<(), Malformed> {
        self.begun = true;
        let value = &field.value;
        match &field.name[..] {
            b"connection" | b"keep-alive" | b"proxy-connection"
            | b"transfer-encoding" | b"upgrade" => {
                Err(Malformed::ConnectionSpecific(field.name.clone()))
            }
            b"te" if value != "trailers" => {
                Err(Malformed::ConnectionSpecific(field.name.clone()))
            }
            // It is about this connection, and ends here.
            b"te" => Ok(()),
            b"host" if self.host.is_some() => {
                Err(Malformed::Twice(field.name.clone()))
            }
            b"host" if !is_authority(value) => {
                Err(Malformed::Value(field.name.clone()))
            }
            b"host" => {
                self.host = Some(value.clone());
                Ok(())
            }
            b"content-length" => self.take_length(value),
            b"cookie" => {
                self.cookie = Some(match self.cookie.take() {
                    None => value.clone(),
                    Some(before) => {
                        [&before[..], value].join(&b"; "[..]).into()
                    }
                });
                Ok(())
            }
            _ => {
                self.fields.push(field.clone());
                Ok(())
            }
        }
    }
    // ANCHOR_END: take

    fn take_length(&mut self, value: &[u8]) -> Result<(), Malformed> {
        // `parse` alone would take "+5".
        let length = Some(value)
            .filter(|value| value.iter().all(u8::is_ascii_digit))
            .and_then(|value| str::from_utf8(value).ok()?.parse().ok())
            .ok_or(Malformed::ContentLength)?;
        match self.content_length.replace(length) {
            Some(before) if before != length => Err(Malformed::ContentLength),
            _ => Ok(()),
        }
    }
}

/// RFC 9110 section 5.6.2, without the uppercase letters (RFC 9113 section
/// 8.2.1).
fn check_name(name: &Bytes) -> Result<(), Malformed> {
    if is_token(name) && !name.iter().any(u8::is_ascii_uppercase) {
        return Ok(());
    }
    Err(Malformed::Name(name.clone()))
}

/// RFC 9110 section 5.5: visible octets, spaces and tabs within.
// ANCHOR: check_value
fn check_value(field: &Field) -> Result<(), Malformed> {
    let visible = |octet: &u8| !matches!(octet, 0..0x20 | 0x7f);
    let blank = |octet: Option<&u8>| matches!(octet, Some(b' ' | b'\t'));
    let value = &field.value;
    if !value.iter().all(|octet| visible(octet) || *octet == b'\t')
        || blank(value.first())
        || blank(value.last())
    {
        return Err(Malformed::Value(field.name.clone()));
    }
    Ok(())
}
// ANCHOR_END: check_value

fn is_token(octets: &[u8]) -> bool {
    !octets.is_empty()
        && octets.iter().all(|octet| {
            octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(octet)
        })
}

/// RFC 3986 section 3.1.
fn is_scheme(octets: &[u8]) -> bool {
    octets.first().is_some_and(u8::is_ascii_alphabetic)
        && octets.iter().all(|octet| {
            octet.is_ascii_alphanumeric() || b"+-.".contains(octet)
        })
}

/// What may stand in an authority (RFC 3986 section 3.2), without the user
/// that RFC 9113 section 8.3.1 forbids.
fn is_authority(octets: &[u8]) -> bool {
    !octets.is_empty()
        && octets.iter().all(|octet| {
            octet.is_ascii_alphanumeric()
                || b"-._~%!$&'()*+,;=:[]".contains(octet)
        })
}

/// `*`, or from a slash on: no space, no fragment, nothing that is not ASCII.
fn is_path(octets: &[u8]) -> bool {
    octets == b"*"
        || (octets.starts_with(b"/")
            && octets.iter().all(|o| o.is_ascii_graphic() && *o != b'#'))
}
