//! All tries and redirects of a request together.

use std::time::Duration;

use ch02_concepts::request::retry::{Failure, Verdict, verdict};

use crate::client::request::Content;
use crate::client::{
    Config, Error, Exchange, Redirects, Request, ResponseHead, Timeout,
};
use crate::status;

/// What a response means for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is the caller's.
    Deliver,
    /// It is done with, and [`Call::request`] is another now.
    Again,
}

/// A request, and what becomes of it on its way.
#[derive(Debug)]
pub struct Call {
    request: Request,
    redirects: Option<Redirects>,
    /// When all of it has to be over.
    whole: Duration,
    /// A connection that was kept failed us.
    retried: bool,
    /// Content that exists only once was taken from the caller.
    spent: bool,
}

impl Call {
    /// Begins at `now`.
    pub fn new(request: Request, config: &Config, now: Duration) -> Self {
        let redirects =
            (config.redirects > 0).then(|| Redirects::new(config.redirects));
        Call {
            request,
            redirects,
            whole: now.saturating_add(config.timers.whole),
            retried: false,
            spent: false,
        }
    }

    /// What to send now.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Whether a connection has to be new.
    pub fn needs_fresh(&self) -> bool {
        self.retried
    }

    /// When all of it has to be over.
    pub fn whole(&self) -> Duration {
        self.whole
    }

    /// How many redirects were followed.
    pub fn redirects(&self) -> usize {
        self.redirects.as_ref().map_or(0, Redirects::followed)
    }

    /// When a connection that is begun at `now` has to be there, and which
    /// time is up then.
    pub fn connect_by(
        &self,
        config: &Config,
        now: Duration,
    ) -> (Duration, Timeout) {
        let connect = now.saturating_add(config.timers.connect);
        match connect < self.whole {
            true => (connect, Timeout::Connect),
            false => (self.whole, Timeout::Whole),
        }
    }

    // ANCHOR: failed
    /// A try failed. `Ok`: send the request again, on a new connection.
    ///
    /// # Errors
    /// `error`, if that could do harm or would not help; [`Error::Spent`].
    pub fn failed(
        &mut self,
        exchange: &Exchange,
        reused: bool,
        error: Error,
    ) -> Result<(), Error> {
        self.spent |= exchange.took_content();
        let stale = match error {
            Error::Closed | Error::Io(_) => exchange.bytes_received() == 0,
            // Before a byte was sent.
            Error::Unasked => true,
            _ => false,
        };
        if !stale || !reused || self.retried {
            return Err(error);
        }
        let failure = match exchange.bytes_sent() {
            0 => Failure::NotSent,
            _ => Failure::NoAnswer,
        };
        match verdict(self.request.is_idempotent(), failure) {
            Verdict::Repeat => {}
            Verdict::Unclear | Verdict::Final => return Err(error),
        }
        self.repeatable()?;
        self.retried = true;
        Ok(())
    }
    // ANCHOR_END: failed

    /// The head of the final response is there.
    ///
    /// # Errors
    /// [`Error::Redirect`] and [`Error::Spent`].
    pub fn answered(
        &mut self,
        exchange: &Exchange,
        head: &ResponseHead,
    ) -> Result<Next, Error> {
        self.spent |= exchange.took_content();
        if head.status == status::EXPECTATION_FAILED
            && self.request.holds_back().is_some()
            && self.repeatable().is_ok()
        {
            // RFC 9110, section 10.1.1.
            self.request.expect = None;
            return Ok(Next::Again);
        }
        let Some(redirects) = &mut self.redirects else {
            return Ok(Next::Deliver);
        };
        match redirects.follow(&self.request, head)? {
            None => Ok(Next::Deliver),
            Some(request) => {
                self.request = request;
                self.retried = false;
                self.repeatable()?;
                Ok(Next::Again)
            }
        }
    }

    /// Whether what the request brings is still there.
    fn repeatable(&self) -> Result<(), Error> {
        match self.request.content {
            Content::Length(_) | Content::Chunked if self.spent => {
                Err(Error::Spent)
            }
            _ => Ok(()),
        }
    }
}
