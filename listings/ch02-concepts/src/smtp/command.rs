//! One command line.

use std::error::Error;
use std::fmt;

use crate::smtp::path::{self, Mailbox, Path, PathError};

/// A command that makes sense in itself, in order or not
/// ([RFC 5321, section
/// 4.1.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The client gives its name and asks which extensions there are.
    Ehlo(String),
    /// The client gives its name, and knows no extensions.
    Helo(String),
    /// A mail begins.
    Mail {
        /// Who hears of it when it cannot be delivered; nobody for `<>`.
        reverse_path: Option<Mailbox>,
        /// What the extensions have to say.
        parameters: Parameters,
    },
    /// One more mailbox that the mail is for; `None` is the postmaster.
    Rcpt(Option<Mailbox>),
    /// The text follows.
    Data,
    /// Forget the mail.
    Rset,
    /// Say that you are there.
    Noop,
    /// Does this mailbox exist?
    Vrfy,
    /// Who is on this mailing list?
    Expn,
    /// What can you do?
    Help,
    /// The end.
    Quit,
}

/// The parameters of MAIL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parameters {
    /// `SIZE=`: how many bytes the mail has, as the client sees it; at most
    /// [`u64::MAX`], whatever it says
    /// ([RFC 1870, section
    /// 6](https://www.rfc-editor.org/rfc/rfc1870#section-6)).
    pub size: Option<u64>,
    /// `BODY=` ([RFC 6152](https://www.rfc-editor.org/rfc/rfc6152)).
    pub body: Option<Body>,
}

/// Which bytes a mail's text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// `7BIT`: ASCII.
    SevenBit,
    /// `8BITMIME`: any byte.
    EightBitMime,
}

/// What is wrong with a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandError {
    /// Something other than printable ASCII, at this byte counted from 0.
    Byte {
        /// Where.
        at: usize,
    },
    /// No command of ours.
    Unknown,
    /// The argument is missing.
    NoArgument,
    /// The command takes no argument.
    Argument,
    /// The client's name is none.
    Name(PathError),
    /// `FROM:` or `TO:` is missing.
    Keyword,
    /// The path is none.
    Path(PathError),
    /// `<>` as recipient, or `<Postmaster>` as sender.
    PathOutOfPlace,
    /// A parameter that is malformed or given twice.
    Parameter,
    /// A parameter of an extension that we do not offer.
    UnknownParameter,
}

impl CommandError {
    /// The code that answers it ([RFC 5321, section
    /// 4.3.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.3.2), and
    /// section 4.1.1.11 for 555).
    pub fn code(&self) -> u16 {
        match self {
            CommandError::Unknown => 500,
            CommandError::UnknownParameter => 555,
            _ => 501,
        }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandError::Byte { at } => {
                write!(f, "byte {at} is not printable ASCII")
            }
            CommandError::Unknown => f.write_str("command unrecognized"),
            CommandError::NoArgument => f.write_str("argument missing"),
            CommandError::Argument => f.write_str("no argument allowed"),
            CommandError::Name(error) => write!(f, "your name: {error}"),
            CommandError::Keyword => f.write_str("FROM: or TO: missing"),
            CommandError::Path(error) => error.fmt(f),
            CommandError::PathOutOfPlace => {
                f.write_str("this path may not stand here")
            }
            CommandError::Parameter => f.write_str("bad parameter"),
            CommandError::UnknownParameter => {
                f.write_str("parameter not recognized")
            }
        }
    }
}

impl Error for CommandError {}

/// Reads one line, its CR LF taken off.
///
/// # Errors
/// See [`CommandError`].
// ANCHOR: parse
pub fn parse(line: &[u8]) -> Result<Command, CommandError> {
    let line = printable(line)?.trim_end_matches([' ', '\t']);
    let (verb, argument) = match line.split_once(' ') {
        Some((verb, argument)) => (verb, Some(argument)),
        None => (line, None),
    };
    let alone = |command| match argument {
        None => Ok(command),
        Some(_) => Err(CommandError::Argument),
    };
    let needed = argument.ok_or(CommandError::NoArgument);
    match verb.to_ascii_uppercase().as_str() {
        "EHLO" => Ok(Command::Ehlo(name(needed?)?)),
        "HELO" => Ok(Command::Helo(name(needed?)?)),
        "MAIL" => mail(needed?),
        "RCPT" => rcpt(needed?),
        "DATA" => alone(Command::Data),
        "RSET" => alone(Command::Rset),
        "QUIT" => alone(Command::Quit),
        "NOOP" => Ok(Command::Noop),
        "HELP" => Ok(Command::Help),
        "VRFY" => needed.map(|_| Command::Vrfy),
        "EXPN" => needed.map(|_| Command::Expn),
        _ => Err(CommandError::Unknown),
    }
}
// ANCHOR_END: parse

/// A server must refuse what is not ASCII (section 4.1.2); control characters
/// have no place in a command either, a TAB at the end excepted.
fn printable(line: &[u8]) -> Result<&str, CommandError> {
    let is_good = |b: &u8| *b == b'\t' || (b' '..=b'~').contains(b);
    match line.iter().position(|b| !is_good(b)) {
        Some(at) => Err(CommandError::Byte { at }),
        None => Ok(str::from_utf8(line).expect("it is ASCII")),
    }
}

