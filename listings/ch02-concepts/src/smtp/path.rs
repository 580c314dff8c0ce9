//! Whom mail is from and whom it is for.

use std::error::Error;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest local part, in bytes ([RFC 5321, section
/// 4.5.3.1.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.1)).
pub const LOCAL_PART: usize = 64;
/// The longest domain, in bytes (section 4.5.3.1.2).
pub const DOMAIN: usize = 255;
/// The longest path, in bytes, its `<` and `>` included (section 4.5.3.1.3).
pub const PATH: usize = 256;

/// Where one person's mail goes: `local@domain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// What the domain's own server makes sense of, as it was written, quotes
    /// included. Upper and lower case may differ.
    pub local_part: String,
    /// A domain name, or an address in brackets, as it was written. Upper and
    /// lower case are the same.
    pub domain: String,
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local_part, self.domain)
    }
}

/// What may stand in the angle brackets of MAIL and RCPT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Path {
    /// `<>`: there is nobody to tell when this mail cannot be delivered.
    Null,
    /// `<Postmaster>`: whoever runs this server.
    Postmaster,
    /// `<local@domain>`; a source route before it is dropped, as a server
    /// should.
    Mailbox(Mailbox),
}

/// What is wrong with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathError {
    /// It does not begin with `<`.
    NoOpening,
    /// There is something else where `>` should be.
    NoClosing,
    /// No `@` between local part and domain.
    NoAt,
    /// A local part that is neither atoms with dots between them nor quoted.
    LocalPart,
    /// A local part longer than [`LOCAL_PART`].
    LocalPartTooLong,
    /// Neither a domain name nor an address in brackets.
    Domain,
    /// A domain longer than [`DOMAIN`].
    DomainTooLong,
    /// A path longer than [`PATH`].
    TooLong,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PathError::NoOpening => "a path begins with <",
            PathError::NoClosing => "a path ends with >",
            PathError::NoAt => "a mailbox needs @ and a domain",
            PathError::LocalPart => "bad local part",
            PathError::LocalPartTooLong => "local part too long",
            PathError::Domain => "bad domain",
            PathError::DomainTooLong => "domain too long",
            PathError::TooLong => "path too long",
        })
    }
}

impl Error for PathError {}

/// Takes a path from the front of `text`; gives back what follows it
/// ([RFC 5321, section
/// 4.1.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2)).
///
/// # Errors
/// See [`PathError`].
// ANCHOR: path
pub fn take_path(text: &str) -> Result<(Path, &str), PathError> {
    let inner = text.strip_prefix('<').ok_or(PathError::NoOpening)?;
    if let Some(rest) = inner.strip_prefix('>') {
        return Ok((Path::Null, rest));
    }
    let (local_part, rest) = take_local_part(skip_source_route(inner)?)?;
    let (path, rest) = match rest.strip_prefix('@') {
        Some(rest) => {
            let (domain, rest) = take_domain(rest)?;
            let mailbox = Mailbox {
                local_part: local_part.to_owned(),
                domain: domain.to_owned(),
            };
            (Path::Mailbox(mailbox), rest)
        }
        None if local_part.eq_ignore_ascii_case("postmaster") => {
            (Path::Postmaster, rest)
        }
        None => return Err(PathError::NoAt),
    };
    let rest = rest.strip_prefix('>').ok_or(PathError::NoClosing)?;
    if text.len() - rest.len() > PATH {
        return Err(PathError::TooLong);
    }
    Ok((path, rest))
}
// ANCHOR_END: path

/// `@one,@two:` told relays which way to send mail on. A server must
/// understand it and should ignore it.
fn skip_source_route(mut text: &str) -> Result<&str, PathError> {
    while let Some(rest) = text.strip_prefix('@') {
        let (_, rest) = take_domain(rest)?;
        if let Some(mailbox) = rest.strip_prefix(':') {
            return Ok(mailbox);
        }
        text = rest.strip_prefix(',').ok_or(PathError::Domain)?;
        if !text.starts_with('@') {
            return Err(PathError::Domain);
        }
    }
    Ok(text)
}

fn take_local_part(text: &str) -> Result<(&str, &str), PathError> {
    let len = if text.starts_with('"') {
        quoted_len(text).ok_or(PathError::LocalPart)?
    } else {
        text.bytes()
            .take_while(|&b| is_atext(b) || b == b'.')
            .count()
    };
    let (local_part, rest) = text.split_at(len);
    if !local_part.starts_with('"') && local_part.split('.').any(str::is_empty)
    {
        return Err(PathError::LocalPart);
    }
    if len > LOCAL_PART {
        return Err(PathError::LocalPartTooLong);
    }
    Ok((local_part, rest))
}

