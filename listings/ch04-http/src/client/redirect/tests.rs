use super::*;
use crate::client::FieldList;
use crate::head::Version;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn response(status: u16, location: &[&str]) -> ResponseHead {
    let mut fields = FieldList::default();
    for value in location {
        fields.push("location", value.as_bytes(), false).unwrap();
    }
    ResponseHead {
        status,
        reason: Vec::new(),
        version: Version::Http11,
        fields,
    }
}

fn get(at: &str) -> Request {
    Request::new("GET", url(at)).unwrap()
}

fn follow(
    request: &Request,
    status: u16,
    location: &str,
) -> Result<Option<Request>, Refused> {
    Redirects::new(5).follow(request, &response(status, &[location]))
}

#[test]
fn the_method_by_the_code() {
    for (status, method, next) in [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "HEAD", "HEAD"),
        // Methods are case-sensitive.
        (301, "post", "post"),
    ] {
        let request = Request::new(method, url("http://a.example/")).unwrap();
        let request = request.content("hi").unwrap();
        let request = request.field("Content-Type", "text/plain").unwrap();
        let request = request.field("If-Match", "\"a\"").unwrap();
        let request = request.field("Accept", "*/*").unwrap();
        let followed = follow(&request, status, "/next").unwrap().unwrap();
        assert_eq!(followed.method(), next, "{status} {method}");
        let kept = method == next;
        assert_eq!(followed.content == request.content, kept);
        assert_eq!(followed.fields.len(), if kept { 3 } else { 1 });
    }
    for status in [200, 300, 304, 305, 306, 400] {
        let request = get("http://a.example/");
        let next = follow(&request, status, "/").unwrap();
        assert!(next.is_none(), "{status}");
    }
}

#[test]
fn relative_and_absolute() {
    for (base, location, expected) in [
        ("http://a.example/x/y?z", "w", "http://a.example/x/w"),
        ("http://a.example/x/y", "/w?q", "http://a.example/w?q"),
        ("http://a.example/x/y", "?q", "http://a.example/x/y?q"),
        ("http://a.example/x/y", "../../..", "http://a.example/"),
        ("http://a.example/", "//b.example/", "http://b.example/"),
        ("http://a.example/", r"\\b.example", "http://b.example/"),
        ("http://a.example/#f", "/x", "http://a.example/x#f"),
        ("http://a.example/#f", "/x#g", "http://a.example/x#g"),
        ("http://a.example/", "/\u{fc}", "http://a.example/%C3%BC"),
    ] {
        let next = follow(&get(base), 302, location).unwrap().unwrap();
        assert_eq!(next.url().as_str(), expected, "{base} {location}");
    }
}

#[test]
fn what_is_refused() {
    let long = "x".repeat(MAX_URL);
    for (base, location, why) in [
        (
            "https://a.example/",
            "http://a.example/",
            Refused::Downgrade,
        ),
        ("http://a.example/", "/", Refused::Loop),
        ("http://a.example/#f", "/#g", Refused::Loop),
        ("http://a.example/", "http://", Refused::NotAUrl),
        ("http://a.example/", &long, Refused::TooLong),
        (
            "http://a.example/",
            "file:///etc/passwd",
            Refused::Target(BadRequest::Scheme),
        ),
        (
            "http://a.example/",
            "http://me@a.example/",
            Refused::Target(BadRequest::Credentials),
        ),
        (
            "http://a.example/",
            "http://b.example:0/",
            Refused::Target(BadRequest::Host),
        ),
    ] {
        let next = follow(&get(base), 302, location);
        assert_eq!(next.err(), Some(why), "{base} {location:.40}");
    }
    let two = response(302, &["/x", "/y"]);
    let request = get("http://a.example/");
    let next = Redirects::new(5).follow(&request, &two);
    assert_eq!(next.err(), Some(Refused::Repeated));
    let none = response(302, &[]);
    assert!(Redirects::new(5).follow(&request, &none).unwrap().is_none());
}

#[test]
fn an_endless_chain_ends() {
    let mut redirects = Redirects::new(5);
    let mut request = get("http://a.example/0");
    for n in 1..=5 {
        let to = format!("/{n}");
        let next = redirects.follow(&request, &response(307, &[&to]));
        request = next.unwrap().unwrap();
    }
    let next = redirects.follow(&request, &response(307, &["/6"]));
    assert_eq!(next.err(), Some(Refused::TooMany));
    assert_eq!(redirects.followed(), 5);
}

#[test]
fn a_url_that_grows_with_every_step_is_stopped() {
    let mut redirects = Redirects::new(100);
    let mut request = get("http://a.example/");
    let step = format!("{}/", "x".repeat(1000));
    let mut steps = 0;
    let why = loop {
        match redirects.follow(&request, &response(307, &[&step])) {
            Ok(next) => request = next.unwrap(),
            Err(why) => break why,
        }
        steps += 1;
    };
    assert_eq!((why, steps), (Refused::TooLong, 8));
}

#[test]
fn secrets_stay_at_home_and_do_not_come_back() {
    let names = ["Authorization", "COOKIE", "X-Key", "Referer", "Accept"];
    let mut request = get("http://a.example/");
    for name in names {
        request = match name {
            "X-Key" => request.secret(name, "s").unwrap(),
            _ => request.field(name, "s").unwrap(),
        };
    }
    let shown = format!("{request:?}");
    assert!(!shown.contains(r#"("Authorization", "s")"#), "{shown}");
    assert_eq!(shown.matches("[secret]").count(), 3, "{shown}");
    let left = |request: &Request| {
        let names = request.fields.iter().map(|(name, _)| name.to_owned());
        names.collect::<Vec<_>>()
    };
    let here = follow(&request, 302, "/x").unwrap().unwrap();
    assert_eq!(left(&here), names);
    for elsewhere in [
        "http://b.example/",
        "http://a.example:8080/",
        "https://a.example/",
        "http://www.a.example/",
    ] {
        let there = follow(&request, 307, elsewhere).unwrap().unwrap();
        assert_eq!(left(&there), ["Accept"], "{elsewhere}");
        let back = follow(&there, 307, "http://a.example/y");
        // From https that would be a downgrade.
        if let Ok(Some(back)) = back {
            assert_eq!(left(&back), ["Accept"]);
        }
    }
}
