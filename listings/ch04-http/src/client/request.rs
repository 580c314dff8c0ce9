//! What may be asked, and how that is written.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use ch02_concepts::fields::is_token;
use url::Url;

use crate::client::{FieldList, Origin};
use crate::encode::{self, BadField};

/// Why a request is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadRequest {
    /// The method is no token, or longer than 32 bytes.
    Method,
    /// CONNECT, which is for proxies, or TRACE with content.
    MethodUse,
    /// The text is no URL.
    NotAUrl,
    /// The URL is longer than [`MAX_URL`].
    UrlTooLong,
    /// The scheme is neither `http` nor `https`.
    Scheme,
    /// The URL names no host that can be asked.
    Host,
    /// The URL has a user's name or a password.
    Credentials,
    /// The target has a byte that is not visible ASCII.
    Target,
    /// The field is none: a name that is no token, or a line break in a value.
    Field(BadField),
    /// The field is the client's own to write: it says where the content ends,
    /// or what becomes of the connection.
    OwnField,
    /// Another protocol together with content.
    UpgradeContent,
}

impl fmt::Display for BadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadRequest::Method => "the method is no token",
            BadRequest::MethodUse => "the method is not for this",
            BadRequest::NotAUrl => "not a URL",
            BadRequest::UrlTooLong => "the URL is too long",
            BadRequest::Scheme => "the scheme is neither http nor https",
            BadRequest::Host => "the URL names no host",
            BadRequest::Credentials => "the URL has a user or a password",
            BadRequest::Target => "a byte that cannot be in a target",
            BadRequest::Field(why) => return why.fmt(f),
            BadRequest::OwnField => "the client writes this field itself",
            BadRequest::UpgradeContent => "another protocol, and content",
        })
    }
}

impl std::error::Error for BadRequest {}

impl From<BadField> for BadRequest {
    fn from(why: BadField) -> Self {
        BadRequest::Field(why)
    }
}

/// The longest URL that is asked for, in bytes: as long as the longest line of
/// a head by default.
pub const MAX_URL: usize = 8 << 10;

/// What a request brings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Content {
    /// Nothing.
    #[default]
    None,
    /// These bytes. They can be sent again.
    Known(Bytes),
    /// So many bytes, that the caller will give once.
    Length(u64),
    /// Bytes that the caller will give once, in chunks.
    Chunked,
}

/// A request, checked: whatever it holds can be written.
// ANCHOR: request
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: String,
    pub(crate) url: Url,
    pub(crate) origin: Origin,
    pub(crate) fields: FieldList,
    pub(crate) content: Content,
    pub(crate) expect: Option<Duration>,
    pub(crate) upgrade: Option<String>,
    pub(crate) close: bool,
}
// ANCHOR_END: request

