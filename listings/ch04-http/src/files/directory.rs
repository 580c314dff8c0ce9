//! A directory whose files are served.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::encode::BadField;
use crate::files::path::{self, BadPath, segments};
use crate::files::range::{self, Range, Ranges};
use crate::files::validators::{Outcome, Validators};
use crate::head::Request;
use crate::server::response::{Answer, Part, Response};
use crate::status;

/// What a directory's path is completed by.
const INDEX: &str = "index.html";

/// A directory whose files are served.
#[derive(Debug)]
pub struct Files {
    root: Dir,
    cache: Option<String>,
}

impl Files {
    /// The files below `root`: below what has this name now. If another
    /// directory gets the name, we stay with the one we have.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn below(root: &Path) -> io::Result<Self> {
        let root = Dir::open_ambient_dir(root, ambient_authority())?;
        Ok(Files { root, cache: None })
    }

    // ANCHOR: cache
    /// With this `Cache-Control` field ([RFC 9111, section
    /// 5.2](https://www.rfc-editor.org/rfc/rfc9111#section-5.2)) beside every
    /// file, whole, in part or unchanged.
    ///
    /// # Errors
    /// When it is not the value of a field.
    pub fn cache_control(self, value: &str) -> Result<Self, BadField> {
        Response::new(status::OK).field("Cache-Control", value.as_bytes())?;
        let cache = Some(value.into());
        Ok(Files { cache, ..self })
    }
    // ANCHOR_END: cache

    /// Answers a GET or HEAD: a handler for
    /// [`Router::on`](crate::server::router::Router::on).
    ///
    /// Opening a file waits for the disk, and so do all connections of the
    /// thread.
    // ANCHOR: answer
    pub fn answer(&self, request: &Request<'_>, _: SocketAddr) -> Answer {
        self.respond(request, SystemTime::now())
            .unwrap_or_else(Response::status)
            .into()
    }

    fn respond(
        &self,
        request: &Request<'_>,
        now: SystemTime,
    ) -> Result<Response, u16> {
        let mut segments =
            segments(request.path()).map_err(|bad| match bad {
                BadPath::Hidden => status::NOT_FOUND,
                _ => status::BAD_REQUEST,
            })?;
        let is_directory = request.path().ends_with('/');
        if is_directory {
            segments.push(INDEX.into());
        }
        let name = match &segments[..] {
            [] => ".".into(),
            segments => segments.join("/"),
        };
        let file = self.open(&name).map_err(|error| code(&error))?;
        let data = file.metadata().map_err(|error| code(&error))?;
        if data.is_dir() && !is_directory {
            return Ok(moved(&segments, request.query()));
        }
        if !data.is_file() {
            return Err(status::NOT_FOUND);
        }
        let validators = Validators::of(&data, now);
        let content = Content {
            file: Arc::new(file),
            len: data.len(),
            kind: kind(&name),
        };
        let response = content.respond(request, &validators);
        Ok(match (&self.cache, response.code()) {
            (Some(value), 200 | 206 | 304) => {
                response.with("Cache-Control", value)
            }
            _ => response,
        })
    }
    // ANCHOR_END: answer

    // ANCHOR: open
    /// Opens a file below the root. Symbolic links are followed as long as
    /// they stay there. A pipe or a device must not keep us waiting, nor a
    /// terminal become ours.
    fn open(&self, name: &str) -> io::Result<File> {
        let mut options = OpenOptions::new();
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.read(true).custom_flags(flags.bits() as i32);
        Ok(self.root.open_with(name, &options)?.into_std())
    }
    // ANCHOR_END: open
}

// ANCHOR: code
/// What is said about a file that does not open. 404 may be remembered by a
/// cache; what will be over soon has to be something else.
fn code(error: &io::Error) -> u16 {
    match Errno::from_io_error(error) {
        // Whether it is there, and who may read it, is nobody's business.
        Some(
            Errno::NOENT
            | Errno::NOTDIR
            | Errno::ACCESS
            | Errno::PERM
            | Errno::LOOP
            | Errno::NAMETOOLONG
            | Errno::NXIO
            | Errno::NODEV,
        ) => status::NOT_FOUND,
        // We have no descriptor left, or somebody has a lease on the file:
        // the client may ask again.
        Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::AGAIN) => {
            status::SERVICE_UNAVAILABLE
        }
        Some(_) => status::INTERNAL_SERVER_ERROR,
        // Not the kernel's: cap-std has seen the way out.
        None => status::NOT_FOUND,
    }
}
// ANCHOR_END: code