fn name(argument: &str) -> Result<String, CommandError> {
    path::check_domain(argument).map_err(CommandError::Name)?;
    Ok(argument.to_owned())
}

fn mail(argument: &str) -> Result<Command, CommandError> {
    let (path, rest) = keyword_and_path(argument, "FROM:")?;
    let reverse_path = match path {
        Path::Null => None,
        Path::Mailbox(mailbox) => Some(mailbox),
        Path::Postmaster => return Err(CommandError::PathOutOfPlace),
    };
    let parameters = parameters(rest)?;
    Ok(Command::Mail {
        reverse_path,
        parameters,
    })
}

fn rcpt(argument: &str) -> Result<Command, CommandError> {
    let (path, rest) = keyword_and_path(argument, "TO:")?;
    if !rest.is_empty() {
        return Err(CommandError::UnknownParameter);
    }
    match path {
        Path::Null => Err(CommandError::PathOutOfPlace),
        Path::Postmaster => Ok(Command::Rcpt(None)),
        Path::Mailbox(mailbox) => Ok(Command::Rcpt(Some(mailbox))),
    }
}

/// Spaces are not permitted on either side of the colon (section 3.3).
fn keyword_and_path<'a>(
    argument: &'a str,
    keyword: &str,
) -> Result<(Path, &'a str), CommandError> {
    let path = match argument.split_at_checked(keyword.len()) {
        Some((key, path)) if key.eq_ignore_ascii_case(keyword) => path,
        _ => return Err(CommandError::Keyword),
    };
    path::take_path(path).map_err(CommandError::Path)
}

fn parameters(text: &str) -> Result<Parameters, CommandError> {
    let mut parameters = Parameters::default();
    if text.is_empty() {
        return Ok(parameters);
    }
    let text = text.strip_prefix(' ').ok_or(CommandError::Parameter)?;
    for parameter in text.split(' ') {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match key.to_ascii_uppercase().as_str() {
            "SIZE" => once(&mut parameters.size, size(value)?)?,
            "BODY" => once(&mut parameters.body, body(value)?)?,
            "" => return Err(CommandError::Parameter),
            _ => return Err(CommandError::UnknownParameter),
        }
    }
    Ok(parameters)
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), CommandError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(CommandError::Parameter),
    }
}

/// One to twenty digits, of which the largest do not fit 64 bits.
fn size(value: &str) -> Result<u64, CommandError> {
    let are_digits = value.bytes().all(|b| b.is_ascii_digit());
    if !are_digits || !(1..=20).contains(&value.len()) {
        return Err(CommandError::Parameter);
    }
    Ok(value.parse().unwrap_or(u64::MAX))
}

fn body(value: &str) -> Result<Body, CommandError> {
    match value.to_ascii_uppercase().as_str() {
        "7BIT" => Ok(Body::SevenBit),
        "8BITMIME" => Ok(Body::EightBitMime),
        _ => Err(CommandError::Parameter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_and_keywords_in_any_case() {
        assert_eq!(parse(b"quit"), Ok(Command::Quit));
        assert_eq!(parse(b"Data \t"), Ok(Command::Data));
        assert!(matches!(
            parse(b"mail from:<> size=20 body=8bitmime"),
            Ok(Command::Mail {
                reverse_path: None,
                parameters: Parameters {
                    size: Some(20),
                    body: Some(Body::EightBitMime)
                }
            })
        ));
    }

    #[test]
    fn what_is_wrong_is_named() {
        use CommandError::*;
        for (line, error) in [
            (&b""[..], Unknown),
            (b"XYZZY", Unknown),
            (b"\xff", Byte { at: 0 }),
            (b"NOOP \0", Byte { at: 5 }),
            (b"EHLO", NoArgument),
            (b"EHLO ", NoArgument),
            (b"EHLO a b", Name(PathError::Domain)),
            (b"DATA now", Argument),
            (b"QUIT 1", Argument),
            (b"VRFY", NoArgument),
            (b"MAIL <a@b.example>", Keyword),
            (b"MAIL FROM <a@b.example>", Keyword),
            (b"MAIL FROM: <a@b.example>", Path(PathError::NoOpening)),
            (b"MAIL FROM:<Postmaster>", PathOutOfPlace),
            (b"MAIL FROM:<>SIZE=1", Parameter),
            (b"MAIL FROM:<>  SIZE=1", Parameter),
            (b"MAIL FROM:<> SIZE", Parameter),
            (b"MAIL FROM:<> SIZE=-1", Parameter),
            (b"MAIL FROM:<> SIZE=123456789012345678901", Parameter),
            (b"MAIL FROM:<> SIZE=1 SIZE=1", Parameter),
            (b"MAIL FROM:<> BODY=9BIT", Parameter),
            (b"MAIL FROM:<> SMTPUTF8", UnknownParameter),
            (b"RCPT TO:<>", PathOutOfPlace),
            (b"RCPT TO:<a@b.example> NOTIFY=NEVER", UnknownParameter),
        ] {
            let text = String::from_utf8_lossy(line);
            assert_eq!(parse(line), Err(error), "{text}");
        }
    }

    #[test]
    fn a_size_beyond_64_bits_is_a_large_size() {
        let line = b"MAIL FROM:<> SIZE=99999999999999999999";
        let Ok(Command::Mail { parameters, .. }) = parse(line) else {
            panic!("twenty digits are allowed");
        };
        assert_eq!(parameters.size, Some(u64::MAX));
    }
}
