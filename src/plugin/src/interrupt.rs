//! Ctrl-C for runs of the engine.

use std::sync::Arc;

use nu_plugin::EngineInterface;
use nu_protocol::{HandlerGuard, LabeledError, SignalAction};
use ulid_engine::progress::Progress;

/// A run that Ctrl-C cancels, for as long as this lives.
pub(crate) struct Interruptible {
    progress: Arc<Progress>,
    _guard: HandlerGuard,
}

impl Interruptible {
    pub(crate) fn of(engine: &EngineInterface) -> Result<Interruptible, LabeledError> {
        let progress = Arc::new(Progress::new());
        let cancelled = Arc::clone(&progress);
        let guard = engine.register_signal_handler(Box::new(move |action| {
            if action == SignalAction::Interrupt {
                cancelled.cancel();
            }
        }))?;
        if engine.signals().interrupted() {
            progress.cancel();
        }
        Ok(Interruptible {
            progress,
            _guard: guard,
        })
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }
}
