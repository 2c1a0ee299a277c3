//! Channels of tokio.

use tokio::sync::mpsc::Sender;

use super::{QueueState, Watched, queue};

/// Watches a bounded channel, as a queue. That does not keep it open: when every sender is gone, it has no series.
///
/// ```
/// use obs_runtime::watch;
///
/// let (sender, _receiver) = tokio::sync::mpsc::channel(100);
/// watch::channel("docs-mails", &sender);
/// # drop::<tokio::sync::mpsc::Sender<u8>>(sender);
/// ```
pub fn channel<T: Send + 'static>(name: impl Into<String>, sender: &Sender<T>) -> Watched {
    let sender = sender.downgrade();
    queue(name, move || {
        let sender = sender.upgrade()?;
        let capacity = sender.max_capacity();
        let depth = capacity.saturating_sub(sender.capacity());
        Some(QueueState::new(depth as u64).capacity(capacity as u64))
    })
}
