//! One way to do it.

pub use crate::yours::{Answered, BadLine, Problem};

/// See `yours`.
///
/// # Errors
/// See `yours`.
pub fn slowest(log: &str) -> Result<Option<Answered<'_>>, BadLine> {
    let mut slowest: Option<Answered<'_>> = None;
    for (line, number) in log.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        let answered = parse(line).map_err(|problem| BadLine {
            line: number,
            problem,
        })?;
        if slowest.is_none_or(|other| answered.ms > other.ms) {
            slowest = Some(answered);
        }
    }
    Ok(slowest)
}

fn parse(line: &str) -> Result<Answered<'_>, Problem> {
    let mut fields = line.split_whitespace();
    let (Some(_), Some(path), Some(ms)) =
        (fields.next(), fields.next(), fields.next())
    else {
        return Err(Problem::TooFew);
    };
    if fields.next().is_some() {
        return Err(Problem::TooMany);
    }
    let ms = ms.parse().map_err(|_| Problem::NotANumber)?;
    Ok(Answered { path, ms })
}