// ANCHOR: moved
/// A directory has its slash, so that links relative to it work.
fn moved(segments: &[String], query: Option<&str>) -> Response {
    let mut location = path::encode(segments);
    location.push('/');
    if let Some(query) = query {
        location.push('?');
        location.push_str(query);
    }
    Response::status(status::MOVED_PERMANENTLY)
        .field("Location", location.as_bytes())
        .unwrap_or_else(|_| Response::status(status::BAD_REQUEST))
}
// ANCHOR_END: moved

// ANCHOR: kind
fn kind(name: &str) -> String {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    match kind.type_().as_str() {
        "text" => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    }
}
// ANCHOR_END: kind

struct Content {
    file: Arc<File>,
    len: u64,
    kind: String,
}

impl Content {
    // ANCHOR: respond
    fn respond(self, request: &Request<'_>, v: &Validators) -> Response {
        let fields = request.fields();
        match v.judge(&fields) {
            Outcome::Failed => {
                return Response::status(status::PRECONDITION_FAILED);
            }
            Outcome::NotModified => {
                let response = Response::new(status::NOT_MODIFIED);
                return response.with("ETag", v.tag());
            }
            Outcome::Go => {}
        }
        let ranges = match fields.only("range") {
            Ok(Some(range)) if request.method() == "GET" => {
                match v.if_range(&fields) {
                    true => Ranges::parse(range, self.len),
                    false => Ranges::All,
                }
            }
            _ => Ranges::All,
        };
        let response = match ranges {
            Ranges::None => {
                let range = format!("bytes */{}", self.len);
                return Response::status(status::RANGE_NOT_SATISFIABLE)
                    .with("Content-Range", &range);
            }
            Ranges::All => self.whole(),
            Ranges::Some(ranges) => match &ranges[..] {
                [range] => self.part(*range),
                ranges => self.parts(ranges),
            },
        };
        let response = match v.modified() {
            Some(date) => response.with("Last-Modified", date),
            None => response,
        };
        response
            .with("ETag", v.tag())
            .with("Accept-Ranges", "bytes")
            .with("X-Content-Type-Options", "nosniff")
    }
    // ANCHOR_END: respond

    fn whole(self) -> Response {
        Response::new(status::OK)
            .with("Content-Type", &self.kind)
            .parts(vec![Part::File(self.file, 0..self.len)])
    }

    fn part(self, range: Range) -> Response {
        Response::new(status::PARTIAL_CONTENT)
            .with("Content-Type", &self.kind)
            .with("Content-Range", &range.of(self.len))
            .parts(vec![Part::File(self.file, range.start..range.end)])
    }

    // ANCHOR: parts
    /// Several ranges, each with a head of its own ([RFC 9110, section
    /// 14.6](https://www.rfc-editor.org/rfc/rfc9110#section-14.6)).
    fn parts(self, ranges: &[Range]) -> Response {
        let boundary = range::boundary();
        let mut parts = Vec::with_capacity(2 * ranges.len() + 1);
        for range in ranges {
            let head = format!(
                "\r\n--{boundary}\r\nContent-Type: {}\r\n\
                 Content-Range: {}\r\n\r\n",
                self.kind,
                range.of(self.len)
            );
            parts.push(Part::Bytes(head.into()));
            let file = Arc::clone(&self.file);
            parts.push(Part::File(file, range.start..range.end));
        }
        parts.push(Part::Bytes(format!("\r\n--{boundary}--\r\n").into()));
        let kind = format!("multipart/byteranges; boundary={boundary}");
        Response::new(status::PARTIAL_CONTENT)
            .with("Content-Type", &kind)
            .parts(parts)
    }
    // ANCHOR_END: parts
}

#[cfg(test)]
mod tests;