/// Fields that [`Request::write`] writes itself, or that are not for one
/// message but for the connection ([RFC 9110, section
/// 7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
const OWN: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Request {
    /// A request without fields and content. A fragment in the URL stays with
    /// the client.
    ///
    /// # Errors
    /// [`BadRequest`]: what is wrong with the method or the URL.
    pub fn new(method: &str, url: Url) -> Result<Self, BadRequest> {
        if !is_token(method.as_bytes()) || method.len() > 32 {
            return Err(BadRequest::Method);
        }
        if method == "CONNECT" {
            return Err(BadRequest::MethodUse);
        }
        if url.as_str().len() > MAX_URL {
            return Err(BadRequest::UrlTooLong);
        }
        let origin = Origin::of(&url)?;
        let target = [url.path(), url.query().unwrap_or_default()];
        let visible = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        if !url.path().starts_with('/') || !target.into_iter().all(visible) {
            return Err(BadRequest::Target);
        }
        Ok(Request {
            method: method.into(),
            url,
            origin,
            fields: FieldList::default(),
            content: Content::None,
            expect: None,
            upgrade: None,
            close: false,
        })
    }

    /// GET. Text is parsed as browsers do it: spaces go, `\` is `/`.
    ///
    /// # Errors
    /// As [`Request::new`].
    pub fn get(url: &str) -> Result<Self, BadRequest> {
        let url = Url::parse(url).map_err(|_| BadRequest::NotAUrl)?;
        Request::new("GET", url)
    }

    /// Adds a field.
    ///
    /// # Errors
    /// [`BadRequest::Field`], and [`BadRequest::OwnField`] for what
    /// [`Request::write`] decides.
    // ANCHOR: field
    pub fn field(
        mut self,
        name: &str,
        value: impl AsRef<[u8]>,
    ) -> Result<Self, BadRequest> {
        self.add(name, value.as_ref(), false)?;
        Ok(self)
    }

    /// Adds a field that is for this origin alone, as `Authorization` and
    /// `Cookie` always are: a redirect does not take it elsewhere, and `{:?}`
    /// does not show it.
    ///
    /// # Errors
    /// As [`Request::field`].
    pub fn secret(
        mut self,
        name: &str,
        value: impl AsRef<[u8]>,
    ) -> Result<Self, BadRequest> {
        self.add(name, value.as_ref(), true)?;
        Ok(self)
    }
    // ANCHOR_END: field

    fn add(
        &mut self,
        name: &str,
        value: &[u8],
        secret: bool,
    ) -> Result<(), BadRequest> {
        if OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(BadRequest::OwnField);
        }
        let secret = secret || is_secret(name);
        Ok(self.fields.push(name, value.trim_ascii(), secret)?)
    }

    /// Brings these bytes.
    ///
    /// # Errors
    /// [`BadRequest::MethodUse`] for TRACE, [`BadRequest::UpgradeContent`].
    pub fn content(self, bytes: impl Into<Bytes>) -> Result<Self, BadRequest> {
        self.brings(Content::Known(bytes.into()))
    }

    /// Brings what the driver is given beside the request: so many bytes, or,
    /// if nobody knows how many, in chunks.
    ///
    /// # Errors
    /// As [`Request::content`].
    pub fn stream(self, length: Option<u64>) -> Result<Self, BadRequest> {
        self.brings(length.map_or(Content::Chunked, Content::Length))
    }

    fn brings(mut self, content: Content) -> Result<Self, BadRequest> {
        if self.method == "TRACE" {
            return Err(BadRequest::MethodUse);
        }
        if self.upgrade.is_some() {
            return Err(BadRequest::UpgradeContent);
        }
        self.content = content;
        Ok(self)
    }

    /// Holds the content back until the server says 100, or answers; but no
    /// longer than this ([RFC 9110, section
    /// 10.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1)).
    /// Without content it does nothing.
    pub fn expect_continue(mut self, at_most: Duration) -> Self {
        self.expect = Some(at_most);
        self
    }

    /// Asks to go on with another protocol ([RFC 9110, section
    /// 7.8](https://www.rfc-editor.org/rfc/rfc9110#section-7.8)).
    ///
    /// # Errors
    /// [`BadRequest::Field`] if it is no name of one,
    /// [`BadRequest::UpgradeContent`].
    pub fn upgrade(mut self, protocol: &str) -> Result<Self, BadRequest> {
        let mut parts = protocol.splitn(2, '/');
        if !parts.all(|part| is_token(part.as_bytes())) {
            return Err(BadRequest::Field(BadField::Value));
        }
        if self.content != Content::None {
            return Err(BadRequest::UpgradeContent);
        }
        self.upgrade = Some(protocol.into());
        Ok(self)
    }

    /// Asks on a connection that is used for nothing afterwards.
    pub fn close(mut self) -> Self {
        self.close = true;
        self
    }

    /// The method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The URL.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whom to ask.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The fields that were added.
    pub fn fields(&self) -> &FieldList {
        &self.fields
    }

    /// Whether asking twice is asking once: by the method ([RFC 9110, section
    /// 9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2), [RFC
    /// 10008](https://www.rfc-editor.org/rfc/rfc10008)), or because it has an
    /// `Idempotency-Key`.
    pub fn is_idempotent(&self) -> bool {
        matches!(
            self.method.as_str(),
            "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE" | "QUERY"
        ) || self.fields.first("idempotency-key").is_some()
    }

    /// Appends the head, to the empty line.
    // ANCHOR: write
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.method.as_bytes());
        out.push(b' ');
        out.extend_from_slice(self.url.path().as_bytes());
        if let Some(query) = self.url.query() {
            out.push(b'?');
            out.extend_from_slice(query.as_bytes());
        }
        out.extend_from_slice(b" HTTP/1.1\r\n");
        own(out, "Host", &self.origin.authority());
        self.fields.write(out);
        match &self.content {
            Content::Known(bytes) => length(out, bytes.len() as u64),
            Content::Length(bytes) => length(out, *bytes),
            Content::Chunked => own(out, "Transfer-Encoding", "chunked"),
            // With these methods a server expects content.
            Content::None => match self.method.as_str() {
                "POST" | "PUT" | "PATCH" => length(out, 0),
                _ => {}
            },
        }
        if self.holds_back().is_some() {
            own(out, "Expect", "100-continue");
        }
        match &self.upgrade {
            Some(protocol) => {
                own(out, "Connection", "upgrade");
                own(out, "Upgrade", protocol);
            }
            None if self.close => own(out, "Connection", "close"),
            None => {}
        }
        out.extend_from_slice(b"\r\n");
    }
    // ANCHOR_END: write

    /// How long to wait with the content, if there is any.
    pub(crate) fn holds_back(&self) -> Option<Duration> {
        let none = match &self.content {
            Content::None | Content::Length(0) => true,
            Content::Known(bytes) => bytes.is_empty(),
            _ => false,
        };
        self.expect.filter(|_| !none)
    }
}

/// Whether a field is a secret by its name.
pub(crate) fn is_secret(name: &str) -> bool {
    const SECRET: [&str; 3] =
        ["authorization", "cookie", "proxy-authorization"];
    SECRET
        .iter()
        .any(|secret| secret.eq_ignore_ascii_case(name))
}

fn own(out: &mut Vec<u8>, name: &str, value: &str) {
    encode::field(out, name, value.as_bytes())
        .expect("checked when the request was made");
}

fn length(out: &mut Vec<u8>, length: u64) {
    own(out, "Content-Length", &length.to_string());
}
