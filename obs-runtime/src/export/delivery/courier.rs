//! Takes batch after batch to the receiver, and comes back to it when it must.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::answer::{Answer, Loss};
use super::backoff::Backoff;
use super::batch::Batch;
use super::place::Place;
use super::queue::{Queue, Size};
use super::spool::{Shelf, Stored};
use crate::diagnostics;
use crate::hot::local;

/// The way to one receiver.
pub(crate) trait Sink: Send + 'static {
    /// What it is called in metrics and messages.
    fn name(&self) -> &'static str;

    /// What has to be kept on disk with the items, because it is sent with them: who they are from. `None` if they
    /// are worth nothing to the receiver later.
    fn origin(&self) -> Option<Arc<[u8]>> {
        None
    }

    /// Sends a batch and says what the receiver made of it. May be dropped before it is done.
    fn send(&mut self, batch: &Batch) -> impl Future<Output = Answer> + Send;
}

/// Delivers what comes into `queue` until it ends, by way of the disk if there is a shelf.
pub(super) async fn run(sink: impl Sink, queue: &Queue, shelf: Option<&Shelf>) {
    let mut courier = Courier {
        sink,
        queue,
        is_down: false,
        place: Place::Disk,
        quiet: None,
    };
    let work = async {
        match shelf {
            None => courier.deliver_all().await,
            Some(shelf) => {
                let origin = courier.sink.origin().unwrap_or_default();
                tokio::join!(stow_all(queue, shelf, &origin), courier.deliver_from(shelf));
            }
        }
    };
    let deadline = async {
        let deadline = queue.ending().await;
        sleep_until(deadline).await;
    };
    tokio::select! {
        () = work => {}
        () = deadline => {}
    }
    if let Some(shelf) = shelf
        && let Some(size) = shelf.call_off().await
    {
        queue.stow(size);
        queue.note_spool(shelf.bytes());
    }
    // Before it closes, because the program may be gone then: nobody will see in the metrics what is counted now.
    courier.report(queue.left(), Loss::Shutdown, "the program ends");
    queue.close();
}

/// Puts everything that comes on the shelf.
async fn stow_all(queue: &Queue, shelf: &Shelf, origin: &Arc<[u8]>) {
    while let Some(mut batch) = queue.next().await {
        let size = Size::of(&batch);
        batch.set_origin(origin.clone());
        if shelf.put(batch).await {
            queue.stow(size);
        }
        queue.note_spool(shelf.bytes());
    }
    shelf.end();
}

struct Courier<'a, S> {
    sink: S,
    queue: &'a Queue,
    /// Whether the last attempt failed: said once, and once when it is over.
    is_down: bool,
    place: Place,
    /// What holds for the batches behind the one that was answered, too.
    quiet: Option<Quiet>,
}

/// The receiver asked to be left alone.
struct Quiet {
    until: Instant,
    /// What it said.
    why: String,
}

/// For how long a receiver is left alone at most: one that asks for more is mistaken, or wants to silence the program.
const LONGEST_QUIET: Duration = Duration::from_secs(60 * 60);

/// What is left of a batch.
struct Rest {
    parts: VecDeque<Batch>,
    backoff: Backoff,
    /// Whether the next request repeats one.
    again: bool,
    refused: TooLarge,
}

/// Single items that have to be too large before others of their size are not tried any more.
const SINGLES: u32 = 3;

/// What was too large of a batch: half of it may not be, but what is as large as a part that was is.
struct TooLarge {
    /// The bytes of the smallest part that was.
    smallest: usize,
    /// Parts of a single item among them.
    singles: u32,
}

impl TooLarge {
    fn note(&mut self, part: &Batch) {
        self.smallest = self.smallest.min(part.bytes().len());
        self.singles += u32::from(part.len() == 1);
    }

    /// Whether it is known that this part is too large. Items are lost for it, so that one refusal does not do.
    fn covers(&self, part: &Batch) -> bool {
        part.bytes().len() >= self.smallest && (part.len() > 1 || self.singles >= SINGLES)
    }
}

