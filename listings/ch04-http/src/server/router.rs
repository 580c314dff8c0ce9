//! Which handler is asked: by path and method.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::head::Request;
use crate::server::Service;
use crate::server::response::{Answer, Response};
use crate::status;

type Handler =
    Box<dyn Fn(&Request<'_>, SocketAddr) -> Answer + Send + Sync + 'static>;

/// A table of paths. A path that ends with `/*` takes all below it; the
/// longest that fits wins.
#[derive(Default)]
pub struct Router {
    exact: BTreeMap<String, Methods>,
    below: BTreeMap<String, Methods>,
}

type Methods = Vec<(&'static str, Handler)>;

impl Router {
    /// Without any path: everything is 404.
    pub fn new() -> Self {
        Router::default()
    }

    /// With one more handler. Who answers GET answers HEAD; the session
    /// leaves the content out.
    #[must_use]
    pub fn on(
        mut self,
        method: &'static str,
        path: &str,
        handler: impl Fn(&Request<'_>, SocketAddr) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let methods = match path.strip_suffix("/*") {
            Some(path) => self.below.entry(path.into()).or_default(),
            None => self.exact.entry(path.into()).or_default(),
        };
        methods.push((method, Box::new(handler)));
        self
    }

    fn find(&self, path: &str) -> Option<&Methods> {
        if let Some(methods) = self.exact.get(path) {
            return Some(methods);
        }
        let mut above = path;
        loop {
            (above, _) = above.rsplit_once('/')?;
            if let Some(methods) = self.below.get(above) {
                return Some(methods);
            }
        }
    }
}

impl Service for Router {
    // ANCHOR: begin
    fn begin(&self, request: &Request<'_>, peer: SocketAddr) -> Answer {
        let method = request.method();
        let methods = match self.find(request.path()) {
            Some(methods) => methods,
            None if is_known(method) => {
                return Response::status(status::NOT_FOUND).into();
            }
            None => return Response::status(status::NOT_IMPLEMENTED).into(),
        };
        let is = |name| move |(m, _): &&(&str, Handler)| *m == name;
        let get = || methods.iter().find(is("GET"));
        let handler = match methods.iter().find(is(method)) {
            None if method == "HEAD" => get(),
            handler => handler,
        };
        match handler {
            Some((_, handler)) => handler(request, peer),
            None if method == "OPTIONS" => Response::new(status::NO_CONTENT)
                .with("Allow", &allowed(methods))
                .into(),
            // A method that nobody here knows is no mistake about this path.
            None if !is_known(method) => {
                Response::status(status::NOT_IMPLEMENTED).into()
            }
            None => Response::status(status::METHOD_NOT_ALLOWED)
                .with("Allow", &allowed(methods))
                .into(),
        }
    }
    // ANCHOR_END: begin
}

/// The methods of [RFC 9110, section
/// 9.3](https://www.rfc-editor.org/rfc/rfc9110#section-9.3), and PATCH. TRACE
/// and CONNECT are answered as if they were unknown.
fn is_known(method: &str) -> bool {
    const KNOWN: [&str; 7] =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    KNOWN.contains(&method)
}

fn allowed(methods: &Methods) -> String {
    let mut names: Vec<&str> = methods.iter().map(|(name, _)| *name).collect();
    if names.contains(&"GET") && !names.contains(&"HEAD") {
        names.push("HEAD");
    }
    if !names.contains(&"OPTIONS") {
        names.push("OPTIONS");
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::Head;
    use crate::limits::Limits;

    fn router() -> Router {
        let say = |text: &'static str| {
            move |_: &Request<'_>, _| Answer::from(Response::text(200, text))
        };
        Router::new()
            .on("GET", "/", say("root"))
            .on("GET", "/a", say("a"))
            .on("POST", "/a", say("posted"))
            .on("GET", "/files/*", say("below"))
            .on("GET", "/files/x/*", say("deeper"))
    }

    fn ask(line: &str) -> (u16, String) {
        let bytes = format!("{line} HTTP/1.1\r\nHost: x\r\n\r\n");
        let mut head = Head::default();
        let limits = Limits::default();
        head.read_request(bytes.as_bytes(), &limits)
            .unwrap()
            .unwrap();
        let request = Request::new(bytes.as_bytes(), &head);
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let Answer::Reply(response) = router().begin(&request, peer) else {
            panic!("a reply");
        };
        let text = match &response.body {
            crate::server::response::Body::Parts(parts) => match &parts[..] {
                [crate::server::response::Part::Bytes(bytes)] => {
                    String::from_utf8(bytes.to_vec()).unwrap()
                }
                _ => String::new(),
            },
            crate::server::response::Body::Stream(_) => String::new(),
        };
        let fields = String::from_utf8(response.lines().to_vec()).unwrap();
        let allow = fields.lines().find(|line| line.starts_with("Allow"));
        (response.status, allow.map_or(text, String::from))
    }

    #[test]
    fn the_longest_path_that_fits() {
        assert_eq!(ask("GET /"), (200, "root".into()));
        assert_eq!(ask("GET /a?b=/files/"), (200, "a".into()));
        assert_eq!(ask("HEAD /a"), (200, "a".into()));
        assert_eq!(ask("POST /a"), (200, "posted".into()));
        assert_eq!(ask("GET /files/y"), (200, "below".into()));
        assert_eq!(ask("GET /files/x/y/z"), (200, "deeper".into()));
        assert_eq!(ask("GET http://x/a"), (200, "a".into()));
        assert_eq!(ask("GET /filesystem").0, 404);
        assert_eq!(ask("GET /a/").0, 404);
    }

    #[test]
    fn methods() {
        let allow = "Allow: GET, POST, HEAD, OPTIONS".to_string();
        assert_eq!(ask("PUT /a"), (405, allow.clone()));
        assert_eq!(ask("OPTIONS /a"), (204, allow));
        assert_eq!(ask("BREW /a").0, 501);
        assert_eq!(ask("get /a").0, 501);
        assert_eq!(ask("CONNECT x:1").0, 501);
    }
}
