//! One way to do it.

use url::{Host, Url};

pub use crate::yours::Secret;

/// See `yours`.
pub fn secret_for<'a>(url: &Url, secrets: &'a [Secret]) -> Option<&'a str> {
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    if !is_private(url) {
        return None;
    }
    let mut best: Option<&Secret> = None;
    for secret in secrets {
        let scope = &secret.scope;
        let fits = scope.origin() == url.origin()
            && is_below(url.path(), scope.path());
        let length = scope.path().len();
        if fits && best.is_none_or(|b| b.scope.path().len() < length) {
            best = Some(secret);
        }
    }
    best.map(|secret| secret.value.as_str())
}

/// Whether nobody on the way can read it.
fn is_private(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    }
}

fn is_below(path: &str, scope: &str) -> bool {
    match path.strip_prefix(scope) {
        Some(rest) => {
            rest.is_empty() || scope.ends_with('/') || rest.starts_with('/')
        }
        None => false,
    }
}
