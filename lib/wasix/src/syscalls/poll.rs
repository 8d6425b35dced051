//! Waiting for clocks and descriptors.

use std::cell::OnceCell;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec};
use smallvec::SmallVec;

use crate::ctx::WasiCtx;
use crate::fd_table::Descriptor;
use crate::fs::{Interest, poll_flags};
use crate::memory::{GuestMemory, GuestPtr};
use crate::types::{
    Abi, ClockId, EVENT_SIZE, Errno, Event, EventRwFlags, EventType, Rights, SubclockFlags,
    Subscription, SubscriptionKind, Timestamp,
};

type Result<T = ()> = std::result::Result<T, Errno>;

/// Most subscriptions of one call: what the host keeps for it is bounded.
const MAX_SUBSCRIPTIONS: u32 = 1 << 16;

/// Waits until at least one of the subscriptions in `input` has something to tell; writes the events to `output`
/// and their number to `nevents`.
///
/// What is wrong with one subscription (a closed descriptor, an unknown clock) is told in its event.
///
/// # Errors
///
/// [`Errno::Inval`] without subscriptions, with too many of them (65,536, or what the capabilities say), or with one of unknown kind;
/// [`Errno::Intr`] when a signal to the host arrives.
pub fn poll_oneoff(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    abi: Abi,
    input: GuestPtr,
    output: GuestPtr,
    nsubscriptions: u32,
    nevents: GuestPtr,
) -> Result {
    let most = ctx.limits.subscriptions.map_or(MAX_SUBSCRIPTIONS, |limit| {
        u32::try_from(limit).unwrap_or(u32::MAX).min(MAX_SUBSCRIPTIONS)
    });
    if nsubscriptions == 0 || nsubscriptions > most {
        return Err(Errno::Inval);
    }
    let size = Subscription::size(abi) as u64;
    mem.check(nevents, 4)?;
    mem.check(input, u64::from(nsubscriptions) * size)?;
    mem.check(output, u64::from(nsubscriptions) * EVENT_SIZE as u64)?;

    let mut sources = SmallVec::<[Source; 2]>::new();
    let mut times = Times { ctx, monotonic: None, realtime: None };
    for index in 0..u64::from(nsubscriptions) {
        let mut bytes = [0; Subscription::MAX_SIZE];
        let bytes = &mut bytes[..size as usize];
        mem.read(input + index * size, bytes)?;
        sources.push(Source::new(ctx, &mut times, Subscription::decode(abi, bytes)?));
    }

    let mut waker: Option<Arc<EventWaker>> = None;
    let events = loop {
        let events = ready_events(ctx, &sources, waker.clone())?;
        if !events.is_empty() {
            break events;
        }
        // What is in memory can wake us only through a descriptor, which must be known before we look again.
        if waker.is_none() && sources.iter().any(Source::needs_waker) {
            waker = Some(EventWaker::of_thread()?);
            continue;
        }
        wait(ctx, &sources, waker.as_deref())?;
    };
    for (index, event) in (0u64..).zip(&events) {
        mem.write(output + index * EVENT_SIZE as u64, &event.encode())?;
    }
    mem.write_u32(nevents, events.len() as u32)
}

/// A subscription, prepared for waiting.
struct Source {
    userdata: u64,
    kind: EventType,
    waits_for: Result<WaitsFor>,
}

enum WaitsFor {
    /// A time of the monotonic clock.
    Deadline(Timestamp),
    File(Arc<Descriptor>, Interest),
}

/// The time now, read once per call and clock.
struct Times<'a> {
    ctx: &'a WasiCtx,
    monotonic: Option<Timestamp>,
    realtime: Option<Timestamp>,
}

impl Times<'_> {
    /// A time of a clock as a time of the monotonic clock.
    fn deadline(
        &mut self,
        clock: ClockId,
        timeout: Timestamp,
        flags: SubclockFlags,
    ) -> Result<Timestamp> {
        let absolute = flags.contains(SubclockFlags::ABSTIME);
        if absolute && clock == ClockId::Monotonic {
            return Ok(timeout);
        }
        let clocks = &self.ctx.clocks;
        let monotonic = match self.monotonic {
            Some(now) => now,
            None => *self.monotonic.insert(clocks.now(ClockId::Monotonic)?),
        };
        let span = match clock {
            ClockId::Realtime if absolute => {
                let now = match self.realtime {
                    Some(now) => now,
                    None => *self.realtime.insert(clocks.now(ClockId::Realtime)?),
                };
                timeout.saturating_sub(now)
            }
            ClockId::Realtime | ClockId::Monotonic => timeout,
            // Processor time does not pass while a guest waits.
            ClockId::ProcessCputime | ClockId::ThreadCputime => return Err(Errno::Notsup),
        };
        Ok(monotonic.saturating_add(span))
    }
}

