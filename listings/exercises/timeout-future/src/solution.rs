//! One way to do it.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

pub use crate::yours::Elapsed;

/// See `yours`.
///
/// # Errors
/// [`Elapsed`] if `deadline` was ready and `future` was not.
pub async fn timeout<F, D>(future: F, deadline: D) -> Result<F::Output, Elapsed>
where
    F: Future,
    D: Future<Output = ()>,
{
    let (mut future, mut deadline) = (pin!(future), pin!(deadline));
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        deadline.as_mut().poll(context).map(|()| Err(Elapsed))
    })
    .await
}
