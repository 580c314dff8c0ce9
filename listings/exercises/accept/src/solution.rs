//! One way to do it.

const BLANK: [char; 2] = [' ', '\t'];

/// A range, and how much it is liked, in thousandths.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    weight: u16,
}

/// See `yours`.
pub fn best<'a>(accept: &str, offers: &[&'a str]) -> Option<&'a str> {
    if accept.trim_matches(BLANK).is_empty() {
        return offers.first().copied();
    }
    let ranges: Vec<_> = accept.split(',').filter_map(range).collect();
    let mut best = (0, None);
    for offer in offers {
        let weight = weight(offer, &ranges);
        if weight > best.0 {
            best = (weight, Some(*offer));
        }
    }
    best.1
}

fn range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(|part| part.trim_matches(BLANK));
    let (kind, subtype) = parts.next()?.split_once('/')?;
    let is_good = |name: &str| !name.is_empty() && !name.contains(BLANK);
    if !is_good(kind) || !is_good(subtype) || kind == "*" && subtype != "*" {
        return None;
    }
    let weight = match (parts.next(), parts.next()) {
        (None, _) => 1000,
        (Some(parameter), None) => thousandths(parameter)?,
        _ => return None,
    };
    Some(Range {
        kind,
        subtype,
        weight,
    })
}

fn thousandths(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    let (whole, digits) = value.split_once('.').unwrap_or((value, ""));
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !name.eq_ignore_ascii_case("q") || !is_number || digits.len() > 3 {
        return None;
    }
    let weight = match whole {
        "0" => format!("{digits:0<3}").parse().ok()?,
        "1" if digits.bytes().all(|digit| digit == b'0') => 1000,
        _ => return None,
    };
    Some(weight)
}

fn weight(offer: &str, ranges: &[Range<'_>]) -> u16 {
    let Some((kind, subtype)) = offer.split_once('/') else {
        return 0;
    };
    // 2 for a range with both, 1 for `text/*`, 0 for `*/*`.
    let specific = |range: &Range<'_>| {
        let is = |asked: &str, is: &str| asked.eq_ignore_ascii_case(is);
        match (range.kind, range.subtype) {
            ("*", _) => Some(0),
            (k, "*") if is(k, kind) => Some(1),
            (k, s) if is(k, kind) && is(s, subtype) => Some(2),
            _ => None,
        }
    };
    let mut found = (None, 0);
    for range in ranges {
        let how = specific(range);
        if how > found.0 {
            found = (how, range.weight);
        }
    }
    found.1
}
