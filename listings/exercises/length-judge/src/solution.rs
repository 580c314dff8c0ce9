//! One way to do it.

use crate::{Framing, Refused};

/// See `yours`.
///
/// # Errors
/// See there.
pub fn judge(fields: &[(&str, &str)]) -> Result<Framing, Refused> {
    let all = |name: &str| -> Vec<&str> {
        let same = fields.iter().filter(|f| f.0.eq_ignore_ascii_case(name));
        same.map(|(_, value)| *value).collect()
    };
    let lengths = all("content-length");
    match (&lengths[..], &all("transfer-encoding")[..]) {
        ([], []) => Ok(Framing::Length(0)),
        ([_, ..], [_, ..]) => Err(Refused::Both),
        ([], [one]) if one.eq_ignore_ascii_case("chunked") => {
            Ok(Framing::Chunked)
        }
        ([], _) => Err(Refused::Coding),
        ([one], []) if one.bytes().all(|byte| byte.is_ascii_digit()) => {
            one.parse().map(Framing::Length).or(Err(Refused::Length))
        }
        (_, []) => Err(Refused::Length),
    }
}