impl Source {
    fn new(ctx: &WasiCtx, times: &mut Times<'_>, subscription: Subscription) -> Self {
        let file = |fd, interest, right| {
            let descriptor = ctx.fds.get(fd)?;
            if !descriptor.rights().intersects(Rights::POLL_FD_READWRITE | right) {
                return Err(Errno::Notcapable);
            }
            Ok(WaitsFor::File(descriptor, interest))
        };
        let (kind, waits_for) = match subscription.kind {
            SubscriptionKind::Clock { clock, timeout, flags } => (
                EventType::Clock,
                clock
                    .and_then(|clock| times.deadline(clock, timeout, flags?))
                    .map(WaitsFor::Deadline),
            ),
            SubscriptionKind::FdRead(fd) => {
                (EventType::FdRead, file(fd, Interest::Read, Rights::FD_READ))
            }
            SubscriptionKind::FdWrite(fd) => {
                (EventType::FdWrite, file(fd, Interest::Write, Rights::FD_WRITE))
            }
        };
        Self { userdata: subscription.userdata, kind, waits_for }
    }

    /// The event, if there is one now.
    fn event(&self, now: Option<Timestamp>, waker: &Waker) -> Option<Event> {
        let event = |error, nbytes, flags| Event {
            userdata: self.userdata,
            error,
            kind: self.kind,
            nbytes,
            flags,
        };
        let none = EventRwFlags::empty();
        match &self.waits_for {
            Err(error) => Some(event(*error, 0, none)),
            Ok(WaitsFor::Deadline(deadline)) => {
                now.is_some_and(|now| now >= *deadline).then(|| event(Errno::Success, 0, none))
            }
            Ok(WaitsFor::File(descriptor, interest)) => {
                match descriptor.file().poll(*interest, waker) {
                    Poll::Pending => None,
                    Poll::Ready(Err(error)) => Some(event(error, 0, none)),
                    Poll::Ready(Ok(ready)) => {
                        let flags = if ready.hangup { EventRwFlags::HANGUP } else { none };
                        Some(event(Errno::Success, ready.nbytes, flags))
                    }
                }
            }
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        match self.waits_for {
            Ok(WaitsFor::Deadline(deadline)) => Some(deadline),
            _ => None,
        }
    }

    fn needs_waker(&self) -> bool {
        match &self.waits_for {
            Ok(WaitsFor::File(descriptor, _)) => descriptor.file().poll_fd().is_none(),
            _ => false,
        }
    }
}

/// The time of the monotonic clock, if any source waits for it.
fn now(ctx: &WasiCtx, sources: &[Source]) -> Result<Option<Timestamp>> {
    if sources.iter().all(|source| source.deadline().is_none()) {
        return Ok(None);
    }
    ctx.clocks.now(ClockId::Monotonic).map(Some)
}

/// The events that have happened; `waker` hears of later ones.
fn ready_events(
    ctx: &WasiCtx,
    sources: &[Source],
    waker: Option<Arc<EventWaker>>,
) -> Result<SmallVec<[Event; 2]>> {
    let waker = waker.map_or_else(|| Waker::noop().clone(), Waker::from);
    let now = now(ctx, sources)?;
    Ok(sources.iter().filter_map(|source| source.event(now, &waker)).collect())
}

/// Waits until something may have happened.
fn wait(ctx: &WasiCtx, sources: &[Source], waker: Option<&EventWaker>) -> Result {
    let mut fds = SmallVec::<[PollFd<'_>; 4]>::new();
    for source in sources {
        if let Ok(WaitsFor::File(descriptor, interest)) = &source.waits_for
            && let Some(fd) = descriptor.file().poll_fd()
        {
            fds.push(PollFd::from_borrowed_fd(fd, poll_flags(*interest)));
        }
    }
    if let Some(waker) = waker {
        fds.push(PollFd::new(&waker.0, PollFlags::IN));
    }
    let timeout = match (now(ctx, sources)?, sources.iter().filter_map(Source::deadline).min()) {
        (Some(now), Some(deadline)) => {
            let nanos = deadline.saturating_sub(now);
            Some(Timespec {
                tv_sec: (nanos / 1_000_000_000).cast_signed(),
                tv_nsec: (nanos % 1_000_000_000).cast_signed(),
            })
        }
        _ => None,
    };
    rustix::event::poll(&mut fds, timeout.as_ref())?;
    if let Some(waker) = waker {
        waker.reset();
    }
    Ok(())
}

/// Wakes a poll by way of a descriptor.
struct EventWaker(OwnedFd);

impl EventWaker {
    /// The one of this thread. A thread waits in one poll at a time, and sources that still hold the waker of an
    /// earlier poll recognise it, so that nothing piles up in them.
    fn of_thread() -> Result<Arc<Self>> {
        thread_local! {
            static WAKER: OnceCell<Arc<EventWaker>> = const { OnceCell::new() };
        }
        WAKER.with(|waker| match waker.get() {
            Some(known) => Ok(known.clone()),
            None => {
                let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
                let new = Arc::new(Self(rustix::event::eventfd(0, flags)?));
                Ok(waker.get_or_init(|| new).clone())
            }
        })
    }

    /// Forgets wakes that have happened; the sources are looked at again after this.
    fn reset(&self) {
        let mut count = [0; 8];
        // An error says that there is nothing to forget.
        let _ = rustix::io::read(&self.0, &mut count);
    }
}

impl Wake for EventWaker {
    fn wake(self: Arc<Self>) {
        // The only error is that the counter is full, and then the descriptor is readable anyway.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }
}
