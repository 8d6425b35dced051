//! How much of a resource a guest may use.

/// What a guest may do beyond what its descriptors allow, and how much of it.
///
/// What a guest can reach is said by what it is given: directories, streams and sockets. These are limits on top of
/// that. `None` is the limit that the host has anyway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Capabilities {
    /// No limit below counts.
    pub insecure_allow_all: bool,
    /// Waiting.
    pub polling: CapabilityPollingV1,
    /// Most bytes that one `sock_recv` receives.
    pub max_sock_recv_size: Option<u64>,
    /// Most descriptors that are open at once, of 65,536.
    pub max_descriptors: Option<usize>,
}

/// What a guest may wait for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CapabilityPollingV1 {
    /// Most subscriptions of one `poll_oneoff`, of 65,536.
    pub max_poll_subscriptions: Option<usize>,
}

impl Capabilities {
    /// The limits that the host has anyway.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds limits: of two for the same thing, the lower one counts.
    pub fn update(&mut self, other: Capabilities) {
        let Self { insecure_allow_all, polling, max_sock_recv_size, max_descriptors } = other;
        self.insecure_allow_all |= insecure_allow_all;
        self.polling.update(polling);
        lower(&mut self.max_sock_recv_size, max_sock_recv_size);
        lower(&mut self.max_descriptors, max_descriptors);
    }

    pub(crate) fn limits(&self) -> Limits {
        if self.insecure_allow_all {
            return Limits::default();
        }
        Limits {
            subscriptions: self.polling.max_poll_subscriptions,
            receive_size: self.max_sock_recv_size,
            descriptors: self.max_descriptors,
        }
    }
}

impl CapabilityPollingV1 {
    /// Adds limits: of two for the same thing, the lower one counts.
    pub fn update(&mut self, other: CapabilityPollingV1) {
        lower(&mut self.max_poll_subscriptions, other.max_poll_subscriptions);
    }
}

/// The lower one of two limits.
fn lower<T: Ord>(limit: &mut Option<T>, other: Option<T>) {
    *limit = match (limit.take(), other) {
        (Some(one), Some(two)) => Some(one.min(two)),
        (one, two) => one.or(two),
    };
}

/// The limits that count. `None` is the limit that the host has anyway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Most subscriptions of one `poll_oneoff`.
    pub subscriptions: Option<usize>,
    /// Most bytes that one `sock_recv` receives.
    pub receive_size: Option<u64>,
    /// Most descriptors that are open at once.
    pub descriptors: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_limit_counts() {
        let mut capabilities = Capabilities { max_sock_recv_size: Some(5), ..Capabilities::new() };
        let mut other = Capabilities { max_sock_recv_size: Some(7), ..Capabilities::new() };
        other.polling.max_poll_subscriptions = Some(3);
        capabilities.update(other);
        assert_eq!(capabilities.max_sock_recv_size, Some(5));
        assert_eq!(capabilities.limits().subscriptions, Some(3));
        assert_eq!(capabilities.limits().descriptors, None);
        capabilities.insecure_allow_all = true;
        assert_eq!(capabilities.limits(), Limits::default());
    }
}
