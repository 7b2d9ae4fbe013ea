//! What a session does next.

/// One short piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    Open,
    Preview,
    Evaluate,
    StartBaseline,
    StartRun,
    StartEvaluation,
    Search,
    Score,
    Explain,
    Measure,
    SendMatrix,
    StartMap,
    DrawMap,
    Classify,
    Study,
    FineTune,
    Train,
}

impl Task {
    /// All tasks, the most urgent first.
    pub const ALL: [Self; 17] = [
        Self::Open,
        Self::Preview,
        Self::Evaluate,
        Self::StartBaseline,
        Self::StartRun,
        Self::StartEvaluation,
        Self::Search,
        Self::Score,
        Self::Explain,
        Self::Measure,
        Self::SendMatrix,
        Self::StartMap,
        Self::DrawMap,
        Self::Classify,
        Self::Study,
        Self::FineTune,
        Self::Train,
    ];
}

/// Who had a turn since the last training step.
#[derive(Default)]
pub struct Turns {
    had: Vec<Task>,
}

impl Turns {
    /// Which of the tasks that are due, the most urgent first, is done next. Between two training
    /// steps each task that takes long without being waited for has one turn.
    pub fn next(&mut self, due: &[Task]) -> Option<Task> {
        let training = due.contains(&Task::Train);
        let task = due.iter().copied().find(|task| !(training && self.had.contains(task)))?;
        if task == Task::Train {
            self.had.clear();
        } else if takes_turns(task) {
            self.had.push(task);
        }
        Some(task)
    }
}

/// Whether training goes on beside a task.
fn takes_turns(task: Task) -> bool {
    matches!(task, Task::Score | Task::DrawMap | Task::Study)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is done in `count` pieces while the same tasks stay due.
    fn done(due: &[Task], count: usize) -> Vec<Task> {
        let due: Vec<Task> = Task::ALL.into_iter().filter(|task| due.contains(task)).collect();
        let mut turns = Turns::default();
        (0..count).map(|_| turns.next(&due).expect("something is due")).collect()
    }

    #[test]
    fn every_task_has_its_place() {
        for task in Task::ALL {
            assert_eq!(Turns::default().next(&[task]), Some(task));
            assert_eq!(Task::ALL.iter().filter(|other| **other == task).count(), 1);
        }
        assert_eq!(Turns::default().next(&[]), None);
    }

    #[test]
    fn training_takes_turns_with_maps_and_studies() {
        use Task::{DrawMap, Study, Train};
        assert_eq!(done(&[Train, Study], 4), [Study, Train, Study, Train]);
        assert_eq!(done(&[Train, Study, DrawMap], 6), [DrawMap, Study, Train, DrawMap, Study, Train]);
        // At rest they go on one after the other.
        assert_eq!(done(&[Study, DrawMap], 3), [DrawMap; 3]);
        assert_eq!(done(&[Study], 2), [Study; 2]);
        assert_eq!(done(&[Train, Task::Score], 3), [Task::Score, Train, Task::Score]);
    }

    #[test]
    fn what_the_user_waits_for_comes_before_training() {
        use Task::{Classify, Evaluate, Explain, FineTune, Open, Preview, StartRun, Train};
        for urgent in [Classify, Explain, FineTune, Preview, Evaluate] {
            assert_eq!(done(&[Train, urgent], 3), [urgent; 3]);
        }
        assert_eq!(done(&[Preview, Open, StartRun], 1), [Open]);
    }
}
