//! The end of a server: nothing new is taken, what is under way ends, and what became of it is recorded.
//!
//! An action goes on without its visitor, and its outcome without the store: a server that ended in
//! between would leave a submission of which nobody can tell whether it is done. So it waits for both, but
//! not for ever: whoever has asked it to end will kill it.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::site::Site;

/// How many actions run.
#[derive(Default)]
pub(crate) struct Running(Arc<Count>);

#[derive(Default)]
struct Count {
    running: AtomicUsize,
    last_ended: Notify,
}

/// Counts one until it is dropped.
pub(crate) struct RunningGuard(Arc<Count>);

impl Running {
    /// One more.
    pub(crate) fn enter(&self) -> RunningGuard {
        self.0.running.fetch_add(1, Ordering::SeqCst);
        RunningGuard(Arc::clone(&self.0))
    }

    async fn ended(&self) {
        loop {
            // It is told of what ends after this line.
            let last_ended = self.0.last_ended.notified();
            if self.0.running.load(Ordering::SeqCst) == 0 {
                return;
            }
            last_ended.await;
        }
    }
}

impl Drop for RunningGuard {
    fn drop(&mut self) {
        if self.0.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.last_ended.notify_waiters();
        }
    }
}

/// Serves until it is asked to end, and then until all has ended or there is no time left.
pub(crate) async fn serve(
    site: &Site,
    serving: impl Future<Output = io::Result<()>>,
) -> io::Result<()> {
    let patience = Duration::from_secs(site.config().shutdown_timeout);
    let asked = async {
        asked().await;
        site.close();
        Instant::now() + patience
    };
    tokio::pin!(serving);
    let until = tokio::select! {
        served = &mut serving => return served,
        until = asked => until,
    };
    tracing::info!("ending: what is under way is finished first");
    let served = timeout_at(until, serving).await;
    if served.is_err() {
        tracing::warn!("some connections are still open");
    }
    finish(site, until).await;
    served.unwrap_or(Ok(()))
}

/// Waits until everything that runs has ended and is recorded.
pub(crate) async fn finish(site: &Site, until: Instant) {
    if timeout_at(until, site.running().ended()).await.is_err() {
        tracing::error!("actions still run: nobody will know whether they are done");
    }
    if timeout_at(until, site.store().settled()).await.is_err() {
        tracing::error!(
            "the store can't be reached: outcomes of submissions, or what was invalidated, are lost"
        );
    }
}

/// Waits until somebody asks the server to end.
async fn asked() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_runs_is_waited_for() {
        let running = Running::default();
        running.ended().await;
        let (first, second) = (running.enter(), running.enter());
        drop(first);
        let short = Duration::from_millis(20);
        assert!(tokio::time::timeout(short, running.ended()).await.is_err());
        drop(second);
        running.ended().await;
    }
}
