//! A registry of hosts over HTTP, on axum (2.6).
//!
//! | request | answer |
//! | --- | --- |
//! | `GET /hosts` | 200: the names, a JSON array |
//! | `GET /hosts/{name}` | 200: `{"address":"192.0.2.7","port":80}`; 404 |
//! | `PUT /hosts/{name}` | 201: stored; 200: replaced; 507: no room |
//! | `DELETE /hosts/{name}` | 204: forgotten; 404 |
//!
//! A name that is no DNS name, a body that is no such host, a path or a method
//! that is none of ours is an [`ApiError`], and an answer in the form of RFC
//! 9457. What the layers answer, 500 and 503, has not that form.
//! Memory: at most [`Registry::with_room_for`] hosts, whose names have about
//! 1,000 bytes at most, and [`MAX_BODY`] bytes for the body of a request.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Path};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use ch03_sockets::dns::{Name, NameError};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// The longest body of a request, in bytes.
pub const MAX_BODY: usize = 1024;
/// How long a handler may take.
pub const PATIENCE: Duration = Duration::from_secs(2);

// ANCHOR: router
/// The application: what it answers, and what happens around each answer.
pub fn router(registry: Registry) -> Router {
    let host = get(read).put(store).delete(forget);
    Router::new()
        .route("/hosts", get(list))
        .route("/hosts/{name}", host)
        .fallback(async || ApiError::NoSuchPage)
        .method_not_allowed_fallback(async || ApiError::NoSuchMethod)
        .with_state(registry)
        // From the inside out: the last one sees a request first.
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(no_sniffing))
}
// ANCHOR_END: router

// ANCHOR: handlers
async fn list(State(registry): State<Registry>) -> Json<Vec<String>> {
    Json(registry.read().keys().cloned().collect())
}

async fn read(
    State(registry): State<Registry>,
    HostName(name): HostName,
) -> Result<Json<Host>, ApiError> {
    match registry.read().get(&name) {
        Some(host) => Ok(Json(*host)),
        None => Err(ApiError::Unknown(name)),
    }
}

async fn store(
    State(registry): State<Registry>,
    HostName(name): HostName,
    Checked(host): Checked<Host>,
) -> Result<StatusCode, ApiError> {
    let room = registry.room;
    let mut hosts = registry.write();
    if hosts.len() >= room && !hosts.contains_key(&name) {
        return Err(ApiError::Full(room));
    }
    Ok(match hosts.insert(name, host) {
        Some(_) => StatusCode::OK,
        None => StatusCode::CREATED,
    })
}

async fn forget(
    State(registry): State<Registry>,
    HostName(name): HostName,
) -> Result<StatusCode, ApiError> {
    match registry.write().remove(&name) {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Err(ApiError::Unknown(name)),
    }
}
// ANCHOR_END: handlers

// ANCHOR: state
/// Where a host is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its address, v4 or v6.
    pub address: IpAddr,
    /// Its port.
    pub port: u16,
}

/// The hosts known. A clone is another handle on the same hosts.
#[derive(Debug, Clone)]
pub struct Registry {
    hosts: Arc<RwLock<BTreeMap<String, Host>>>,
    room: usize,
}
// ANCHOR_END: state

impl Registry {
    /// An empty registry that takes at most `room` hosts.
    pub fn with_room_for(room: usize) -> Self {
        Registry {
            hosts: Arc::default(),
            room,
        }
    }

    // A panic while the lock is held leaves a map that is still a map.
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Host>> {
        self.hosts.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Host>> {
        self.hosts.write().unwrap_or_else(PoisonError::into_inner)
    }
}

// ANCHOR: host_name
/// The `{name}` of a path, checked: a DNS name, in lower case, without the
/// root's dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName(pub String);

impl<S: Send + Sync> FromRequestParts<S> for HostName {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Self, ApiError> {
        let Ok(Path(text)) =
            Path::<String>::from_request_parts(parts, state).await
        else {
            return Err(ApiError::NotText);
        };
        let name: Name = text.parse().map_err(ApiError::BadName)?;
        if name.is_root() {
            return Err(ApiError::NotText);
        }
        let mut name = name.to_string().to_ascii_lowercase();
        name.pop(); // The root's dot, which `Name` always writes.
        Ok(HostName(name))
    }
}
// ANCHOR_END: host_name

/// A body read as JSON, its faults turned into an [`ApiError`].
#[derive(Debug)]
pub struct Checked<T>(pub T);

impl<S, T> FromRequest<S> for Checked<T>
where
    S: Send + Sync,
    Json<T>: FromRequest<S, Rejection = JsonRejection>,
{
    type Rejection = ApiError;

    async fn from_request(
        request: Request,
        state: &S,
    ) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Checked(value)),
            Err(rejection) => Err(ApiError::BadBody(rejection)),
        }
    }
}

