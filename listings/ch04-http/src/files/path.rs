//! The path of a request, as names of files.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str};

/// Why a path names no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadPath {
    /// `%` without two hexadecimal digits behind it.
    Percent,
    /// What is decoded is not UTF-8.
    Utf8,
    /// A NUL, which ends a name where C reads it.
    Nul,
    /// A slash that was written `%2f`: to some it separates, to others not.
    Slash,
    /// `..`, however it was written.
    Parent,
    /// A name that begins with a dot, as `.git` does. `.well-known` may.
    Hidden,
    /// The path does not begin with a slash.
    Relative,
}

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadPath::Percent => "% without two digits",
            BadPath::Utf8 => "not UTF-8",
            BadPath::Nul => "a NUL",
            BadPath::Slash => "an encoded slash",
            BadPath::Parent => "..",
            BadPath::Hidden => "a hidden name",
            BadPath::Relative => "no slash in front",
        })
    }
}

impl std::error::Error for BadPath {}

/// The names of which a path consists, decoded once. What is empty or `.` is
/// left out.
///
/// # Errors
/// See [`BadPath`]. What is decoded is not decoded again: `%252e` is the name
/// `%2e`.
// ANCHOR: segments
pub fn segments(path: &str) -> Result<Vec<String>, BadPath> {
    let path = path.strip_prefix('/').ok_or(BadPath::Relative)?;
    let mut segments = Vec::new();
    for raw in path.split('/') {
        if !is_encoded(raw) {
            return Err(BadPath::Percent);
        }
        let segment = percent_decode_str(raw).decode_utf8();
        let segment = segment.map_err(|_| BadPath::Utf8)?;
        match &*segment {
            "" | "." => continue,
            ".." => return Err(BadPath::Parent),
            s if s.contains('\0') => return Err(BadPath::Nul),
            s if s.contains('/') => return Err(BadPath::Slash),
            s if s.starts_with('.') && s != ".well-known" => {
                return Err(BadPath::Hidden);
            }
            s => segments.push(s.into()),
        }
    }
    Ok(segments)
}
// ANCHOR_END: segments

/// Whether each `%` has two digits behind it.
fn is_encoded(raw: &str) -> bool {
    raw.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2).unwrap_or_default();
        digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit)
    })
}

/// What is encoded in a path that we write: all but letters, digits and a few
/// signs that mean nothing to anybody.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A path again. It begins with one slash, so that no browser takes it for
/// another host.
pub fn encode(segments: &[String]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        path.extend(percent_encoding::utf8_percent_encode(segment, ENCODED));
    }
    path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths() {
        use BadPath as B;
        let good = |path: &str| segments(path).unwrap().join("|");
        assert_eq!(good("/"), "");
        assert_eq!(good("/a/b"), "a|b");
        assert_eq!(good("//a/./b/"), "a|b");
        assert_eq!(good("/a%20b/%C3%A9"), "a b|é");
        assert_eq!(good("/%252e%252e/x"), "%2e%2e|x");
        assert_eq!(good("/.well-known/x"), ".well-known|x");
        assert_eq!(good("/a..b"), "a..b");
        for (path, bad) in [
            ("a", B::Relative),
            ("*", B::Relative),
            ("/..", B::Parent),
            ("/a/../b", B::Parent),
            ("/%2e%2e/etc/passwd", B::Parent),
            ("/.%2E/x", B::Parent),
            ("/a%2fb", B::Slash),
            ("/..%2f..%2fetc", B::Slash),
            ("/a%00.html", B::Nul),
            ("/%", B::Percent),
            ("/%4", B::Percent),
            ("/%zz", B::Percent),
            ("/%é", B::Percent),
            ("/%ff", B::Utf8),
            ("/%c0%ae%c0%ae/", B::Utf8),
            ("/.git/config", B::Hidden),
            ("/a/.env", B::Hidden),
        ] {
            assert_eq!(segments(path), Err(bad), "{path}");
        }
    }

    #[test]
    fn what_is_encoded_is_the_same_path() {
        let names = ["a b", "é", "100%", "?#[]", "<x>"].map(String::from);
        let path = encode(&names);
        assert!(path.is_ascii() && path.starts_with("/a%20b/"));
        assert_eq!(segments(&path).unwrap(), names);
    }

    proptest! {
        /// Whatever was decoded, no name separates, ends early or leads up.
        #[test]
        fn names_are_names(
            path in "/([a-c./\\\\%]|%[0-9a-fA-F]{2}|%25|%2[eEfF]|\\PC){0,20}",
        ) {
            let Ok(names) = segments(&path) else {
                return Ok(());
            };
            for name in &names {
                prop_assert!(!name.is_empty() && !name.contains(['/', '\0']));
                prop_assert!(name == ".well-known" || !name.starts_with('.'));
            }
            if names.is_empty() {
                return Ok(());
            }
            let again = encode(&names);
            prop_assert!(again.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert!(!again.starts_with("//") && !again.contains('\\'));
            prop_assert_eq!(segments(&again), Ok(names));
        }
    }
}