impl<S: Sink> Courier<'_, S> {
    /// Delivers what is in the queue.
    async fn deliver_all(&mut self) {
        while let Some(batch) = self.queue.next().await {
            self.deliver_from_memory(batch).await;
        }
    }

    /// Delivers what is on the shelf.
    async fn deliver_from(&mut self, shelf: &Shelf) {
        while let Some(stored) = shelf.next().await {
            match stored {
                Stored::InMemory(batch) => self.deliver_from_memory(batch).await,
                Stored::OnDisk(stored) => {
                    self.place = Place::Disk;
                    match shelf.load(&stored).await {
                        Ok(batch) => self.deliver(batch).await,
                        Err(error) => self.lose(stored.items, Loss::Damaged, &error.to_string()),
                    }
                    shelf.remove(&stored).await;
                    self.queue.note_spool(shelf.bytes());
                }
            }
        }
    }

    async fn deliver_from_memory(&mut self, batch: Batch) {
        self.place = Place::memory_of(&batch);
        self.deliver(batch).await;
    }

    /// Delivers a batch, or finds out that it cannot be.
    async fn deliver(&mut self, batch: Batch) {
        let mut rest = Rest {
            parts: VecDeque::new(),
            backoff: Backoff::new(self.queue.limits().retry, Instant::now()),
            again: false,
            refused: TooLarge {
                smallest: usize::MAX,
                singles: 0,
            },
        };
        self.begin(&mut rest, batch).await;
        while let Some(part) = rest.parts.pop_front() {
            let answer = if rest.refused.covers(&part) {
                let why = format!("{} bytes were too large", rest.refused.smallest);
                Answer::TooLarge { why }
            } else {
                self.quiet = None;
                let answer = self.attempt(&part, rest.again).await;
                rest.again = false;
                self.note_state(&answer);
                answer
            };
            if matches!(answer, Answer::TooLarge { .. }) {
                rest.refused.note(&part);
            }
            self.judge(&mut rest, part, answer).await;
        }
    }

    /// Puts the batch at the head of the parts as soon as the receiver may be asked, or gives it up.
    async fn begin(&mut self, rest: &mut Rest, batch: Batch) {
        match self.quiet.take() {
            Some(Quiet { until, why }) if until > Instant::now() => {
                let after = until.saturating_duration_since(Instant::now());
                self.come_back(rest, batch, Some(after), &why).await;
                // It has not been asked with this batch yet.
                rest.again = false;
            }
            _ => rest.parts.push_front(batch),
        }
    }

    async fn attempt(&mut self, part: &Batch, again: bool) -> Answer {
        let started = Instant::now();
        let answer = timeout(self.queue.limits().timeout, self.sink.send(part)).await;
        self.queue.count_request(again, started.elapsed());
        answer.unwrap_or_else(|_| Answer::Later {
            after: None,
            why: "no answer in time".to_owned(),
        })
    }

    async fn judge(&mut self, rest: &mut Rest, part: Batch, answer: Answer) {
        let all = part.len();
        match answer {
            Answer::Taken { rejected, why } => {
                self.settle(all, rejected, &why);
                self.queue.recycle(part);
            }
            Answer::Refused { why } => self.settle(all, all, &why),
            Answer::TooLarge { .. } if all > 1 => {
                let (first, second) = part.halves();
                rest.parts.push_front(second);
                rest.parts.push_front(first);
            }
            Answer::TooLarge { why } => self.lose(all, Loss::TooLarge, &why),
            Answer::Later { after, why } => self.come_back(rest, part, after, &why).await,
            Answer::SomeLater {
                items,
                rejected,
                why,
            } => {
                let open = part.select(|index| items.binary_search(&index).is_ok());
                self.settle(all - open.len(), rejected, &why);
                self.come_back(rest, open, None, &why).await;
            }
        }
    }

    /// Waits before another attempt, or gives up.
    async fn come_back(
        &mut self,
        rest: &mut Rest,
        part: Batch,
        after: Option<Duration>,
        why: &str,
    ) {
        let now = Instant::now();
        let after = after.map(|after| after.min(LONGEST_QUIET));
        self.quiet = after.map(|after| Quiet {
            until: now + after,
            why: why.to_owned(),
        });
        let pause = rest.backoff.pause(now, after, chance());
        // Who asks for more time than this batch has may have been heard by then: only what then waits is given up.
        let left = after.map(|_| rest.backoff.left(now));
        let Some(wait) = pause.or(left.filter(|_| !self.queue.has_ended())) else {
            return self.lose(part.len(), Loss::GaveUp, why);
        };
        let is_over = is_cut_short(self.queue, wait).await;
        if self.queue.is_outdated() {
            return self.lose(part.len(), Loss::Replaced, why);
        }
        if pause.is_none() && !is_over {
            return self.lose(part.len(), Loss::GaveUp, why);
        }
        rest.again = true;
        rest.parts.push_front(part);
    }

    /// So many items were answered for; of those, `rejected` were not taken.
    fn settle(&mut self, items: usize, rejected: usize, why: &str) {
        let rejected = rejected.min(items);
        let gone = self.place.leave(items - rejected);
        self.queue.deliver(items - rejected, gone);
        self.lose(rejected, Loss::Rejected, why);
    }

    fn lose(&mut self, items: usize, loss: Loss, why: &str) {
        if items > 0 {
            self.queue.lose(items, loss, self.place.leave(items));
            self.report(items, loss, why);
        }
    }

    fn report(&self, items: usize, loss: Loss, why: &str) {
        if items == 0 || loss == Loss::Replaced {
            return;
        }
        let (name, reason) = (self.sink.name(), loss.as_str());
        diagnostics::report(&format!("{name}: {items} items are lost ({reason}): {why}"));
    }

    /// Says when the receiver is not to be reached, and when it is again.
    fn note_state(&mut self, answer: &Answer) {
        let name = self.sink.name();
        match answer {
            Answer::Later { why, .. } if !self.is_down => {
                self.is_down = true;
                diagnostics::report(&format!("{name}: cannot deliver, will try again: {why}"));
            }
            Answer::Taken { .. } if self.is_down => {
                self.is_down = false;
                diagnostics::report(&format!("{name}: delivers again"));
            }
            _ => {}
        }
    }
}

/// Waits, and says whether the end was announced meanwhile: then it is worth another attempt at once.
async fn is_cut_short(queue: &Queue, pause: Duration) -> bool {
    if queue.has_ended() {
        sleep(pause).await;
        return false;
    }
    tokio::select! {
        () = sleep(pause) => false,
        _ = queue.ending() => true,
    }
}

/// A number from 0 to 1.
fn chance() -> f64 {
    f64::from(local::random_trace_id() as u32) / f64::from(u32::MAX)
}
