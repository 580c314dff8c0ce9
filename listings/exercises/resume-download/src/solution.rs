//! One way to do it.

pub use crate::yours::{Action, Partial, Reply, Unfit};

/// See `yours`.
///
/// # Errors
/// See `yours`.
pub fn decide(partial: Partial<'_>, reply: Reply<'_>) -> Result<Action, Unfit> {
    let range = reply.content_range.and_then(|s| s.strip_prefix("bytes "));
    let (bytes, length) = range.and_then(|s| s.split_once('/')).unzip();
    match reply.code {
        200 => Ok(Action::Replace),
        206 => {
            let (first, last) = bytes
                .and_then(|s| s.split_once('-'))
                .and_then(|(first, last)| Some((number(first)?, number(last)?)))
                .ok_or(Unfit::Range)?;
            let end = last.checked_add(1).ok_or(Unfit::Range)?;
            let length = match length {
                Some("*") => None,
                length => Some(length.and_then(number).ok_or(Unfit::Range)?),
            };
            if first > last || length.is_some_and(|length| end > length) {
                return Err(Unfit::Range);
            }
            // No tag, or a weak one, is none we can trust.
            if reply.tag != Some(partial.tag) {
                return Err(Unfit::Changed);
            }
            match first == partial.have {
                true => Ok(Action::Append(end)),
                false => Err(Unfit::Elsewhere),
            }
        }
        416 => match (bytes, length.and_then(number)) {
            (Some("*"), Some(n)) if n == partial.have => Ok(Action::Done),
            _ => Ok(Action::AskAnew),
        },
        code => Err(Unfit::Code(code)),
    }
}

/// `parse` would take a sign, too.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}
