//! What a session does next.

use web_time::Duration;

use super::SLICE;

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

/// Who had a turn since training had one.
#[derive(Default)]
pub struct Turns {
    had: Vec<Task>,
    /// How long training has gone on in its turn.
    trained: Duration,
}

impl Turns {
    /// Which of the tasks that are due, the most urgent first, is done next. Between two turns of
    /// training each task that takes long without being waited for has one.
    pub fn next(&self, due: &[Task]) -> Option<Task> {
        let training = due.contains(&Task::Train);
        due.iter().copied().find(|task| !(training && self.had.contains(task)))
    }

    /// Notes that a task was done for so long. A turn of training is a slice as well, however many
    /// steps that may be.
    pub fn took(&mut self, task: Task, time: Duration) {
        if task == Task::Train {
            self.trained += time;
            if self.trained >= SLICE {
                *self = Self::default();
            }
        } else if takes_turns(task) && !self.had.contains(&task) {
            self.had.push(task);
        }
    }
}

/// Whether training goes on beside a task.
fn takes_turns(task: Task) -> bool {
    matches!(task, Task::Score | Task::DrawMap | Task::Study)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is done in `count` pieces of a slice each while the same tasks stay due.
    fn done(due: &[Task], count: usize) -> Vec<Task> {
        done_in_pieces(due, count, SLICE)
    }

    fn done_in_pieces(due: &[Task], count: usize, piece: Duration) -> Vec<Task> {
        let due: Vec<Task> = Task::ALL.into_iter().filter(|task| due.contains(task)).collect();
        let mut turns = Turns::default();
        let piece = |_| {
            let task = turns.next(&due).expect("something is due");
            turns.took(task, piece);
            task
        };
        (0..count).map(piece).collect()
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
    fn quick_steps_have_as_much_time_as_a_slice() {
        use Task::{Study, Train};
        let done = done_in_pieces(&[Train, Study], 11, SLICE / 4);
        let turn = [Study, Train, Train, Train, Train];
        assert_eq!(done, [turn.as_slice(), &turn, &[Study]].concat());
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