/// How long the quoted string at the front of `text` is, quotes included.
fn quoted_len(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().skip(1);
    loop {
        match bytes.next()? {
            (at, b'"') => return Some(at + 1),
            (_, b'\\') => {
                bytes.next().filter(|(_, b)| (b' '..=b'~').contains(b))?;
            }
            (_, b' '..=b'~') => {}
            _ => return None,
        }
    }
}

/// `atext` of [RFC 5322, section
/// 3.2.3](https://www.rfc-editor.org/rfc/rfc5322#section-3.2.3).
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn take_domain(text: &str) -> Result<(&str, &str), PathError> {
    let len = if text.starts_with('[') {
        text.find(']').ok_or(PathError::Domain)? + 1
    } else {
        text.bytes().take_while(|&b| is_domain_byte(b)).count()
    };
    let (domain, rest) = text.split_at(len);
    check_domain(domain)?;
    Ok((domain, rest))
}

fn is_domain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.'
}

/// Checks a domain name, or an IPv4 or IPv6 address in brackets
/// ([section 4.1.3](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.3)).
///
/// # Errors
/// [`PathError::Domain`] and [`PathError::DomainTooLong`].
pub fn check_domain(domain: &str) -> Result<(), PathError> {
    let is_good = match domain.strip_prefix('[') {
        Some(literal) => literal.strip_suffix(']').is_some_and(is_address),
        None => domain.split('.').all(is_label),
    };
    if !is_good {
        return Err(PathError::Domain);
    }
    if domain.len() > DOMAIN {
        return Err(PathError::DomainTooLong);
    }
    Ok(())
}

fn is_address(literal: &str) -> bool {
    match literal.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => {
            address.parse::<Ipv6Addr>().is_ok()
        }
        _ => literal.parse::<Ipv4Addr>().is_ok(),
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| is_domain_byte(b) && b != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Result<String, PathError> {
        take_path(text).map(|(path, rest)| match path {
            Path::Null => format!("null{rest}"),
            Path::Postmaster => format!("postmaster{rest}"),
            Path::Mailbox(mailbox) => format!("{mailbox}{rest}"),
        })
    }

    #[test]
    fn good_paths() {
        for (text, means) in [
            ("<>", "null"),
            ("<Postmaster>", "postmaster"),
            ("<a@b.example> SIZE=1", "a@b.example SIZE=1"),
            ("<a.b+c@B.Example>", "a.b+c@B.Example"),
            ("<@one.example,@two.example:a@b.example>", "a@b.example"),
            (r#"<"a b>c@d\""@e.example>"#, r#""a b>c@d\""@e.example"#),
            ("<a@[127.0.0.1]>", "a@[127.0.0.1]"),
            ("<a@[IPv6:::1]>", "a@[IPv6:::1]"),
        ] {
            assert_eq!(path(text).as_deref(), Ok(means), "{text}");
        }
    }

    #[test]
    fn bad_paths() {
        for (text, error) in [
            ("a@b.example", PathError::NoOpening),
            ("", PathError::NoOpening),
            ("<a@b.example", PathError::NoClosing),
            ("<a@b.example >", PathError::NoClosing),
            ("<a@b.example\0>", PathError::NoClosing),
            ("<a>", PathError::NoAt),
            ("<@b.example>", PathError::Domain),
            ("<@b.example,c@d.example>", PathError::Domain),
            ("<a..b@c.example>", PathError::LocalPart),
            ("<.a@c.example>", PathError::LocalPart),
            ("<\"a@c.example>", PathError::LocalPart),
            ("<é@c.example>", PathError::LocalPart),
            ("<a@>", PathError::Domain),
            ("<a@b_c.example>", PathError::NoClosing),
            ("<a@-b.example>", PathError::Domain),
            ("<a@b..example>", PathError::Domain),
            ("<a@[300.0.0.1]>", PathError::Domain),
            ("<a@[x:y]>", PathError::Domain),
        ] {
            assert_eq!(path(text), Err(error), "{text}");
        }
    }

    #[test]
    fn the_limits_hold_to_the_byte() {
        let local = |len| format!("<{}@b.example>", "a".repeat(len));
        assert!(path(&local(LOCAL_PART)).is_ok());
        let error = Err(PathError::LocalPartTooLong);
        assert_eq!(path(&local(LOCAL_PART + 1)), error);

        let domain = |len| format!("<a@{}>", "a".repeat(len));
        assert!(path(&domain(PATH - 4)).is_ok());
        assert_eq!(path(&domain(PATH - 3)), Err(PathError::TooLong));
        let error = Err(PathError::DomainTooLong);
        assert_eq!(path(&domain(DOMAIN + 1)), error);
    }
}
