//! Rules for hearing the engine, and for its replacement after a breakdown.

/// Period within which breakdowns count as consecutive, in milliseconds.
const MEMORY: f64 = 60_000.0;

/// Number of consecutive breakdowns after which the engine moves to the CPU.
const BEFORE_CPU: usize = 2;

/// Number of consecutive breakdowns after which there is no further engine.
const BEFORE_GIVING_UP: usize = 4;

/// Consequence of a breakdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Start of another engine.
    Restart,
    /// Start of another engine, which computes on the CPU.
    RestartOnCpu,
    /// No further engine.
    GiveUp,
}

/// State of the supervision of the engine.
#[derive(Clone, Debug, Default)]
pub struct Supervision {
    /// Times of recent breakdowns, in milliseconds.
    breakdowns: Vec<f64>,
    /// Whether the engine is about to be replaced.
    is_ending: bool,
}

impl Supervision {
    /// Returns whether the engine's events are heard. An engine that is about to be replaced may
    /// still send some: the run has already gone back, and they would leave gaps in it.
    pub fn is_heard(&self) -> bool {
        !self.is_ending
    }

    /// Records that the engine is about to be replaced.
    pub fn is_ending(&mut self) {
        self.is_ending = true;
    }

    /// Records that the engine has ended, so that another may be heard.
    pub fn has_ended(&mut self) {
        self.is_ending = false;
    }

    /// Records a breakdown at a time in milliseconds, and returns its consequence. `on_cpu` is
    /// whether the engine computed on the CPU, or was to.
    pub fn broke_down(&mut self, now: f64, on_cpu: bool) -> Next {
        self.breakdowns.retain(|time| now - time < MEMORY);
        self.breakdowns.push(now);
        match self.breakdowns.len() {
            BEFORE_GIVING_UP.. => Next::GiveUp,
            BEFORE_CPU.. if !on_cpu => Next::RestartOnCpu,
            _ => Next::Restart,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_breakdowns_lead_to_the_cpu_and_then_to_the_end() {
        let mut supervision = Supervision::default();
        let follows = [0.0, 1.0, 2.0].map(|second| supervision.broke_down(second * 1e3, false));
        assert_eq!(follows, [Next::Restart, Next::RestartOnCpu, Next::RestartOnCpu]);
        assert_eq!(supervision.broke_down(3e3, true), Next::GiveUp);
    }

    #[test]
    fn breakdowns_on_the_cpu_lead_straight_to_the_end() {
        let mut supervision = Supervision::default();
        let follows = [0.0, 1.0, 2.0, 3.0].map(|second| supervision.broke_down(second * 1e3, true));
        assert_eq!(follows, [Next::Restart, Next::Restart, Next::Restart, Next::GiveUp]);
    }

    #[test]
    fn rare_breakdowns_are_forgotten() {
        let mut supervision = Supervision::default();
        for minute in 0..9 {
            assert_eq!(supervision.broke_down(f64::from(minute) * MEMORY, false), Next::Restart);
        }
    }

    #[test]
    fn engine_about_to_be_replaced_is_not_heard() {
        let mut supervision = Supervision::default();
        assert!(supervision.is_heard());
        supervision.is_ending();
        assert!(!supervision.is_heard());
        supervision.has_ended();
        assert!(supervision.is_heard());
    }
}
