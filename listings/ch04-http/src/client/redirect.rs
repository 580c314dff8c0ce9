//! Where a redirect leads, and what is not taken there ([RFC 9110, section
//! 15.4](https://www.rfc-editor.org/rfc/rfc9110#section-15.4)).

use std::fmt;

use url::Url;

use crate::client::request::MAX_URL;
use crate::client::{BadRequest, Request, ResponseHead};

/// Why a redirect is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// There were as many as allowed.
    TooMany,
    /// It leads where this request has been.
    Loop,
    /// More than one `Location`.
    Repeated,
    /// `Location` is no URL reference.
    NotAUrl,
    /// The URL that results is longer than [`MAX_URL`].
    TooLong,
    /// From `https` to `http`: what was protected would not be.
    Downgrade,
    /// The URL cannot be asked for: another scheme, a password in it, ….
    Target(BadRequest),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::TooMany => "too many",
            Refused::Loop => "leads in a circle",
            Refused::Repeated => "more than one Location",
            Refused::NotAUrl => "Location is no URL",
            Refused::TooLong => "the URL is too long",
            Refused::Downgrade => "from https to http",
            Refused::Target(why) => return why.fmt(f),
        })
    }
}

impl std::error::Error for Refused {}

/// The redirects of one request.
#[derive(Debug, Clone)]
pub struct Redirects {
    left: u32,
    /// Methods and URLs that were asked for, without fragments.
    seen: Vec<(String, Url)>,
}

impl Redirects {
    /// For a request that may be redirected `most` times.
    pub fn new(most: u32) -> Self {
        Redirects {
            left: most,
            seen: Vec::new(),
        }
    }

    /// How many were followed.
    pub fn followed(&self) -> usize {
        self.seen.len()
    }

    /// The request to send next, if the response to `request` is a redirect.
    /// `None`: it is not one, or has no `Location`, and is for the caller.
    ///
    /// # Errors
    /// [`Refused`].
    // ANCHOR: follow
    pub fn follow(
        &mut self,
        request: &Request,
        response: &ResponseHead,
    ) -> Result<Option<Request>, Refused> {
        let Some(method) = next_method(&request.method, response.status) else {
            return Ok(None);
        };
        let location = response.fields.only("location");
        let location = location.map_err(|_| Refused::Repeated)?;
        let Some(location) = location else {
            return Ok(None);
        };
        self.left = self.left.checked_sub(1).ok_or(Refused::TooMany)?;
        let url = resolve(&request.url, location)?;
        let next = redirected(request, method, url)?;
        self.seen.push(place(request));
        match self.seen.contains(&place(&next)) {
            true => Err(Refused::Loop),
            false => Ok(Some(next)),
        }
    }
    // ANCHOR_END: follow
}

/// A request as a place in a chain: who comes back to it with the same method
/// gets the same answer.
fn place(request: &Request) -> (String, Url) {
    let mut url = request.url.clone();
    url.set_fragment(None);
    (request.method.clone(), url)
}

/// The method of the next request; `None` if the code is no redirect's.
// ANCHOR: next_method
pub fn next_method(method: &str, status: u16) -> Option<&str> {
    match (status, method) {
        // Not what 301 and 302 once said, but what all clients do.
        (301 | 302, "POST") => Some("GET"),
        (303, "HEAD") => Some("HEAD"),
        (303, _) => Some("GET"),
        (301 | 302 | 307 | 308, method) => Some(method),
        _ => None,
    }
}
// ANCHOR_END: next_method

/// Where `location` leads from `base`. A fragment is inherited ([RFC 9110,
/// section 10.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2)).
///
/// # Errors
/// [`Refused::NotAUrl`], [`Refused::TooLong`].
// ANCHOR: resolve
pub fn resolve(base: &Url, location: &[u8]) -> Result<Url, Refused> {
    let location = str::from_utf8(location).map_err(|_| Refused::NotAUrl)?;
    let mut url = base.join(location).map_err(|_| Refused::NotAUrl)?;
    if url.fragment().is_none() {
        url.set_fragment(base.fragment());
    }
    match url.as_str().len() > MAX_URL {
        true => Err(Refused::TooLong),
        false => Ok(url),
    }
}
// ANCHOR_END: resolve

/// `request`, as it is sent to `url`.
// ANCHOR: redirected
fn redirected(
    request: &Request,
    method: &str,
    url: Url,
) -> Result<Request, Refused> {
    let mut next = Request::new(method, url).map_err(Refused::Target)?;
    let (from, to) = (&request.origin, &next.origin);
    if from.is_https() && !to.is_https() {
        return Err(Refused::Downgrade);
    }
    let elsewhere = from != to;
    let emptied = method != request.method;

    next.fields = request.fields.clone();
    next.fields.remove(|name, secret| {
        let is_one_of = |names: &[&str]| {
            names.iter().any(|other| other.eq_ignore_ascii_case(name))
        };
        elsewhere && (secret || is_one_of(&["origin", "referer"]))
            || emptied && is_about_content(name)
    });
    if !emptied {
        next.content = request.content.clone();
        next.expect = request.expect;
    }
    next.upgrade = request.upgrade.clone();
    next.close = request.close;
    Ok(next)
}
// ANCHOR_END: redirected

/// Whether a field is about the content of a request, or about the state in
/// which that would have been applied.
fn is_about_content(name: &str) -> bool {
    let begins = |with: &str| {
        let start = name.get(..with.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    begins("content-")
        || begins("if-")
        || ["digest", "last-modified", "repr-digest"]
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests;