// ANCHOR: error
/// Why a request is refused.
#[derive(Debug)]
pub enum ApiError {
    /// The path is none of ours.
    NoSuchPage,
    /// The path is ours, but not with this method.
    NoSuchMethod,
    /// The name in the path is not UTF-8, or is the root.
    NotText,
    /// The name in the path is no DNS name.
    BadName(NameError),
    /// The body is too long, not JSON, or not a host.
    BadBody(JsonRejection),
    /// No host of this name is known.
    Unknown(String),
    /// The registry holds as many hosts as it may: this many.
    Full(usize),
}
// ANCHOR_END: error

// ANCHOR: problem
impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            ApiError::NoSuchPage | ApiError::Unknown(_) => {
                StatusCode::NOT_FOUND
            }
            ApiError::NoSuchMethod => StatusCode::METHOD_NOT_ALLOWED,
            ApiError::NotText | ApiError::BadName(_) => StatusCode::BAD_REQUEST,
            ApiError::BadBody(rejection) => rejection.status(),
            ApiError::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let problem = Problem {
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: self.to_string(),
        };
        let json = [(CONTENT_TYPE, "application/problem+json")];
        (status, json, Json(problem)).into_response()
    }
}

/// A problem detail, RFC 9457 section 3.1.
#[derive(Serialize)]
struct Problem {
    title: &'static str,
    status: u16,
    detail: String,
}
// ANCHOR_END: problem

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::NoSuchPage => f.write_str("there is no such page"),
            ApiError::NoSuchMethod => {
                f.write_str("this path has no such method")
            }
            ApiError::NotText => f.write_str("the path holds no name"),
            ApiError::BadName(error) => write!(f, "no name of a host: {error}"),
            ApiError::BadBody(rejection) => f.write_str(&rejection.body_text()),
            ApiError::Unknown(name) => write!(f, "{name} is not known"),
            ApiError::Full(room) => write!(f, "all {room} places are taken"),
        }
    }
}

impl std::error::Error for ApiError {}

// ANCHOR: middleware
/// Tells browsers to believe our `Content-Type`, on every answer.
async fn no_sniffing(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    );
    response
}
// ANCHOR_END: middleware

/// Sends `request` as it is and returns what comes back, until the server
/// closes, two seconds have passed, or 64 KiB are read.
///
/// # Errors
/// What the socket reports; `TimedOut`.
pub async fn exchange(
    server: SocketAddr,
    request: &str,
) -> std::io::Result<String> {
    let talk = async {
        let mut stream = TcpStream::connect(server).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(64 * 1024).read_to_end(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    timeout(Duration::from_secs(2), talk).await?
}

// ANCHOR: serve
/// Serves until `stop` is over, then ends the idle connections at once and
/// the others when they are answered, or after `drain`. Whether all of them
/// were; what is left ends with the runtime.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    drain: Duration,
) -> bool {
    let (running, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, router).with_graceful_shutdown(async {
        stop.await;
        drop(running);
    });
    let too_late = async {
        let _ = stopped.await;
        sleep(drain).await;
    };
    tokio::select! {
        _ = server.into_future() => true,
        () = too_late => false,
    }
}
// ANCHOR_END: serve

/// Serves `router` on a port of its own until the program ends, for programs
/// that talk to themselves.
///
/// # Errors
/// What binding reports.
pub async fn on_a_free_port(router: Router) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        // It does not end, but for a signal, and we give it none.
        let _ = axum::serve(listener, router).await;
    });
    Ok(address)
}
